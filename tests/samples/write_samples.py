"""A tiny corpus in the layout of the data folder, written for this project: own sentences, free to copy.

    python tests/samples/write_samples.py      writes tests/samples/corpora again

Reviews and captions are put together from short lists, every combination once; a hash deals them out, so no
sentence is in two splits. Enough to prepare, train and evaluate on without the real corpora; scores mean nothing.
"""

from __future__ import annotations

import gzip
import hashlib
import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent / "corpora"
SPLITS = {
    "sst2": {"train_phrases": 60, "dev": 30, "test": 36},
    "multi30k": {"train": 60, "val": 30, "test_2016_flickr": 36, "test_2017_flickr": 30, "test_2017_mscoco": 30},
    "tatoeba-en-de": {"train": 60, "dev": 30, "test": 30},
    "tatoeba-en-zh": {"train": 60, "dev": 30, "test": 30},
    "wmt-news": {"train.en-zh": 40},
}
PER_LABEL = {  # rows of each label
    "trec": {"train": 10, "dev": 5, "test": 5},
    "chnsenticorp": {"train": 24, "dev": 15, "test": 15},
    "online_shopping": {"train": 24, "dev": 15, "test": 15},
    "waimai": {"train": 24, "dev": 15, "test": 15},
    "tnews": {"train": 4, "dev": 2, "test": 2},
}

THINGS = ("the story", "the acting", "this little comedy", "the ending", "the music", "its hero", "every scene")
VERDICTS = {
    1: ("is warm and funny", "shines from start to finish", "is never less than charming", "moved me to tears",
        "has wit to spare", "feels fresh , honest and alive", "is a quiet delight", "rewards your patience"),
    0: ("is dull and lifeless", "falls flat on its face", "is not worth your time", "bored me to sleep",
        "has no idea where to go", "feels stale , forced and cold", "is a noisy mess", "wears out its welcome"),
}  # fmt: skip
ENDS = (" .", " , and i do n't say that often .")

WHO = (
    ("A man", "Ein Mann"), ("A woman", "Eine Frau"), ("An old sailor", "Ein alter Seemann"), ("A girl", "Ein Mädchen"),
    ("The cook", "Der Koch"), ("A young teacher", "Eine junge Lehrerin"), ("My neighbour", "Mein Nachbar"),
)  # fmt: skip
DOES = (
    ("reads a newspaper", "liest eine Zeitung"), ("feeds three ducks", "füttert drei Enten"),
    ("waits for the bus", "wartet auf den Bus"), ("plays the accordion", "spielt Akkordeon"),
    ("eats an apple", "isst einen Apfel"), ("paints a blue boat", "streicht ein blaues Boot"),
)  # fmt: skip
WHERE = (
    ("in the park", "im Park"), ("beside the canal", "neben dem Kanal"), ("on a wooden bench", "auf einer Holzbank"),
    ("under a red umbrella", "unter einem roten Schirm"), ("in front of the station", "vor dem Bahnhof"),
)  # fmt: skip


SAYS = (
    ("I know", "Ich weiß"), ("She says", "Sie sagt"), ("We hope", "Wir hoffen"), ("They think", "Sie denken"),
    ("Nobody believes", "Niemand glaubt"), ("He hears", "Er hört"),
)  # fmt: skip
WHAT = (
    ("that it is late", "dass es spät ist"), ("that the train is full", "dass der Zug voll ist"),
    ("that you are right", "dass du recht hast"), ("that we need help", "dass wir Hilfe brauchen"),
    ("that the door is open", "dass die Tür offen ist"),
)  # fmt: skip
SAYS_ZH = (
    ("I know", "我知道"), ("She says", "她说"), ("We hope", "我们希望"), ("They think", "他们觉得"),
    ("Nobody believes", "没有人相信"), ("He hears", "他听说"),
)  # fmt: skip
WHAT_ZH = (
    ("it is late", "已经很晚了"), ("the train is full", "火车满了"), ("you are right", "你是对的"),
    ("we need help", "我们需要帮助"), ("the door is open", "门开着"),
)  # fmt: skip
WHEN_ZH = (("today", "今天"), ("now", "现在"), ("again", "又"), ("at last", "终于"))
CITIES = (("Harbin", "哈尔滨"), ("Suzhou", "苏州"), ("Kunming", "昆明"), ("Dalian", "大连"), ("Lhasa", "拉萨"))
EVENTS = (
    ("opened a new library", "建成了新图书馆"), ("planted ten thousand trees", "种了一万棵树"),
    ("closed two old bridges", "关闭了两座旧桥"), ("held a chess tournament", "举办了象棋比赛"),
    ("repaired the city wall", "修复了城墙"), ("counted its cranes", "统计了鹤的数量"),
    ("lowered the bus fare", "降低了公交票价"), ("moved the fish market", "搬迁了鱼市"),
)  # fmt: skip
ENTRIES = (
    "蘋果\t苹果\tping2 guo3\tapple", "跑步\t跑步\tpao3 bu4\tto run/to jog", "圖書館\t图书馆\ttu2 shu1 guan3\tlibrary",
    "高興\t高兴\tgao1 xing4\thappy/glad (often of a meeting)", "李\t李\tLi3\tsurname Li", "吃\t吃\tchi1\tto eat",
    "裡頭\t里头\tli3 tou5\tvariant of 裡邊|里边", "天氣\t天气\ttian1 qi4\tweather", "火車\t火车\thuo3 che1\ttrain",
)  # fmt: skip
ALIGNED = (
    ("a man reads a newspaper .", "ein mann liest gerade eine zeitung .", "0-0 1-1 2-2 2p3 3-4 4-5 5-6"),
    ("two dogs play in the snow .", "zwei hunde spielen im schnee .", "0-0 1-1 2-2 3p3 4p3 5-4 6-5"),
    ("a woman in a red dress .", "eine frau in einem roten kleid .", "0-0 1-1 2-2 3-3 4-4 5-5 6-6"),
    ("children sit on a bench .", "kinder sitzen auf einer bank .", "0-0 1-1 2-2 3-3 4-4 5-5"),
    ("a boy rides a bike .", "ein junge fährt fahrrad .", "0-0 1-1 2-2 3p3 4-3 5-4"),
    ("people walk on the street .", "leute gehen auf der straße .", "0-0 1-1 2-2 3-3 4-4 5-5"),
)
WHEN = (("today", "heute"), ("now", "jetzt"), ("again", "wieder"), ("at last", "endlich"))

QUESTIONS = {
    "ABBR": (
        ("What does", "What is the full form of", "What do the letters", "Spell out what"),
        ("AKP stand for", "the sign BQ mean", "LLT mean", "HFD stand for", "QVC tell us"),
    ),
    "DESC": (
        ("What is", "How would you explain", "Why do people like", "How does one make"),
        ("a spinning top", "brown bread", "a sundial", "rainwater soap", "a paper boat"),
    ),
    "ENTY": (
        ("What animal", "Which fruit", "What colour", "What instrument"),
        ("is on the old flag", "did the baker choose", "grows best in sand", "is played at dawn", "won the prize"),
    ),
    "HUM": (
        ("Who", "Which painter", "What woman", "Whose brother"),
        (
            "built the red lighthouse",
            "wrote the song of the tram",
            "swam the canal first",
            "taught the twins",
            "found the map",
        ),
    ),
    "LOC": (
        ("Where", "In which town", "On what island", "In what valley"),
        ("is the glass bridge", "do the storks nest", "was the clock made", "does the river end", "is salt dug"),
    ),
    "NUM": (
        ("How many", "What number of", "How few", "About how many"),
        ("stairs has the tower", "ships came in", "teeth has a snail", "days does cheese ripen", "bells ring at six"),
    ),
}
SHOPS = {
    "chnsenticorp": ("房间", "前台", "这本书", "笔记本的屏幕", "早餐", "键盘"),
    "online_shopping": ("这双鞋", "苹果", "洗发水", "平板的电池", "裤子的布料", "快递的包装"),
    "waimai": ("米饭", "送餐的小哥", "披萨", "汤", "那份凉皮", "奶茶"),
}
OPINIONS = {
    "1": (
        "很干净，下次还来",
        "让人满意",
        "比想象的好",
        "真不错，推荐",
        "好得没话说",
        "值这个价",
        "让我惊喜",
        "非常棒",
        "挺好的",
    ),
    "0": (
        "太差了，不会再来",
        "让人失望",
        "比图片差很多",
        "坏了，要求退货",
        "糟糕透顶",
        "不值这个价",
        "让我生气",
        "又旧又脏",
        "一般都算不上",
    ),
}
TITLES = {
    "news_story": "奶奶的老照片",
    "news_culture": "古寺的壁画",
    "news_entertainment": "这部新剧的主演",
    "news_sports": "青年队的守门员",
    "news_finance": "小银行的利率",
    "news_house": "老城区的房价",
    "news_car": "新款电动车",
    "news_edu": "乡村小学的课表",
    "news_tech": "国产芯片",
    "news_military": "海军的演习",
    "news_travel": "高原上的小镇",
    "news_world": "邻国的选举",
    "news_stock": "今日的大盘",
    "news_agriculture": "山里的苹果园",
    "news_game": "这款手游",
}
TOLD = (
    "为什么这么受关注？",
    "有了新变化",
    "，你怎么看？",
    "的三个秘密",
    "背后的故事",
    "今年不一样",
    "引来热议",
    "，专家这样说",
)


def everyday() -> list[str]:
    """Rows of English, a tab and German: not captions."""
    rows = []
    for says, what, when in itertools.product(SAYS, WHAT, WHEN):
        rows.append("\t".join(f"{says[side]}{',' * side} {what[side]} {when[side]}." for side in (0, 1)))
    return rows


def everyday_zh() -> list[str]:
    """Rows of English, a tab and Chinese."""
    return [
        f"{says[0]} that {what[0]} {when[0]}.\t{says[1]}{when[1]}{what[1]}。"
        for says, what, when in itertools.product(SAYS_ZH, WHAT_ZH, WHEN_ZH)
    ]


def news() -> list[str]:
    """Rows of English, a tab and Chinese."""
    return [f"{city[0]} {event[0]}.\t{city[1]}{event[1]}。" for city, event in itertools.product(CITIES, EVENTS)]


def labelled(corpus: str) -> dict[str, list[str]]:
    """Label -> texts."""
    if corpus == "trec":
        return {
            label: [" ".join(parts) + " ?" for parts in itertools.product(*two)] for label, two in QUESTIONS.items()
        }
    if corpus == "tnews":
        return {label: [title + told for told in TOLD] for label, title in TITLES.items()}
    return {
        label: ["".join(parts) + "。" for parts in itertools.product(SHOPS[corpus], opinions)]
        for label, opinions in OPINIONS.items()
    }


def reviews() -> list[str]:
    """Rows of label, a tab and text."""
    return [
        f"{label}\t{thing} {verdict}{end}"
        for label, verdicts in VERDICTS.items()
        for thing, verdict, end in itertools.product(THINGS, verdicts, ENDS)
    ]


def captions() -> list[str]:
    """Rows of English, a tab and German; both follow the same order of words."""
    rows = []
    for who, does, where in itertools.product(WHO, DOES, WHERE):
        rows.append("\t".join(f"{who[side]} {does[side]} {where[side]}." for side in (0, 1)))
    return rows


def dealt(rows: Sequence[str], sizes: dict[str, int]) -> dict[str, list[str]]:
    """Split -> so many rows, in an order that looks random and is always the same."""
    order = iter(sorted(rows, key=lambda row: hashlib.sha256(row.encode()).digest()))
    return {split: list(itertools.islice(order, size)) for split, size in sizes.items()}


def files() -> dict[str, str]:
    """Path below the folder -> unpacked text."""
    result = {}
    for split, rows in dealt(reviews(), SPLITS["sst2"]).items():
        result[f"sst2/{split}.tsv.gz"] = "label\ttext\n" + "".join(row + "\n" for row in rows)
    for corpus, pairs in (("multi30k", captions()), ("tatoeba-en-de", everyday())):
        for split, rows in dealt(pairs, SPLITS[corpus]).items():
            for column, language in enumerate(("en", "de")):
                result[f"{corpus}/{split}.{language}.gz"] = "".join(row.split("\t")[column] + "\n" for row in rows)
    for corpus, pairs in (("tatoeba-en-zh", everyday_zh()), ("wmt-news", news())):
        for split, rows in dealt(pairs, SPLITS[corpus]).items():
            for column, language in enumerate(("en", "zh")):
                result[f"{corpus}/{split}.{language}.gz"] = "".join(row.split("\t")[column] + "\n" for row in rows)
    used = {row for split in SPLITS["multi30k"] for row in result[f"multi30k/{split}.de.gz"].splitlines()}
    for column, language in enumerate(("en", "de")):
        lines = [row.split("\t")[column] for row in captions() if row.split("\t")[1] not in used]
        assert len(lines) >= 20
        result[f"multi30k/train_task2.{language}.gz"] = "".join(line + "\n" for line in lines)
    header = "traditional\tsimplified\tpinyin\tenglish"
    result["cc-cedict/cedict.tsv.gz"] = "".join(row + "\n" for row in (header, *ENTRIES))
    for column, end in enumerate(("en", "de", "en-de.pharaoh")):
        rows = [row[column] for row in ALIGNED]
        result[f"word-alignments/europarl-de-en-bicici.{end}.gz"] = "".join(row + "\n" for row in rows)
    for corpus, sizes in PER_LABEL.items():
        parts: dict[str, list[str]] = {split: [] for split in sizes}
        for label, texts in labelled(corpus).items():
            for split, chosen in dealt(texts, sizes).items():
                parts[split] += [f"{label}\t{text}" for text in chosen]
        for split, rows in parts.items():
            result[f"{corpus}/{split}.tsv.gz"] = "label\ttext\n" + "".join(row + "\n" for row in rows)
    return result


def vectors(texts: dict[str, str]) -> tuple[str, np.ndarray]:
    """A word a line, and made-up vectors [word, 50]: for every word of the English classification texts."""
    english = (text for name, text in texts.items() if name.startswith(("sst2/", "trec/")))
    words = sorted({word.lower() for text in english for word in text.split()})
    return "".join(f"{word}\n" for word in words), np.random.default_rng(0).normal(size=(len(words), 50))


if __name__ == "__main__":
    for name, text in files().items():
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_bytes(gzip.compress(text.encode(), mtime=0))
        print(FOLDER.name, name, text.count("\n"))
    words, table = vectors(files())
    (FOLDER / "vectors").mkdir(exist_ok=True)
    (FOLDER / "vectors" / "glove6b-50d.vocab.txt.gz").write_bytes(gzip.compress(words.encode(), mtime=0))
    np.save(FOLDER / "vectors" / "glove6b-50d.f16.npy", table.astype(np.float16))
