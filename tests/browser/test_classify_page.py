"""The classify page does what a class expects, and shows what the lab computed."""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.sync_api import expect

from seqdemo.figures.names import label_name, model_name
from seqdemo.pages.examples import TASKS
from seqdemo.records import ClassificationRecord

EXAMPLES = TASKS["sentiment-en"]
SENTENCE = "A dull, lifeless and far too long film."


def card_texts(records: tuple[ClassificationRecord, ...], language: str) -> list[Any]:
    """What each card must say: the model, the verdict and its probability in per cent."""
    return [
        re.compile(
            re.escape(model_name(record.source.model, language))
            + re.escape(label_name(record.label, language))
            + r".*"
            + re.escape(f"{100 * record.probability:.1f}%"),
            re.DOTALL,
        )
        for record in records
    ]


def read_to_the_end(here: Any) -> None:
    """Ask for the sentence and stand on its last word; asked again, it keeps the word where another test left it."""
    here.ask(SENTENCE)
    here.settle()
    here.page.locator("#reading .seqdemo-view input[type=range]").press("End")


def test_first_paint_is_a_finished_example(visit: Any, lab: Any) -> None:
    page = visit(new=True).page
    cards = page.locator("#reading .seqdemo-model")
    expect(cards).to_have_text(card_texts(lab.classify(EXAMPLES[0], "sentiment-en"), "en"))
    expect(page.locator("#reading .seqdemo-sheet").first).to_be_visible()


def test_enter_reads_the_sentence_with_all_models(visit: Any, lab: Any) -> None:
    here = visit()
    read_to_the_end(here)
    expect(here.page.locator("#reading .seqdemo-model")).to_have_text(
        card_texts(lab.classify(SENTENCE, "sentiment-en"), "en")
    )


def table_of(page: Any, view: str) -> list[list[str]]:
    """The cells of a view's table twin, opened anew."""
    fold = page.locator(f"#{view} details").first
    fold.evaluate("(fold) => { fold.open = false; }")
    fold.locator("summary").click()
    fold.locator("tr").first.wait_for()
    read = "(table) => Array.from(table.rows, (row) => Array.from(row.cells, (cell) => cell.textContent))"
    cells: list[list[str]] = fold.locator("table").evaluate(read)
    return cells


def test_the_track_that_is_drawn_is_the_track_that_was_computed(visit: Any, lab: Any) -> None:
    here = visit()
    read_to_the_end(here)
    records = lab.classify(SENTENCE, "sentiment-en")
    expect(here.page.locator("#reading .seqdemo-model")).to_have_text(card_texts(records, "en"))
    head, *rows = table_of(here.page, "reading")
    assert head[1:] == [model_name(record.source.model, "en") for record in records]
    for step, row in enumerate(rows):
        assert row == [f"{step + 1} {records[0].words[step]}", *(f"{record.track[step, 1]:.4f}" for record in records)]


def test_one_scrub_bar_moves_all_views_without_asking_the_server(visit: Any, lab: Any) -> None:
    here = visit(new=True)
    here.ask(SENTENCE)
    records = lab.classify(SENTENCE, "sentiment-en")
    page = here.page
    expect(page.locator("#reading .seqdemo-model")).to_have_text(card_texts(records, "en"))
    here.settle()
    asked = len(here.requests)
    numbers = page.locator("#reading .seqdemo-number")
    page.locator("#reading .seqdemo-view input[type=range]").focus()
    for step in range(len(records[0].words) - 2, -1, -1):
        page.keyboard.press("ArrowLeft")
        expect(numbers).to_have_text([f"{100 * record.track[step].max():.1f}%" for record in records])
        expect(page.locator("#attention .seqdemo-summary")).to_contain_text(f"Row {step + 1}, ")
    page.get_by_role("button", name="Play (Space)").first.click()
    moved = re.compile(r"([3-9]|\d\d) of ")  # a step lasts 0.7 s: no single one may be waited for
    expect(page.locator("#reading .seqdemo-view .seqdemo-place")).to_contain_text(moved)
    page.get_by_role("button", name="Pause (Space)").first.click()
    assert here.asked(asked) == []


def test_only_the_chosen_models_are_shown(visit: Any) -> None:
    page = visit().page
    page.get_by_role("checkbox", name="LSTM", exact=True).uncheck()
    expect(page.locator("#reading .seqdemo-model")).to_have_count(4)
    expect(page.locator("#gates text", has_text="GRU")).to_be_visible()
    expect(page.locator("#gates text", has_text="LSTM")).to_have_count(0)
    page.get_by_role("checkbox", name="LSTM", exact=True).check()
    expect(page.locator("#reading .seqdemo-model")).to_have_count(5)
    expect(page.locator("#gates text", has_text="LSTM")).to_be_visible()


def test_no_model_chosen_is_told(visit: Any) -> None:
    page = visit().page
    boxes = page.locator("#models").get_by_role("checkbox").all()
    for box in boxes:
        box.uncheck()
    expect(page.locator("#classify-message .problem")).to_have_text("No model is chosen. Choose at least one.")
    expect(page.get_by_role("heading", name="Gates and states")).not_to_be_visible()  # nothing to show under it
    for box in boxes:
        box.check()
    expect(page.locator("#reading .seqdemo-model")).to_have_count(5)
    expect(page.get_by_role("heading", name="Gates and states")).to_be_visible()
    expect(page.locator("#gates .seqdemo-sheet")).to_be_visible()


def test_a_preset_fills_the_box_and_is_read(visit: Any, lab: Any) -> None:
    page = visit().page
    page.get_by_role("button", name=EXAMPLES[2], exact=True).click()
    expect(page.locator(".ask textarea").first).to_have_value(EXAMPLES[2])
    expect(page.locator("#reading .seqdemo-model")).to_have_text(
        card_texts(lab.classify(EXAMPLES[2], "sentiment-en"), "en")
    )


def test_a_head_is_chosen_without_asking_the_server(visit: Any) -> None:
    here = visit()
    view = here.page.locator("#attention")
    view.scroll_into_view_if_needed()
    title = view.locator(".seqdemo-heading").first
    before = title.inner_text()
    here.settle()
    asked = len(here.requests)
    view.get_by_role("button", name="Layer 2, head 3:").click()
    expect(title).to_contain_text("Layer 2, head 3")
    assert title.inner_text() != before
    assert here.asked(asked) == []


def test_the_heatmap_has_queries_as_rows_and_keys_as_columns(visit: Any, lab: Any) -> None:
    here = visit()
    (record,) = lab.classify(SENTENCE, "sentiment-en", ["attention"])
    here.ask(SENTENCE)
    here.settle()  # else the table may still be that of the example
    view = here.page.locator("#attention")
    view.scroll_into_view_if_needed()
    view.get_by_role("button", name="Layer 1, head 2:").click()
    expect(view.locator(".seqdemo-heading").first).to_contain_text("Layer 1, head 2")
    head, *rows = table_of(here.page, "attention")
    assert head[0] == "query \\ key"
    assert [row[0] for row in rows] == [f"{number} {word}" for number, word in enumerate(record.words, start=1)]
    for row, wanted in zip(rows, record.attention.weights[0, 1], strict=True):
        assert max(abs(float(a) - float(b)) for a, b in zip(row[1:], wanted, strict=True)) < 1e-3


def test_nothing_is_asked_outside_and_the_console_is_empty(visit: Any) -> None:
    here = visit()
    here.ask(SENTENCE)
    here.tab(1)
    here.page.locator("#steps").wait_for()
    here.tab(2)
    here.page.locator("#about table").wait_for()
    here.settle()
    assert here.outside == []
    assert here.complaints == []


def test_what_was_typed_stays_off_the_disk_of_a_shared_machine(visit: Any) -> None:
    here = visit()
    here.ask(SENTENCE)
    expect(here.page.locator("#reading .seqdemo-model").first).to_be_visible()
    stored = here.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert SENTENCE not in json.dumps(json.loads(stored))


def test_another_task_brings_its_own_words_and_classes(visit: Any, lab: Any) -> None:
    """Label, examples and text change; every panel shows the new text; the language switch keeps the task."""
    page = visit(new=True).page
    task = "question-en"
    page.get_by_role("combobox", name="Task").click()
    page.get_by_role("option", name="Type of question, English").click()
    box = page.locator(".ask textarea").first
    expect(box).to_have_value(TASKS[task][0])
    cards = page.locator("#reading .seqdemo-model")
    expect(cards).to_have_text(card_texts(lab.classify(TASKS[task][0], task), "en"))
    expect(page.get_by_label("A question, in English")).to_be_visible()
    page.get_by_role("button", name=TASKS[task][2], exact=True).click()
    expect(box).to_have_value(TASKS[task][2])
    expect(cards).to_have_text(card_texts(lab.classify(TASKS[task][2], task), "en"))
    expect(page.locator("#reading .seqdemo-sheet")).to_contain_text("place")
    page.locator("#language").get_by_text("中文").click()
    expect(cards).to_have_text(card_texts(lab.classify(TASKS[task][2], task), "zh"))
    expect(page.get_by_label("一个英文问题")).to_be_visible()
    expect(page.get_by_role("button", name=TASKS[task][1], exact=True)).to_be_visible()
