"""The samples to train on: requests to an assistant, in five classes, and a toy language pair.

    python assets/samples/make.py

writes requests-en.tsv and requests-zh.tsv: the sentences of requests-LANGUAGE.txt, written by hand, and as many
drawn from the patterns below for each class. And en-zh.tsv (see pairs.py in this folder). The seed is fixed.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
SEED, DRAWN = 1, 100  # of each class
SLOTS = {  # {name} in a pattern: one of these
    "en": {
        "day": "today, tomorrow, on Monday, on Friday, this weekend, next week, on my birthday",
        "hour": "six, seven, half past eight, ten, noon, a quarter to nine, midnight",
        "town": "Rome, Oslo, Madrid, Cairo, Lima, our village, the capital, my home town",
        "who": "my mother, the children, my brother, our guests, my neighbour, the team",
        "sky": "rain, snow, fog, wind, storms, sunshine, frost, clouds",
        "feel": "cold, warm, windy, wet, sunny, stormy, dry, icy",
        "tune": "song, album, track, symphony, tune, concert, waltz",
        "style": "jazz, rock, piano music, a lullaby, folk songs, an opera, dance music, a guitar solo",
        "do": "call the bank, feed the cat, pack my bag, post the letter, check the oven, lock the door",
        "long": "five minutes, ten minutes, half an hour, two hours, ninety seconds",
        "dish": "soup, pizza, curry, rice, noodles, salad, pancakes, fried fish, chocolate cake",
        "taste": "spicy, sweet, salty, fresh, fat, sour",
        "ride": "train, bus, ferry, flight, tram, night train, coach",
        "goal": "the station, the airport, the harbour, the museum, the old town, the beach",
    },
    "zh": {
        "day": "今天, 明天, 星期一, 星期五, 周末, 下周, 我生日那天",
        "hour": "六点, 七点, 八点半, 十点, 中午, 九点一刻, 半夜",
        "town": "北京, 上海, 广州, 昆明, 西安, 我们村, 省城, 老家",
        "who": "妈妈, 孩子们, 弟弟, 客人, 邻居, 同事",
        "sky": "雨, 雪, 大雾, 大风, 雷雨, 太阳, 霜, 乌云",
        "feel": "冷, 热, 潮湿, 晴朗, 干燥, 闷, 凉快",
        "tune": "歌, 专辑, 曲子, 交响曲, 舞曲, 歌剧, 民歌",
        "style": "爵士乐, 摇滚, 钢琴曲, 摇篮曲, 民谣, 京剧, 吉他独奏",
        "do": "给银行打电话, 喂猫, 收拾书包, 寄信, 看一下烤箱, 锁门",
        "long": "五分钟, 十分钟, 半小时, 两个小时, 九十秒",
        "dish": "汤, 披萨, 咖喱, 米饭, 面条, 沙拉, 煎饼, 红烧鱼, 巧克力蛋糕",
        "taste": "辣, 甜, 咸, 新鲜, 油腻, 酸",
        "ride": "火车, 公交车, 轮船, 航班, 地铁, 夜车, 大巴",
        "goal": "火车站, 机场, 码头, 博物馆, 古城, 海边",
    },
}
PATTERNS = {
    "en": {
        "weather": "Will there be {sky} in {town} {day}?|How {feel} is it in {town}?|Is it going to be {feel} {day}?"
        "|Tell {who} whether to expect {sky} {day}.|I hope for {sky} {day}, what do you think?"
        "|Is it too {feel} to walk to {goal}?|Does {town} get {sky} at {hour}?",
        "music": "Play {style} for {who}.|Put on a {tune} about {sky}.|I want to hear {style} {day}."
        "|Who wrote this {tune}?|Can {who} listen to {style} at {hour}?|Find a {feel} {tune} from {town}."
        "|Repeat the {tune} for {long}.",
        "alarm": "Wake {who} at {hour}.|Remind me to {do} {day}.|Set a timer for {long}."
        "|Ring at {hour} so that I can {do}.|Do not let {who} sleep after {hour}.|In {long}, remind {who} to {do}."
        "|Cancel the alarm at {hour} {day}.",
        "food": "Order {dish} for {who}.|How do I cook {dish} for {who}?|Is the {dish} too {taste}?"
        "|Where can we eat {dish} {day}?|Book a table for {who} at {hour}.|I would like {taste} {dish} {day}."
        "|How long must {dish} stay in the oven, {long}?",
        "travel": "When does the {ride} to {town} leave?|Book two seats on the {ride} to {town} {day}."
        "|How do {who} get to {goal}?|Is there a {ride} from {goal} at {hour}?|Does the {ride} take {long}?"
        "|Find a hotel near {goal} {day}.|Which {ride} goes to {goal}?",
    },
    "zh": {
        "天气": "{day}{town}会有{sky}吗？|{town}现在{feel}吗？|{day}会不会很{feel}？|告诉{who}{day}有没有{sky}。"
        "|{day}最好有{sky}，你看呢？|这么{feel}能走去{goal}吗？|{town}{hour}有{sky}吗？",
        "音乐": "给{who}放{style}。|放一首关于{sky}的{tune}。|{day}我想听{style}。|这首{tune}是谁写的？"
        "|{hour}让{who}听{style}。|找一首{town}的{tune}。|这首{tune}循环{long}。",
        "闹钟": "{hour}叫{who}起床。|{day}提醒我{do}。|定一个{long}的计时。|{hour}响铃，我要{do}。"
        "|{hour}以后别让{who}睡了。|过{long}提醒{who}{do}。|取消{day}{hour}的闹钟。",
        "餐饮": "给{who}点{dish}。|给{who}做{dish}怎么做？|这个{dish}太{taste}了吗？|{day}去哪儿吃{dish}？"
        "|{hour}给{who}订一张桌子。|{day}想吃点{taste}的{dish}。|{dish}要在锅里煮{long}吗？",
        "出行": "去{town}的{ride}几点开？|订两张{day}去{town}的{ride}票。|{who}怎么去{goal}？"
        "|{hour}有从{goal}出发的{ride}吗？|坐{ride}要{long}吗？|{day}找一家{goal}附近的酒店。|哪趟{ride}到{goal}？",
    },
}


def by_hand(language: str) -> dict[str, list[str]]:
    """Class -> sentences, of requests-LANGUAGE.txt."""
    found: dict[str, list[str]] = {}
    for line in (HERE / f"requests-{language}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            found[line[2:]] = now = []
        elif line:
            now.append(line)
    return found


def drawn(language: str, label: str, random_: random.Random, known: set[str]) -> list[str]:
    """DRAWN different sentences of a class's patterns, none of them known."""
    patterns = PATTERNS[language][label].split("|")
    slots = {name: words.split(", ") for name, words in SLOTS[language].items()}
    found: dict[str, None] = {}
    while len(found) < DRAWN:
        text = re.sub(r"\{(\w+)\}", lambda hole: random_.choice(slots[hole[1]]), random_.choice(patterns))
        if text not in known:
            found[text] = None
    return list(found)


def main() -> None:
    """Write the three tables."""
    for language in SLOTS:
        random_ = random.Random(SEED)
        lines = ["label\ttext"]
        for label, sentences in by_hand(language).items():
            lines += [f"{label}\t{text}" for text in (*sentences, *drawn(language, label, random_, {*sentences}))]
        (HERE / f"requests-{language}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"requests-{language}.tsv: {len(lines) - 1} rows")
    pairs()


def pairs() -> None:
    """Run pairs.py of this folder, which needs no package."""
    import runpy

    runpy.run_path(str(HERE / "pairs.py"), run_name="__main__")


if __name__ == "__main__":
    main()
