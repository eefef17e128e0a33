"""What does a translator do with lines it was not made for? It may be wrong, but not empty and not in circles.

    python -m tests.benchmarks.loops --data DIR [--name en-de-transformer] [--lines 2000] [--beam 5]

Lines of one language from everywhere: everyday sentences, captions, news, encyclopaedia, reviews, questions, titles.
Each is translated as the app does it, with the loop guard, and as the bare search does, without. Counted are lines
with no letter in the answer, and answers in circles: a block of words stands four times in a row, or three words
stand together four times, and the source does not do so. Prints both counts and the worst lines.
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seqdemo import checkpoint
from seqdemo.commands.shared import CHECKPOINTS
from seqdemo.decoding.batch import translate_ids
from seqdemo.decoding.loop_guard import in_a_row
from seqdemo.text import limits
from seqdemo.text.sentences import split_sentences
from seqdemo.translating import translate_lines

FILES = {  # language -> files below the data folder; a .tsv's text stands in its last column
    "en": (
        *("tatoeba-en-de/test.en.gz", "multi30k/test_2017_mscoco.en.gz", "benchmarks/flores200-devtest.en.gz"),
        *("benchmarks/ntrex128.en.gz", "sst2/test.tsv.gz", "trec/test.tsv.gz", "ag_news/test.tsv.gz"),
    ),
    "de": (
        *("tatoeba-en-de/test.de.gz", "multi30k/test_2017_mscoco.de.gz", "benchmarks/flores200-devtest.de.gz"),
        *("benchmarks/ntrex128.de.gz", "benchmarks/wmt-newstest2013.en-de.de.gz"),
    ),
    "zh": (
        *("tatoeba-en-zh/test.zh.gz", "benchmarks/flores200-devtest.zh.gz", "benchmarks/ntrex128.zh.gz"),
        *("chnsenticorp/test.tsv.gz", "waimai/test.tsv.gz", "tnews/test.tsv.gz", "online_shopping/test.tsv.gz"),
    ),
}
ROUNDS = 4  # so many are a circle


def lines_of(data: Path, language: str, number: int) -> list[str]:
    """As many lines of each file, shuffled with a fixed seed."""
    files = FILES[language]
    share = -(-number // len(files))
    found: list[str] = []
    for file in files:
        with gzip.open(data / file, "rt", encoding="utf-8") as opened:
            rows = [row.rstrip("\n").split("\t")[-1] for row in opened]
        random.Random(1).shuffle(rows)
        found += [row for row in rows if any(map(str.isalpha, row))][:share]
    return found[:number]


def words_of(text: str) -> list[str]:
    """Words, or characters where there are no spaces between words; a few dots in a row are one sign."""
    text = re.sub(r"\.{2,6}", "…", text)
    return text.split() if " " in text else list(text)


def turns(text: str) -> int:
    """How often some block of words stands in a row, or some three words anywhere in a sentence: what is more."""
    threes = 0
    for sentence in re.split(r"(?<=[.!?。！？])", text):  # a long review may well say "the hotel is" in four sentences
        words = words_of(sentence)
        threes = max(threes, *Counter(zip(words, words[1:], words[2:], strict=False)).values(), 0)
    return max(in_a_row([hash(word) for word in words_of(text)]), threes)


def told(kind: str, lines: Sequence[str], answers: Sequence[str]) -> None:
    empty = [number for number, answer in enumerate(answers) if not any(map(str.isalnum, answer))]
    circles = [
        number
        for number, (line, answer) in enumerate(zip(lines, answers, strict=True))
        if turns(answer) >= max(ROUNDS, turns(line) + 1)
    ]
    print(f"{kind:18} {len(lines)} lines: {len(empty)} empty, {len(circles)} in circles", flush=True)
    for number in (empty + circles)[:5]:
        print(f"    {lines[number][:100]!r} -> {answers[number][:160]!r}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--name", default="en-de-transformer")
    parser.add_argument("--lines", type=int, default=2000)
    parser.add_argument("--beam", type=int, default=5)
    chosen = parser.parse_args()
    opened = checkpoint.load(CHECKPOINTS / chosen.name)
    language = opened.config.serves.split("-")[0]
    lines = lines_of(chosen.data, language, chosen.lines)
    print(f"{chosen.name}, beam {chosen.beam}")
    told("as the app does", lines, translate_lines(opened, lines, beam=chosen.beam, batch=limits.MAX_BATCH))
    subwords: Any = opened.tokenizer
    sentences = [sentence for line in lines for sentence in split_sentences(limits.clean(line)[0], language)[:1]]
    sources = [subwords.encode(sentence)[: limits.MAX_SUBWORDS] for sentence in sentences]
    bare = translate_ids(opened.fast or opened.network, sources, beam=chosen.beam, batch=limits.MAX_BATCH, guard=None)
    told("without the guard", sentences, [subwords.decode(ids) for ids in bare])


if __name__ == "__main__":
    main()
