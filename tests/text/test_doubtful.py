"""What a classifier answers without ground for it is told; what the page offers to begin with is not."""

from __future__ import annotations

import pytest

from seqdemo.classifying import read_text
from seqdemo.pages.examples import TASKS


def told(text: str, task: str) -> list[str]:
    return [notice.code for notice in read_text(text, task).notices]


@pytest.mark.parametrize(
    ("task", "text"),
    [
        ("sentiment-en", "good"),
        ("sentiment-en", "Not bad!"),
        ("sentiment-zh", "她是女人"),
        ("sentiment-zh", "服务很热情！"),
        ("sentiment-zh", "iPhone很好"),
    ],
)
def test_a_text_too_short_for_a_verdict_is_told(task: str, text: str) -> None:
    assert told(text, task)[-1:] == ["short_text"]


@pytest.mark.parametrize(
    "text",
    ["The capital of France is Paris.", "capital of France", "Paris", "I know what you did.", "They did it"],
)
def test_a_statement_is_told_where_questions_were_learnt(text: str) -> None:
    assert told(text, "question-en") == ["no_question"]


@pytest.mark.parametrize(
    "text",
    [
        "Paris is the capital of what country?",
        "what is the capital of France",
        "In what year did it begin",
        "What’s the capital of France",
        "Isn’t it in France",
        "Can't it rain",
        "Does it rain there",
        "Name the capital of France.",
    ],
)
def test_a_question_is_not(text: str) -> None:
    assert told(text, "question-en") == []


@pytest.mark.parametrize(
    ("task", "text"),
    [
        *((task, text) for task, texts in TASKS.items() for text in texts),
        ("sentiment-en", "It is bad."),
        ("sentiment-zh", "房间非常干净"),
        ("topic-zh", "股票大跌"),
        ("own-en", "Stop."),
    ],
)
def test_ordinary_sentences_have_nothing_to_tell(task: str, text: str) -> None:
    assert told(text, task) == []
