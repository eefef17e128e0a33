"""The page takes any lab: Chinese tasks, several pairs, several models a pair, models without attention, new names."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from seqdemo.pages.app import build_page, launch_settings
from seqdemo.pages.examples import SOURCES, TASKS
from seqdemo.records import ClassificationRecord
from tests.stand_in import StandIn

pytestmark = pytest.mark.drill


@pytest.fixture(scope="module")
def other() -> Iterator[str]:
    page = build_page(StandIn())
    _, url, _ = page.launch(prevent_thread_lock=True, quiet=True, **launch_settings())
    yield url
    page.close()


@pytest.fixture
def page(browser: Browser, other: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="en-US")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(other)
    page.locator("#reading .seqdemo-sheet").wait_for(timeout=30_000)
    yield page
    assert complaints == []
    context.close()


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=option).click()


def test_a_chinese_task_brings_its_text_examples_and_models(page: Page) -> None:
    choose(page, "Task", "News topic, Chinese")
    expect(page.locator(".ask textarea").first).to_have_value(TASKS["topic-zh"][0])
    names = page.locator("#reading .seqdemo-model")
    expect(names).to_have_count(2)
    expect(names.nth(0)).to_contain_text("GRU")
    expect(names.nth(1)).to_contain_text("newcomer")  # a model without a name of its own keeps its key
    expect(page.locator("#attention .seqdemo-heading")).to_contain_text("Self-attention")
    expect(page.locator("#attention [role=tab]")).to_have_count(0)
    expect(page.locator("#reading .seqdemo-view .seqdemo-place")).to_contain_text(f"of {len(TASKS['topic-zh'][0])}")


def test_models_of_a_pair_stand_below_one_another(page: Page) -> None:
    page.get_by_role("tab", name="Translate").click()
    blocks = page.locator("#steps .seqdemo-translated")
    expect(blocks).to_have_count(1)  # the first model of the pair; the others are a tick away
    for box in page.locator("#translators").get_by_role("checkbox").all():
        box.check()
    expect(blocks).to_have_count(3)
    expect(blocks.nth(2).locator(".seqdemo-caption")).to_contain_text("This model has no attention to the source.")
    titles = page.locator("#heads [role=tab]")
    expect(titles).to_have_count(4)
    expect(titles.nth(3)).to_have_text("gru-attention · Cross-attention")
    expect(page.locator("#heads .seqdemo-about")).to_contain_text("without a map: gru-plain.")
    expect(page.locator("#steps .seqdemo-view .seqdemo-place")).to_contain_text("1 of 4")  # the longest
    page.locator("#steps .seqdemo-view input[type=range]").fill("3")
    expect(
        blocks.nth(0).locator("text", has_text="Step 3: what it could")
    ).to_be_visible()  # the others stay at their end
    expect(blocks.nth(2).locator("text", has_text="Step 4: what it could")).to_be_visible()
    titles.nth(3).click()
    expect(page.locator("#heads .seqdemo-heading")).to_have_text("gru-attention · Cross-attention · Layer 1, head 1")
    expect(page.locator("#heads .seqdemo-heads")).to_have_count(0)  # one head needs no choosing
    expect(blocks.nth(1).locator(".seqdemo-caption")).to_contain_text("Layer 1, head 1")
    page.locator("#translators").get_by_label("gru-attention").uncheck()
    expect(blocks).to_have_count(2)
    page.locator("#translators").get_by_label("Transformer").uncheck()
    expect(blocks).to_have_count(1)
    expect(page.locator("#heads")).to_have_text("Without attention, and so without a map: gru-plain.")
    expect(page.locator("#heads .seqdemo-sheet")).to_have_count(0)


def test_a_pair_brings_its_languages_examples_and_models(page: Page) -> None:
    page.get_by_role("tab", name="Translate").click()
    choose(page, "Languages", "Chinese → English")
    expect(page.get_by_label("A sentence, in Chinese")).to_have_value(SOURCES["zh"][0])
    expect(page.locator("#steps .seqdemo-translated")).to_have_count(1)
    expect(page.locator("#steps .seqdemo-translation")).to_have_attribute("lang", "en")
    expect(page.locator("#steps .seqdemo-sheet text", has_text="书").first).to_be_visible()
    page.get_by_role("button", name=SOURCES["zh"][1]).click()
    expect(page.get_by_label("A sentence, in Chinese")).to_have_value(SOURCES["zh"][1])
    page.get_by_label("Join sub-words into words").check()
    expect(page.locator("#heads .seqdemo-sheet text", has_text="never").first).to_be_visible()
    page.locator("#language").get_by_text("中文").click()
    expect(page.get_by_label("一句中文")).to_have_value(SOURCES["zh"][1])
    expect(page.get_by_label("语言对")).to_have_value("中文 → 英语")


def test_a_link_to_a_pair_that_is_not_the_first(browser: Browser, other: str) -> None:
    context = browser.new_context(locale="en-US")
    page: Any = context.new_page()
    page.goto(other + "?tab=translate&pair=zh-en&sentence=你好&beam=2")
    expect(page.locator("#steps .seqdemo-score")).to_contain_text("beam 2", timeout=30_000)
    expect(page.get_by_label("A sentence, in Chinese")).to_have_value("你好")
    context.close()


def test_a_pair_shows_boxes_for_its_own_models_and_keeps_the_ticks_of_another(page: Page) -> None:
    page.get_by_role("tab", name="Translate").click()
    boxes = page.locator("#translators").get_by_role("checkbox")
    here = page.get_by_label("Languages").input_value()
    expect(boxes).to_have_count(3)
    for box in boxes.all():
        box.check()
    expect(page.locator("#steps .seqdemo-translated")).to_have_count(3)
    choose(page, "Languages", "Chinese → English")
    expect(page.locator("#steps .seqdemo-translated")).to_have_count(1)
    expect(page.locator("#translators")).to_be_hidden()  # one model: nothing to choose
    choose(page, "Languages", here)
    expect(page.locator("#steps .seqdemo-translated")).to_have_count(3)
    for box in boxes.all():
        expect(box).to_be_checked()


def test_a_task_shows_boxes_for_its_own_models(page: Page) -> None:
    labels = page.locator("#models label")
    before = labels.all_inner_texts()
    choose(page, "Task", "News topic, Chinese")
    expect(labels).to_have_text(["GRU", "newcomer"])
    expect(page.locator("#reading .seqdemo-model")).to_have_count(2)  # what it asked for has come
    page.get_by_role("checkbox", name="GRU").uncheck()
    expect(page.locator("#reading .seqdemo-model")).to_have_count(1)
    choose(page, "Task", "Sentiment, English")
    expect(labels).to_have_text(before)
    expect(page.get_by_role("checkbox", name="newcomer")).to_have_count(0)
    expect(page.locator("#reading .seqdemo-model")).to_have_count(len(before))
    choose(page, "Task", "News topic, Chinese")
    expect(page.get_by_role("checkbox", name="GRU")).not_to_be_checked()
    expect(page.get_by_role("checkbox", name="newcomer")).to_be_checked()


class Overtaken(StandIn):
    """Keeps a question of both Chinese models waiting until it is released."""

    def __init__(self) -> None:
        self.released, self.over = threading.Event(), threading.Event()
        self.released.set()

    def classify(self, text: str, task: str, models: Sequence[str] | None = None) -> tuple[ClassificationRecord, ...]:
        found = super().classify(text, task, models)
        if task == "topic-zh" and len(found) == 2 and not self.released.is_set():
            assert self.released.wait(30)
            self.over.set()
        return found


def test_a_tick_while_the_page_still_answers_is_what_it_ends_with(browser: Browser) -> None:
    lab = Overtaken()
    app = build_page(lab)
    _, url, _ = app.launch(prevent_thread_lock=True, quiet=True, **launch_settings())
    context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="en-US")
    try:
        page = context.new_page()
        page.goto(url)
        page.locator("#reading .seqdemo-sheet").wait_for(timeout=30_000)
        lab.released.clear()
        page.get_by_role("combobox", name="Task", exact=True).fill("News topic, Chinese")
        page.keyboard.press("Enter")  # asks once; a click on an option asks twice, and the second would mend it
        page.get_by_role("checkbox", name="newcomer").wait_for()
        page.get_by_role("checkbox", name="GRU").uncheck()
        expect(page.locator("#reading .seqdemo-model")).to_have_count(1)
        expect(page.locator("#reading .seqdemo-model")).to_contain_text("newcomer")
        lab.released.set()  # the answer to the question before comes last
        assert lab.over.wait(30)
        page.wait_for_timeout(1000)  # for the page to take it, if it did
        expect(page.locator("#reading .seqdemo-model")).to_have_count(1)
        choose(page, "Task", "Sentiment, English")
        expect(page.locator("#reading .seqdemo-model")).to_have_count(2)
        choose(page, "Task", "News topic, Chinese")
        expect(page.get_by_role("checkbox", name="newcomer")).to_be_checked()
        expect(page.get_by_role("checkbox", name="GRU")).not_to_be_checked()
        expect(page.locator("#reading .seqdemo-model")).to_have_count(1)
        expect(page.locator("#reading .seqdemo-model")).to_contain_text("newcomer")
    finally:
        context.close()
        app.close()


def test_a_link_may_name_models_that_another_pair_has(browser: Browser, other: str) -> None:
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 720})
    page: Any = context.new_page()
    page.goto(other + "?tab=translate&pair=zh-en&sentence=你好&translators=transformer,gru-attention")
    expect(page.locator("#steps .seqdemo-translated")).to_have_count(1, timeout=30_000)
    expect(page.locator("#translators")).to_be_hidden()
    assert page.locator("#steps").bounding_box()["width"] > 1200  # as wide as with boxes
    choose(page, "Languages", "English → German")
    expect(page.locator("#steps .seqdemo-translated")).to_have_count(2)
    expect(page.locator("#translators").get_by_label("gru-attention")).to_be_checked()
    context.close()
