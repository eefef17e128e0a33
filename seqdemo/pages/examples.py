"""Sentences to begin with: a few a task and a pair, the first of them read before anybody asks.

Each was written for this project. A task or pair without a line here has none to offer.
"""

from __future__ import annotations

from collections.abc import Mapping


def shown_tasks(tasks: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Those of the lab's tasks that the page has words and examples for; programs can ask for all of them."""
    return {name: models for name, models in tasks.items() if name in TASKS}


TASKS = {
    "sentiment-en": (
        "The plot is thin, but the acting is wonderful.",
        "It is good, not bad.",
        "It is bad, not good.",
        "I wanted to like it, but I was bored to tears.",
    ),
    "sentiment-zh": (
        "房间不大，但是很干净，服务也热情。",
        "味道很好，不贵。",
        "味道不好，很贵。",
        "等了两个小时才送到，饭都凉了。",
    ),
    "question-en": (
        "How many legs does a spider have?",
        "Who wrote the first detective novel?",
        "Where do penguins live?",
        "What does NASA stand for?",
    ),
    "topic-zh": (
        "新款电动车一次充电能跑八百公里",
        "主场战平，主教练赛后向球迷道歉",
        "今年的高考作文题有哪些变化？",
        "房贷利率下调，现在该买房吗？",
    ),
}

TASKS |= {  # trained on the page, taken home, and served with --checkpoints DIR
    "own-en": (
        "Will it rain tomorrow?",
        "Play something slow.",
        "Wake me at seven.",
        "When does the next train leave?",
    ),
    "own-zh": ("明天会下雨吗？", "放一首慢歌。", "七点叫我起床。", "下一班火车几点开？"),
}

MOST_EXAMPLES = 4  # buttons on the page


def pair_examples(pair: str) -> tuple[str, ...]:
    """Sentences to translate: the pair's own, else what there is in its source language."""
    return PAIRS.get(pair, SOURCES.get(pair.split("-")[0], ()))


PAIRS = {
    "en-de": (
        "A little girl in a red dress is playing with a brown dog.",
        "Two men are sitting on a bench in front of a big house.",
        "A woman who is wearing a green hat rides her bicycle down the street.",
        "Where did you buy these shoes?",
    ),
    "de-en": (
        "Ein kleines Mädchen in einem roten Kleid spielt mit einem braunen Hund.",
        "Zwei Männer sitzen auf einer Bank vor einem großen Haus.",
        "Eine Frau, die einen grünen Hut trägt, fährt mit dem Fahrrad die Straße entlang.",
        "Kinder spielen am Strand Fußball.",
    ),
}
SOURCES = {
    "en": (
        "He has never read this book.",
        "The weather is much better today than yesterday.",
        "Where did you buy these shoes?",
        "I will call you when I get home.",
    ),
    "zh": (
        "他从来没有读过这本书。",
        "今天的天气比昨天好多了。",
        "你在哪儿买的这双鞋？",
        "我到家以后给你打电话。",
    ),
}
