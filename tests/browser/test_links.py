"""A link shows just this: in a browser that never saw the page, from a server that never saw the session."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from playwright.sync_api import Page, expect

SENTENCE = "A dull, lifeless and far too long film."


def link_of(page: Page, view: str) -> str:
    page.locator(f"#{view}").get_by_role("button", name="Link", exact=True).click()
    expect(page.locator(f"#{view} .seqdemo-told")).not_to_be_empty()
    return "?" + urlsplit(page.url).query


def test_text_task_models_step_head_and_switches_are_in_the_link(visit: Any, fresh: Any) -> None:
    here = visit(new=True)
    page = here.page
    page.get_by_role("checkbox", name="RNN", exact=True).uncheck()
    here.ask(SENTENCE)
    expect(page.locator("#reading .seqdemo-model")).to_have_count(4)
    expect(page.locator("#reading .seqdemo-view .seqdemo-place")).to_contain_text("of 10")
    page.locator("#reading .seqdemo-view input[type=range]").fill("2")
    attention = page.locator("#attention")
    attention.get_by_role("button", name="Layer 1, head 4:").click()
    attention.get_by_role("checkbox", name="Layer 1, head 4:").focus()
    page.keyboard.press("2")
    attention.get_by_label("Hide marks and punctuation").check()
    attention.get_by_label("Strongest cells of each row").select_option("0.75")
    query = link_of(page, "reading")
    said = dict(parse_qsl(query[1:]))
    assert (said["text"], said["models"], said["step"]) == (SENTENCE, "lstm,gru,attention,bilstm-attention", "3")
    other = fresh(query, locale="zh-CN")  # the link says English, whatever the browser says
    expect(other.locator("#reading .seqdemo-model")).to_have_count(4)
    expect(other.locator(".ask textarea").first).to_have_value(SENTENCE)
    expect(other.get_by_role("checkbox", name="RNN", exact=True)).not_to_be_checked()
    expect(other.locator("#reading .seqdemo-view .seqdemo-place")).to_have_text(
        page.locator("#reading .seqdemo-view .seqdemo-place").inner_text()
    )
    expect(other.locator("#attention .seqdemo-heading")).to_contain_text("Layer 1, head")
    expect(other.get_by_label("Hide marks and punctuation")).to_be_checked()
    expect(other.get_by_label("Strongest cells of each row")).to_have_value("0.75")
    expect(other.locator("#attention .seqdemo-heading")).to_have_text(
        attention.locator(".seqdemo-heading").inner_text()
    )
    assert link_of(other, "reading") == query
    assert other.complaints == []


@pytest.mark.drill
def test_which_charts_are_zoomed_is_in_the_link(fresh: Any) -> None:
    """One model: a landscape without a graphics card takes its time."""
    page = fresh("?models=gru&text=Hi.&hide=attention")
    page.locator("#gates").get_by_role("button", name="Zoomable chart").click()
    page.locator("#planes").get_by_label("Axes").select_option("deep")  # shows the chart that it asks for
    expect(page.locator("#planes .seqdemo-toggle")).to_have_attribute("aria-pressed", "true")
    query = link_of(page, "reading")
    assert dict(parse_qsl(query[1:]))["charts"] == "gates,planes,planes-deep"
    other = fresh(query)
    expect(other.locator("#gates .seqdemo-toggle")).to_have_attribute("aria-pressed", "true")
    expect(other.locator("#planes .seqdemo-toggle")).to_have_attribute("aria-pressed", "true")
    expect(other.locator("#planes").get_by_label("Axes")).to_have_value("deep")


def test_a_translation_is_in_its_link(visit: Any, fresh: Any, lab: Any) -> None:
    here = visit(new=True)
    here.tab(1)
    page = here.page
    here.ask("Two dogs are running.", tab=1)
    page.get_by_role("spinbutton").fill("3")
    record = lab.translate("Two dogs are running.", "en-de", beam=3)
    expect(page.locator(".seqdemo-score")).to_contain_text("beam 3")
    expect(page.locator(".seqdemo-translation")).to_have_text(record.translation)
    page.locator("#steps .seqdemo-view input[type=range]").fill("2")
    page.get_by_role("tab", name="Decoder self").click()
    other = fresh(link_of(page, "steps"))
    expect(other.get_by_role("tab", name="Translate", exact=True)).to_have_attribute("aria-selected", "true")
    expect(other.locator(".seqdemo-translation")).to_have_text(record.translation)
    expect(other.locator(".seqdemo-score")).to_contain_text("beam 3")
    expect(other.locator("#steps .seqdemo-view .seqdemo-place")).to_contain_text("3 of")
    expect(other.get_by_role("tab", name="Decoder self")).to_have_attribute("aria-selected", "true")


def test_a_teacher_hides_panels_and_controls(fresh: Any) -> None:
    page = fresh("?hide=gates,planes,examples,models&task=question-en&text=" + quote("Who wrote Faust?"))
    expect(page.locator(".ask textarea").first).to_have_value("Who wrote Faust?")
    expect(page.locator("#reading .seqdemo-verdict").first).to_have_text("person")
    for hidden in ("#section-gates", "#section-planes", "#models", ".presets >> nth=0"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator("#section-attention")).to_be_visible()
    assert "hide=gates" in link_of(page, "reading")  # and the next link hides them too
    page.goto(page.url.split("?")[0] + "?hide=models,examples,planes,rereading,attention,header&text=Hi.&models=gru")
    expect(page.locator("#reading .seqdemo-model")).to_have_count(1)
    expect(page.locator("#section-attention")).to_be_hidden()
    assert page.locator("#reading").bounding_box()["width"] > 1200  # what is left has the whole width


def test_a_link_in_chinese_speaks_chinese(fresh: Any) -> None:
    page = fresh("?lang=zh&text=" + quote("A fine film."))
    expect(page.get_by_role("tab").first).to_have_text("分类")
    expect(page.locator("#reading .seqdemo-verdict").first).to_have_text("积极")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


@pytest.mark.parametrize(
    "query",
    [
        "?task=none&text=A+fine+film.&beam=1e9&hide=universe",
        "?models=" + quote("<img src=x onerror=alert(1)>") + "&text=A+fine+film.",
        "?tab=" + quote("${alert(1)}") + "&text=A+fine+film.",
        "?text=A+fine+film.&step=99&map=attention.encoder_self.7.7&on=x&switches=explode&mass=2&lang=xx",
    ],
)
def test_a_damaged_or_hostile_link_is_told_and_the_rest_works(fresh: Any, query: str) -> None:
    page = fresh(query)
    expect(page.locator("#reading .seqdemo-model")).to_have_count(5)
    expect(page.locator(".ask textarea").first).to_have_value("A fine film.")
    expect(page.locator("#link-message .notices")).to_contain_text("The link's field")
    if "map=" in query:
        expect(page.locator("#attention .seqdemo-note", has_text="Part of the link")).to_contain_text(
            "map, on, switches, mass"
        )
    assert page.complaints == []
    assert page.locator("img[src=x]").count() == 0


def test_a_text_that_the_lab_refuses_is_told_in_its_words(fresh: Any) -> None:
    page = fresh("?tab=classify&text=" + quote("这部电影非常好看"))
    expect(page.locator("#classify-message .problem")).to_contain_text("another script")


def test_a_step_waits_for_the_text_of_the_linked_task(fresh: Any) -> None:
    page = fresh("?task=question-en&step=3")
    expect(page.locator("#reading .seqdemo-view .seqdemo-place")).to_contain_text("3 of 8: legs")
