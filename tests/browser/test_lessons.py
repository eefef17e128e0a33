"""The lessons page in a browser: no outcome arrives before it is revealed; keyboard, phone, two languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from seqdemo.experiments.table import FOLDER
from seqdemo.lessons.facts import facts, require
from seqdemo.lessons.fill import fill
from seqdemo.lessons.parse import NAMES, lesson
from seqdemo.lessons.screen import Progress, answer_of, screen
from seqdemo.locales import LANGUAGES
from tests.browser.test_everyone import serious

# Every byte that a script of the page gets, also out of a stream that is still open.
LISTEN = """
window.arrived = '';
const ask = window.fetch;
window.fetch = async (...asked) => {
  const answer = await ask(...asked);
  const copy = answer.clone();
  if (copy.body) (async () => {
    const [reader, decoder] = [copy.body.getReader(), new TextDecoder()];
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      window.arrived += decoder.decode(value, { stream: true });
    }
  })().catch(() => {}); // the page gave the answer up
  return answer;
};
const Stream = window.EventSource;
window.EventSource = class extends Stream {
  constructor(...given) {
    super(...given);
    this.addEventListener('message', (event) => { window.arrived += event.data; });
  }
};
"""


class Classroom:
    """A lessons page that remembers what came to it, what it complained of and whom it asked."""

    def __init__(self, page: Page, address: str, query: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.outside: list[str] = []
        page.add_init_script(LISTEN)
        page.on("request", lambda one: self._strange(one.url, address))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: said.type in ("error", "warning") and self.complaints.append(said.text))
        page.goto(address + query)
        page.locator("#lesson-text h3").first.wait_for(timeout=30_000)

    def _strange(self, url: str, address: str) -> None:
        if not url.startswith((address, "data:", "blob:")):
            self.outside.append(url)

    def wire(self) -> str:
        """All that came over the network after the page itself."""
        self.page.wait_for_timeout(700)
        return str(self.page.evaluate("window.arrived"))


@pytest.fixture
def classroom(browser: Any, address: str) -> Iterator[Any]:
    contexts = []

    def enter(query: str, width: int = 1280, height: int = 720, locale: str = "en-US") -> Classroom:
        contexts.append(browser.new_context(locale=locale, viewport={"width": width, "height": height}))
        return Classroom(contexts[-1].new_page(), address, query)

    yield enter
    for context in contexts:
        context.close()


def predicting(lab: Any) -> list[tuple[str, int]]:
    """Each place at which something is asked and can be answered with what is here."""
    look_up, able = facts(lab), partial(require, lab)
    return [
        (name, place)
        for name in NAMES
        for place in range(1, lesson(name, "en").places)
        if screen(lesson(name, "en"), Progress(name, place), look_up, able).question
    ]


def secrets(lab: Any, name: str, place: int) -> list[str]:
    """Runs of words that only the outcome has."""
    step = lesson(name, "en").steps[place - 1]
    told = fill(step.prediction.outcome, facts(lab), "en")  # type: ignore[union-attr]
    return [run.strip() for run in re.split(r"[*`$|\n(]", told) if len(run.strip()) > 25]


@pytest.mark.parametrize("number", range(4))
def test_no_outcome_is_in_the_page_or_on_the_wire_before_it_is_revealed(classroom: Any, lab: Any, number: int) -> None:
    places = predicting(lab)
    name, place = places[number * (len(places) - 1) // 3]
    hidden = secrets(lab, name, place)
    assert hidden, (name, place)
    room = classroom(f"?tab=lessons&lesson={name}&place={place}&lang=en")
    page = room.page
    expect(page.locator("#lesson-question")).to_contain_text("Predict first")
    page.locator("#lesson-hands label").first.click()
    page.locator("#lesson-vote").click()
    expect(page.locator("#lesson-tally")).to_contain_text("1")
    arrived = page.content() + room.wire()
    assert "Predict first" in room.wire()
    assert [run for run in hidden if run in arrived] == []
    assert page.locator(".beside .seqdemo-sheet").count() == 0  # nor does a view show it
    page.locator("#lesson-reveal").click()
    right = dict(lesson(name, "en").steps[place - 1].prediction.choices)[
        answer_of(lesson(name, "en").steps[place - 1].prediction, facts(lab))
    ]
    expect(page.locator("#lesson-outcome")).to_contain_text(f"Outcome: {right}")
    assert any(run in room.wire() for run in hidden)  # so the search above could have found it
    assert room.complaints == []


def test_answers_of_the_questions_come_when_they_are_asked_for(classroom: Any) -> None:
    room = classroom(f"?tab=lessons&lesson=L1&place={lesson('L1', 'en').places}&lang=en")
    page = room.page
    expect(page.locator("#lesson-text")).to_contain_text("Further reading")
    assert "It would have no memory at all" not in page.content() + room.wire()
    for _ in range(2):
        page.locator("#lesson-reveal").click()
        page.wait_for_timeout(400)
    expect(page.locator("#lesson-text")).to_contain_text("It would have no memory at all")
    assert "Yes: " not in page.locator("#lesson-text").inner_text()


def test_a_lesson_is_printed_whole_and_without_its_answers(classroom: Any, lab: Any) -> None:
    page = classroom("?tab=lessons&lesson=L1&lang=en").page
    page.evaluate("() => { window.printed = 0; window.print = () => { window.printed += 1; }; }")
    expect(page.locator("#lesson-handout")).to_be_hidden()
    page.locator("#lesson-print").click()
    page.wait_for_function("window.printed === 1")
    page.emulate_media(media="print")
    paper = page.locator("#lesson-handout")
    expect(paper).to_be_visible()
    expect(page.locator("#lesson-text")).to_be_hidden()
    expect(page.locator("#teaching")).to_be_hidden()
    expect(page.locator("footer")).to_be_hidden()
    for step in lesson("L1", "en").steps:
        expect(paper.locator("h2", has_text=step.title)).to_be_visible()
    expect(paper.locator(".katex").first).to_be_visible()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#lesson-text")).to_be_visible()
    expect(paper).to_be_hidden()


@pytest.mark.drill
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lesson_fits_its_paper(classroom: Any, language: str) -> None:
    """On a sheet of A4 no table, formula or line of a handout reaches beyond it, and its formulas are set."""
    for name in NAMES:
        page = classroom(f"?tab=lessons&lesson={name}&lang={language}", width=718, height=1046).page  # A4 less margins
        page.evaluate("() => { window.printed = 0; window.print = () => { window.printed += 1; }; }")
        page.locator("#lesson-print").click()
        page.wait_for_function("window.printed === 1")
        page.emulate_media(media="print")
        paper = page.locator("#lesson-handout")
        expect(paper.locator("h2")).to_have_count(lesson(name, language).places + 1)
        assert "$" not in paper.inner_text() and "**" not in paper.inner_text()
        wide = paper.evaluate(
            """(paper) => [...paper.querySelectorAll('table, .katex-display, p, li, pre')]
              .filter((one) => one.scrollWidth > one.clientWidth + 2 && one.clientWidth > 0
                || one.getBoundingClientRect().right > paper.getBoundingClientRect().right + 2)
              .map((one) => one.textContent.slice(0, 40))"""
        )
        assert wide == []
        page.context.close()


def test_the_teachers_page_opens_and_leads_to_a_lesson(classroom: Any) -> None:
    page = classroom("?tab=lessons&lang=zh").page
    page.get_by_role("button", name="给教师").click()
    expect(page.locator("#teaching-text table")).to_contain_text(lesson("L4", "zh").title)
    with page.expect_popup() as opened:
        page.locator("#teaching-text a", has_text="L4").click()
    expect(opened.value.locator("#lesson-text")).to_contain_text(lesson("L4", "zh").steps[0].title)
    expect(opened.value.locator("#language")).to_be_hidden()


def test_votes_of_one_page_are_not_shown_on_another(classroom: Any, lab: Any) -> None:
    name, place = predicting(lab)[0]
    query = f"?tab=lessons&lesson={name}&place={place}&lang=en"
    one, other = classroom(query).page, classroom(query).page
    for _ in range(2):
        one.locator("#lesson-hands label").last.click()
        one.locator("#lesson-vote").click()
        one.wait_for_timeout(500)
    expect(one.locator("#lesson-tally")).to_contain_text("2")
    other.locator("#lesson-hands label").first.click()
    other.locator("#lesson-vote").click()
    expect(other.locator("#lesson-tally")).to_contain_text("1")
    expect(other.locator("#lesson-tally")).not_to_contain_text("2")  # Gradio counts seconds there for a moment


def test_a_formula_is_set_without_a_network_and_a_step_sets_the_view(classroom: Any, lab: Any) -> None:
    room = classroom("?tab=lessons&lesson=L1&place=3&lang=en")
    page = room.page
    expect(page.locator("#lesson-text .katex").first).to_be_visible()
    expect(page.locator("#lesson-reading .seqdemo-view .seqdemo-place")).to_contain_text("10 of 11: wonderful")
    page.locator("#lesson-next").click()
    expect(page.locator("#lesson-text h3")).to_contain_text("4 / ")
    page.locator("#lesson-back").click()
    expect(page.locator("#lesson-reading .seqdemo-view .seqdemo-place")).to_contain_text("10 of 11: wonderful")
    page.locator("#lesson-reading .seqdemo-view input[type=range]").fill("2")
    page.get_by_role("tab", name="Classify", exact=True).click()
    expect(page.locator("#reading .seqdemo-view .seqdemo-place")).to_contain_text(
        "11 of 11"
    )  # the other tab's clock stood still
    page.get_by_role("tab", name="Lessons", exact=True).click()
    page.locator("#lesson-steps label", has_text="2").click()
    expect(page.locator("#lesson-planes .seqdemo-sheet")).to_be_visible()
    expect(page.locator("#section-lesson-planes")).to_have_class(re.compile("meant"))
    assert room.outside == [] and room.complaints == []


def test_a_step_shows_the_head_that_it_speaks_of_and_its_own_link_opens_the_same(classroom: Any, address: str) -> None:
    room = classroom("?tab=lessons&lesson=L4&place=3&lang=en")
    page, found = room.page, json.loads((FOLDER / "head-roles.json").read_text(encoding="utf-8"))["align"]
    named = f"Layer {found['layer']}, head {found['head']}"
    expect(page.locator("#lesson-heads .seqdemo-heading")).to_contain_text(named)
    link = page.locator("#lesson-own a").get_attribute("href")
    assert f"map=transformer.cross.{found['layer']}.{found['head']}" in link
    page.goto(address + "?" + link.split("?", 1)[1])
    expect(page.locator("#heads .seqdemo-heading")).to_contain_text(named)


def test_a_keyboard_walks_through_a_lesson(classroom: Any) -> None:
    page = classroom("?tab=lessons&lesson=L1&lang=en").page
    page.locator("#lesson-next").focus()
    for place in (2, 3, 4):
        page.keyboard.press("Enter")
        expect(page.locator("#lesson-place [role=status]")).to_have_text(f"Place {place} of 6")
    page.locator("#lesson-hands input").first.focus()
    page.keyboard.press("Space")
    page.locator("#lesson-vote").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#lesson-tally")).to_contain_text("1")
    page.locator("#lesson-reveal").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#lesson-outcome")).to_contain_text("Outcome")


def test_the_language_changes_and_the_place_stays(classroom: Any) -> None:
    room = classroom("?tab=lessons&lesson=L2&place=6&lang=en")
    page = room.page
    page.locator("#lesson-reveal").click()
    expect(page.locator("#lesson-outcome")).to_contain_text("Outcome")
    page.get_by_role("radio", name="中文").check()
    expect(page.locator("#lesson-outcome")).to_contain_text("结果")
    expect(page.locator("#lesson-place [role=status]")).to_have_text("第 6 步，共 7 步")
    expect(page.locator("#lesson-chart .seqdemo-heading")).to_contain_text("隐藏状态")
    text = page.locator("#lesson-text").inner_text() + page.locator("#lesson-outcome").inner_text()
    assert "**" not in text and "{{" not in text


@pytest.mark.drill
@pytest.mark.parametrize("name", NAMES)
def test_chinese_lessons_show_no_raw_markdown(classroom: Any, name: str) -> None:
    room = classroom(f"?tab=lessons&lesson={name}&lang=zh")
    page = room.page
    for place in range(1, lesson(name, "zh").places):
        expect(page.locator("#lesson-text h3")).to_contain_text(f"{place} / ")
        if page.locator("#lesson-reveal").is_visible():
            page.locator("#lesson-reveal").click()
            expect(page.locator("#lesson-outcome")).to_contain_text("结果")
        text = page.locator("#lesson-text").inner_text() + page.locator("#lesson-outcome").inner_text()
        assert "**" not in text and "$" not in text, (place, text)
        page.locator("#lesson-next").click()
    assert room.complaints == []


@pytest.mark.drill
def test_a_phone_never_scrolls_sideways_and_axe_finds_nothing_serious(classroom: Any) -> None:
    for query in ("?tab=lessons&lesson=L4&place=1&lang=en", "?tab=lessons&lesson=L2&place=6&lang=zh"):
        room = classroom(query, width=390, height=844)
        room.page.wait_for_timeout(1500)
        assert room.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert serious(room.page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_on_a_projector(browser: Any, address: str, scheme: Any) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 720}, color_scheme=scheme)
    page = context.new_page()
    page.goto(address + "?tab=lessons&lesson=L1&place=4&lang=en")
    expect(page.locator("#lesson-question")).to_contain_text("Predict first")
    page.locator("#lesson-reveal").click()
    page.locator("#lesson-reading .seqdemo-sheet").wait_for()
    assert serious(page) == []
    text, views = page.locator("#lesson-text").bounding_box(), page.locator(".lesson-views").bounding_box()
    assert text["x"] + text["width"] <= views["x"], "the text stands beside the views"
    box = page.locator("#lesson-reading").bounding_box()
    assert box["y"] + box["height"] <= 720, "the view stands on the first screen"
    context.close()
