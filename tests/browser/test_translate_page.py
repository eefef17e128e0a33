"""The translate page: a translation with no target supplied, step by step, and every head that took part."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from seqdemo.pages.examples import PAIRS

EXAMPLES = PAIRS["en-de"]
SENTENCE = "A man in a blue shirt is standing on a ladder."


def translate_tab(here: Any) -> Any:
    here.tab(1)
    return here.page


def test_first_look_is_a_finished_translation(visit: Any, lab: Any) -> None:
    page = translate_tab(visit(new=True))
    record = lab.translate(EXAMPLES[0], "en-de")
    expect(page.locator(".seqdemo-translation")).to_have_text(record.translation)
    expect(page.locator(".seqdemo-translation")).to_have_attribute("lang", "de")
    expect(page.locator("#steps .seqdemo-view .seqdemo-place")).to_contain_text(
        f"1 of {len(record.steps)}: {record.steps[0].token}"
    )


def test_enter_translates_and_every_step_shows_its_alternatives(visit: Any, lab: Any) -> None:
    here = visit()
    page = translate_tab(here)
    here.ask(SENTENCE, tab=1)
    record = lab.translate(SENTENCE, "en-de")
    expect(page.locator(".seqdemo-translation")).to_have_text(record.translation)
    here.settle()
    asked = len(here.requests)
    slider = page.locator("#steps .seqdemo-view input[type=range]")
    for number, step in enumerate(record.steps):
        slider.fill(str(number))
        for candidate in step.candidates:
            expect(page.locator("#steps g text", has_text=f"{candidate.probability:.3f}").first).to_be_visible()
        said = slider.get_attribute("aria-valuetext")
        assert f"step {number + 1}: {step.token} {step.probability:.3f}" in said
        expect(page.locator("#heads .seqdemo-summary")).to_contain_text(f"Row {number + 1}, “{step.token}”")
    assert here.asked(asked) == []


def test_every_kind_layer_and_head_is_there_without_asking_the_server(visit: Any, lab: Any) -> None:
    here = visit()
    page = translate_tab(here)
    here.ask(EXAMPLES[0], tab=1)
    record = lab.translate(EXAMPLES[0], "en-de")
    expect(page.locator(".seqdemo-translation")).to_have_text(record.translation)
    heads = page.locator("#heads")
    heads.scroll_into_view_if_needed()
    here.settle()
    asked = len(here.requests)
    for name, kind in (("Encoder self", "encoder_self"), ("Decoder self", "decoder_self"), ("Cross", "cross")):
        heads.get_by_role("tab", name=name).click()
        grid = record.grid(kind)
        expect(heads.get_by_role("button", name="Layer ")).to_have_count(grid.layers * grid.heads)
        heads.get_by_role("button", name="Layer 3, head 2:").click()
        fold = heads.locator("details").first
        fold.locator("summary").click()
        rows = fold.locator("tr")
        expect(rows).to_have_count(len(grid.queries) + 1)
        for row, wanted in zip(rows.all()[1:], grid.weights[2, 1], strict=True):
            drawn = [float(cell) for cell in row.locator("td").all_text_contents()]
            assert max(abs(a - float(b)) for a, b in zip(drawn, wanted, strict=True)) < 1e-3
        fold.locator("summary").click()
    assert here.asked(asked) == []


def test_the_head_that_aligns_words_as_people_do_is_marked(fresh: Any, lab: Any) -> None:
    found = next(one for one in lab.sources() if one.aligner)
    pair = next(pair for pair, models in lab.pairs().items() if found.checkpoint == f"{pair}-{models[0]}")
    page = fresh(f"?tab=translate&lang=en&pair={pair}")
    heads = page.locator("#heads")
    heads.get_by_role("tab", name="Cross-attention").click()
    starred = heads.get_by_role("button", name="best at aligning words")
    expect(starred).to_have_count(1)
    expect(starred).to_have_accessible_name(re.compile(f"^Layer {found.aligner.layer}, head {found.aligner.head}:"))
    expect(heads.locator(".seqdemo-about")).to_contain_text(f"{100 * found.aligner.error_rate:.1f} %")
    heads.get_by_role("tab", name="Encoder self").click()
    expect(heads.get_by_role("button", name="best at aligning words")).to_have_count(0)


def test_the_beam_is_part_of_the_question(visit: Any, lab: Any) -> None:
    here = visit()
    page = translate_tab(here)
    page.get_by_role("spinbutton").fill("1")
    here.ask(SENTENCE, tab=1)
    expect(page.locator(".seqdemo-translation")).to_have_text(lab.translate(SENTENCE, "en-de", beam=1).translation)
    expect(page.locator(".seqdemo-score")).to_contain_text("beam 1")
    page.get_by_role("spinbutton").fill("5")
    expect(page.locator(".seqdemo-score")).to_contain_text("beam 5")


def test_a_beam_that_is_none_is_answered_in_words(visit: Any) -> None:
    here = visit(new=True)
    page = translate_tab(here)
    page.get_by_role("spinbutton").fill("99")
    expect(page.locator("#translate-message .problem")).to_contain_text("whole number from 1 to 10")
    page.get_by_role("spinbutton").fill("2")
    expect(page.locator(".seqdemo-score")).to_contain_text("beam 2")
    assert here.complaints == []


def test_a_text_of_several_sentences_shows_each(visit: Any, fresh: Any, lab: Any) -> None:
    here = visit(new=True)
    page = translate_tab(here)
    expect(page.locator("#sentence")).to_have_count(0)
    text = "A dog runs. Two men are sitting on a bench."
    passage = lab.translate_passage(text, "en-de")
    here.ask(text, tab=1)
    expect(page.locator(".seqdemo-translation")).to_have_text(passage.translation)
    expect(page.locator("#steps .seqdemo-view .seqdemo-place")).to_contain_text(
        f"1 of {len(passage.sentences[0].steps)}:"
    )
    page.get_by_role("combobox", name="Sentence that the views below show").click()
    page.get_by_role("option", name="2. Two men").click()
    steps = passage.sentences[1].steps
    expect(page.locator("#steps .seqdemo-view .seqdemo-place")).to_contain_text(f"1 of {len(steps)}: {steps[0].token}")
    expect(page.locator(".seqdemo-translation")).to_have_text(passage.translation)
    page.locator("#steps").get_by_role("button", name="Link", exact=True).click()
    expect(page.locator("#steps .seqdemo-told")).not_to_be_empty()
    other = fresh(page.url.removeprefix(here.address))  # the link shows the second sentence too
    expect(other.locator("#steps .seqdemo-view .seqdemo-place")).to_contain_text(f"1 of {len(steps)}: {steps[0].token}")
    here.ask("A dog runs.", tab=1)
    expect(page.locator("#sentence")).to_have_count(0)
