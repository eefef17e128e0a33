"""The toy world: sentences in English, German and Chinese, a few of all that there are.

    python assets/samples/pairs.py

writes en-de.tsv and en-zh.tsv beside this file. Small enough to be learnt in a minute; yet the languages differ where
it hurts: German puts the verb second and bends articles and adjectives, Chinese says when and where before what, and
counts books and hats with different words.
"""

from __future__ import annotations

import random
from itertools import product
from pathlib import Path
from typing import NamedTuple

SENTENCES, SEED = 1500, 1
WHO = {  # English -> German gender and noun, Chinese
    "teacher": ("m", "Lehrer", "老师"), "doctor": ("f", "Ärztin", "医生"), "farmer": ("m", "Bauer", "农民"),
    "girl": ("n", "Mädchen", "女孩"), "boy": ("m", "Junge", "男孩"), "cook": ("f", "Köchin", "厨师"),
    "painter": ("m", "Maler", "画家"), "driver": ("f", "Fahrerin", "司机"),
}  # fmt: skip
HOW = {
    "old": ("alte", "老"), "young": ("junge", "年轻的"), "tired": ("müde", "疲倦的"), "happy": ("fröhliche", "快乐的"),
    "": ("", ""),
}  # fmt: skip
WHAT = {  # English -> German gender and noun, Chinese classifier and noun
    "book": ("n", "Buch", "本", "书"), "letter": ("m", "Brief", "封", "信"),
    "newspaper": ("f", "Zeitung", "份", "报纸"),
    "apple": ("m", "Apfel", "个", "苹果"), "hat": ("m", "Hut", "顶", "帽子"), "fish": ("m", "Fisch", "条", "鱼"),
    "dog": ("m", "Hund", "只", "狗"), "cat": ("f", "Katze", "只", "猫"), "horse": ("n", "Pferd", "匹", "马"),
    "cake": ("m", "Kuchen", "块", "蛋糕"), "house": ("n", "Haus", "座", "房子"),
}  # fmt: skip
DOES = {  # verb -> German, Chinese, and what it may be done to
    "reads": ("liest", "读", ("book", "letter", "newspaper")),
    "buys": ("kauft", "买", ("book", "apple", "hat", "fish")),
    "sees": ("sieht", "看见", ("dog", "cat", "horse", "hat")),
    "eats": ("isst", "吃", ("apple", "fish", "cake")),
    "draws": ("zeichnet", "画", ("horse", "cat", "house")),
}
COLOUR = {
    "red": ("rot", "红色的"), "white": ("weiß", "白色的"), "big": ("groß", "大"), "small": ("klein", "小"),
    "": ("", ""),
}  # fmt: skip
WHERE = {
    "in the garden": ("im Garten", "在花园里"), "at the station": ("am Bahnhof", "在车站"),
    "by the river": ("am Fluss", "在河边"), "in the kitchen": ("in der Küche", "在厨房里"), "": ("", ""),
}  # fmt: skip
WHEN = {
    "every morning": ("jeden Morgen", "每天早上"), "today": ("heute", "今天"), "on Sunday": ("am Sonntag", "星期天"),
    "": ("", ""),
}  # fmt: skip
THE = {"m": "der", "f": "die", "n": "das"}
A, BENT = {"m": "einen", "f": "eine", "n": "ein"}, {"m": "en", "f": "e", "n": "es"}  # of what something is done to


class Said(NamedTuple):
    """One sentence in three languages."""

    en: str
    de: str
    zh: str


def sentences() -> list[Said]:
    """Every sentence of the toy world."""
    found = []
    for who, how, does, colour, where, when in product(WHO, HOW, DOES, COLOUR, WHERE, WHEN):
        found += [_said(who, how, does, colour, what, where, when) for what in DOES[does][2]]
    return found


def _said(who: str, how: str, does: str, colour: str, what: str, where: str, when: str) -> Said:
    article = "an" if (colour or what)[0] in "aeiou" else "a"
    english = _joined("The", how, who, does, article, colour, what, where, when)
    gender, one, _ = WHO[who]
    subject = _joined(THE[gender], HOW[how][0], one)
    bent, thing = WHAT[what][:2]
    seen = _joined(A[bent], COLOUR[colour][0] + BENT[bent] if colour else "", thing)
    verb, place, time = DOES[does][0], WHERE[where][0], WHEN[when][0]
    german = _joined(time, verb, subject, place, seen) if time else _joined(subject, verb, place, seen)
    counted, name = WHAT[what][2:]
    chinese = (
        f"{WHEN[when][1]}{HOW[how][1]}{WHO[who][2]}{WHERE[where][1]}{DOES[does][1]}一{counted}{COLOUR[colour][1]}{name}"
    )
    return Said(f"{english}.", f"{german[0].upper()}{german[1:]}.", f"{chinese}。")


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def main() -> None:
    """Draw SENTENCES of them and write them down, the same for both pairs."""
    everything = sentences()
    drawn = random.Random(SEED).sample(everything, SENTENCES)
    for language in ("de", "zh"):
        lines = [f"en\t{language}", *(f"{said.en}\t{getattr(said, language)}" for said in drawn)]
        path = Path(__file__).resolve().parent / f"en-{language}.tsv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{path.name}: {SENTENCES} of {len(everything)} sentences")


if __name__ == "__main__":
    main()
