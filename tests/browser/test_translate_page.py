"""The translate page: a translation with no target supplied, and every head that took part."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from seqdemo.pages.translate import EXAMPLES

SENTENCE = "A man in a blue shirt is standing on a ladder."


def translate_tab(here: Any) -> Any:
    here.tab(1)
    return here.page


def test_first_look_is_a_finished_translation(visit: Any, lab: Any) -> None:
    page = translate_tab(visit(new=True))
    record = lab.translate(EXAMPLES[0], "en-de")
    expect(page.locator(".seqdemo-translation")).to_have_text(record.translation)
    expect(page.locator(".seqdemo-translation")).to_have_attribute("lang", "de")
    expect(page.locator(".seqdemo-step")).to_have_count(len(record.steps))


def test_enter_translates_and_shows_the_alternatives(visit: Any, lab: Any) -> None:
    here = visit()
    page = translate_tab(here)
    here.ask(SENTENCE, tab=1)
    record = lab.translate(SENTENCE, "en-de")
    expect(page.locator(".seqdemo-translation")).to_have_text(record.translation)
    first = page.locator(".seqdemo-step").first
    expect(first.locator(".seqdemo-chosen")).to_have_text(record.steps[0].token)
    expect(first.locator(".seqdemo-candidate")).to_have_count(len(record.steps[0].candidates))
    expect(first.locator(".seqdemo-candidate").first).to_contain_text(
        f"{record.steps[0].candidates[0].probability:.3f}"
    )


def test_every_kind_layer_and_head_is_there_without_asking_the_server(visit: Any, lab: Any) -> None:
    here = visit()
    page = translate_tab(here)
    here.ask(EXAMPLES[0], tab=1)
    record = lab.translate(EXAMPLES[0], "en-de")
    expect(page.locator(".seqdemo-translation")).to_have_text(record.translation)
    heads = page.locator("#heads")
    heads.scroll_into_view_if_needed()
    heads.locator(".js-plotly-plot").wait_for()
    here.settle()
    asked = len(here.requests)
    for name, kind in (("Encoder self", "encoder_self"), ("Decoder self", "decoder_self"), ("Cross", "cross")):
        heads.get_by_role("tab", name=name).or_(heads.get_by_role("button", name=name)).first.click()
        grid = record.grid(kind)
        expect(heads.get_by_role("button", name="Layer ")).to_have_count(grid.layers * grid.heads)
        heads.get_by_role("button", name="Layer 3, head 2", exact=True).click()
        page.wait_for_function(
            """([rows, columns]) => {
                const data = document.querySelector('#heads .js-plotly-plot')?.data;
                return data && data[0].z.length === rows && data[0].z[0].length === columns;
            }""",
            arg=[len(grid.queries), len(grid.keys)],
        )
        drawn = page.evaluate(
            "document.querySelector('#heads .js-plotly-plot').data[0].z.map((row) => Array.from(row))"
        )
        for row, wanted in zip(drawn, grid.weights[2, 1], strict=True):
            assert max(abs(a - float(b)) for a, b in zip(row, wanted, strict=True)) < 1e-3
    assert here.requests[asked:] == []


def test_the_beam_is_part_of_the_question(visit: Any, lab: Any) -> None:
    here = visit()
    page = translate_tab(here)
    page.get_by_role("spinbutton").fill("1")
    here.ask(SENTENCE, tab=1)
    expect(page.locator(".seqdemo-translation")).to_have_text(lab.translate(SENTENCE, "en-de", beam=1).translation)
    page.get_by_role("spinbutton").fill("5")
    expect(page.locator(".seqdemo-score")).to_contain_text("1")


def test_a_text_of_several_sentences_shows_each(visit: Any, lab: Any) -> None:
    here = visit()
    page = translate_tab(here)
    expect(page.locator("#sentence")).to_have_count(0)
    here.ask("Two dogs are playing. A man is reading a book.", tab=1)
    passage = lab.translate_passage("Two dogs are playing. A man is reading a book.", "en-de")
    expect(page.locator(".seqdemo-translation")).to_have_text(passage.translation)
    expect(page.locator(".seqdemo-step")).to_have_count(len(passage.sentences[0].steps))
    chooser = page.get_by_label("Sentence that the views below show")
    chooser.click()
    page.get_by_role("option", name="2. A man is reading a book.").click()
    expect(page.locator(".seqdemo-step")).to_have_count(len(passage.sentences[1].steps))
    expect(page.locator(".seqdemo-step .seqdemo-chosen").first).to_have_text(passage.sentences[1].steps[0].token)
    expect(page.locator(".seqdemo-translation")).to_have_text(passage.translation)
    here.ask(SENTENCE, tab=1)
    expect(page.locator(".seqdemo-translation")).to_have_text(lab.translate(SENTENCE, "en-de").translation)
    expect(page.locator("#sentence")).to_have_count(0)
