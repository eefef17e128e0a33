"""Whatever is typed: a clear sentence in the visitor's language, never a traceback, a stuck page or executed text."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

PROBLEMS = {  # text -> (what an English visitor reads, what a Chinese visitor reads)
    "empty": ("", "There is no text", "还没有文字"),
    "spaces": ("     ", "There is no text", "还没有文字"),
    "emoji": ("😀🎬🍿", "There are no letters", "没有字母或数字"),
    "punctuation": ("?!...", "There are no letters", "没有字母或数字"),
    "right-to-left": ("فيلم رائع جدا", "100% of the letters are of another script", "100%"),
    "another language": ("这部电影非常好看", "100% of the letters are of another script", "100%"),
    "unknown words": ("xqzvw wvzqx", "Every word is unknown to the model (2)", "一个也不认识（共 2 个）"),
}
HOSTILE = (
    "${alert(1)} a fine film",
    "<img src=x onerror=alert(1)> a fine film",
    "{{value}} `${window.ran = 1}` a fine film",
    "</script><script>alert(1)</script> a fine film",
)


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_text_that_cannot_be_read_is_answered_in_words(visit: Any, name: str, language: str) -> None:
    here = visit(locale={"en": "en-US", "zh": "zh-CN"}[language])
    text, english, chinese = PROBLEMS[name]
    if language == "zh":
        expect(here.page.locator("html")).to_have_attribute("lang", "zh-CN")
    here.ask(text)
    expect(here.page.locator("#classify-message .problem")).to_contain_text(english if language == "en" else chinese)
    expect(here.page.locator("#reading .seqdemo-model")).to_have_count(0)
    assert here.complaints == []
    here.ask("A fine film.")  # the page goes on
    expect(here.page.locator("#reading .seqdemo-model")).to_have_count(5)
    expect(here.page.locator("#classify-message .problem")).to_be_empty()


@pytest.mark.parametrize("text", ["", "😀", "这部电影非常好看"])
def test_the_translator_answers_in_words_too(visit: Any, text: str) -> None:
    here = visit()
    here.tab(1)
    here.ask(text, tab=1)
    expect(here.page.locator("#translate-message .problem")).not_to_be_empty()
    assert here.complaints == []


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("tab", [0, 1])
def test_typed_code_is_shown_and_never_run(visit: Any, text: str, tab: int) -> None:
    here = visit()
    if tab:
        here.tab(1)
    here.ask(text, tab=tab)
    message = here.page.locator("#translate-message" if tab else "#classify-message")
    expect(message).to_contain_text("<unk>")  # the odd marks are unknown to the models: told, as text
    here.settle()
    assert here.page.evaluate("window.ran") is None
    assert here.page.locator("img[src=x]").count() == 0
    assert here.complaints == []


@pytest.mark.parametrize(("locale", "words"), [("en-US", "So short a text says little"), ("zh-CN", "这么短的文字")])
def test_a_text_too_short_for_its_percentages_is_told_beside_them(visit: Any, locale: str, words: str) -> None:
    here = visit(locale=locale)
    here.ask("Not good.")
    expect(here.page.locator("#reading .seqdemo-model")).to_have_count(5)
    expect(here.page.locator("#classify-message .notices li")).to_have_count(1)  # once for all five models
    expect(here.page.locator("#classify-message .notices")).to_contain_text(words)
    here.ask("A warm, funny, engaging film.")
    expect(here.page.locator("#classify-message .notices li")).to_have_count(0)
    assert here.complaints == []


def test_one_letter_is_read(visit: Any) -> None:
    here = visit()
    here.ask("a")
    expect(here.page.locator("#reading .seqdemo-model")).to_have_count(5)
    expect(here.page.locator("#classify-message .problem")).to_be_empty()
    assert here.complaints == []


def test_control_characters_are_left_out_and_told(visit: Any) -> None:
    here = visit()
    here.ask("A fine\u0007 \u202efilm.")
    expect(here.page.locator("#classify-message .notices")).to_contain_text("control characters")


def test_a_long_text_is_cut_and_told(visit: Any) -> None:
    here = visit()
    here.ask("good film " * 2000)
    expect(here.page.locator("#classify-message .notices")).to_contain_text("cut at 1000 characters; 20000 came")
    expect(here.page.locator("#reading .seqdemo-model")).to_have_count(5)


def test_300_equal_words_are_cut_and_drawn(visit: Any) -> None:
    here = visit()
    here.ask("so " * 300)
    expect(here.page.locator("#classify-message .notices")).to_contain_text("Only the first 120 words")
    assert here.complaints == []
