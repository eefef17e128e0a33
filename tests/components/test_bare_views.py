"""Each view by itself: its table holds what it draws, it leaves nothing behind, and it takes 200 tokens."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from seqdemo.bench.settings import Settings
from seqdemo.bench.training import Moment
from seqdemo.components import drawing
from seqdemo.components.attention_view import classifier_attention_payload, translator_attention_payload
from seqdemo.components.chart_view import chart_payload
from seqdemo.components.edits_view import edits_payload
from seqdemo.components.film_view import film_payload
from seqdemo.components.gates_view import gates_payload
from seqdemo.components.planes_view import planes_payload
from seqdemo.components.reading_view import reading_payload
from seqdemo.components.reasons_view import reasons_payload
from seqdemo.components.rereading_view import rereading_payload
from seqdemo.components.steps_view import steps_payload
from seqdemo.components.tree_view import tree_payload
from seqdemo.interventions.changes import Changes, WordReplaced
from seqdemo.interventions.outcome import ClassificationOutcome, Scores, TranslationOutcome
from seqdemo.lessons.charts import Chart, Line
from seqdemo.pages.train_payload import train_payload
from seqdemo.records import BeamMember, TranslationRecord, unpacked
from tests.components.bare import Bare
from tests.components.test_reasons_view import ASKS, FAITHFUL
from tests.components.test_reasons_view import WORDS as REASONED
from tests.drawn_records import WORDS, attention, classification, gate, source, translation

LONG = tuple(f"word{number}" for number in range(200))
FILM: dict[str, Any] = {
    "rows": ["alarm", "food"],
    "columns": ["play", "music", "."],
    "text": "play music .",
    "reference": "",
    "n": 120,
    "frames": [
        {"step": step, "score": 0.25 * turn, "matrix": [[0.1, 0.2, 0.1 * turn], [0.9, 0.8, 0.5]], "written": "food"}
        for turn, step in enumerate((5, 10, 20), start=1)
    ],
    "checkpoint": "film-classifier", "parameters": 12345, "sha256": "ab" * 32,
}  # fmt: skip
MADE = {"command": "python -m seqdemo experiment film --write", "date": "2026-11-23", "device": "a processor"}
BANDED = Line("lstm", (1, 2, 4), (0.5, 0.75, 1.0), ((0.4, 0.6), (0.7, 0.8), (0.9, 1.0)))
CHART = Chart((BANDED, Line("gru", (1, 4), (0.25, 0.5))), MADE)


def payload_of_training(language: str) -> str:
    epochs = ({"step": 2, "dev_loss": 1.25, "dev_accuracy": 0.5}, {"step": 5, "dev_loss": 0.75, "dev_accuracy": 0.875})
    moment = Moment("training", step=5, steps=8, losses=((1, 1.5), (2, 1.0), (3, 0.5)), epochs=epochs)
    return train_payload(moment, Settings(), ("a", "b"), language=language)


def grown(output: tuple[str, ...], read: tuple[str, ...]) -> TranslationRecord:
    """A translation with every kind of attention and a tree of two beginnings a step."""
    steps = []
    for number, token in enumerate(output):
        last = number == len(output) - 1
        other = BeamMember(f"other{number}", 0, -0.5 - number, "pruned" if last else "kept")
        steps.append((other, BeamMember(token, min(1, number), -0.75 - number, "ended" if last else "kept")))
    made = translation(output)
    grids = (
        attention("encoder_self", read, read),
        attention("decoder_self", output, made.input_tokens),
        attention("cross", output, read),
    )
    return replace(made, text=" ".join(read), source_tokens=read, attention=grids, tree=tuple(steps))


def payloads(words: tuple[str, ...], language: str = "en") -> dict[str, str]:
    """A value for every row of drawing.VIEWS."""
    records = [classification("lstm", words), classification("attention", words, seed=2, grid=True)]
    read = (*(f"▁{word}" for word in words), "</s>")
    plain = grown((*(f"▁wort{number}" for number in range(len(words))), "</s>"), read)
    other = grown((*plain.output_tokens[:-2], "▁neu", "</s>"), read)
    change = WordReplaced(0, 0, read[0], "x")
    outcome = TranslationOutcome(plain, other, (change,), (), Scores(-1.25, -3.5, -2.75, -0.5), True)
    again = [ClassificationOutcome(one, replace(one, text="x"), (), ()) for one in records]
    return {
        "reading": reading_payload(records, language=language),
        "planes": planes_payload(records, language=language),
        "gates": gates_payload(records, language=language),
        "reasons": reasons_payload(
            [classification("lstm", REASONED)], ASKS, language=language, line="lstm.words.occlusion", found=FAITHFUL
        ),
        "rereading": rereading_payload(records, again, Changes(()), language=language),
        "steps": steps_payload([plain], language=language),
        "attention": translator_attention_payload([plain], language=language),
        "edits": edits_payload([plain], [outcome], Changes((change,)), language=language),
        "tree": tree_payload([plain], language=language),
        "chart": chart_payload("head-pruning", CHART, language=language),
        "film": film_payload("classifier", FILM, MADE, language=language),
        "train": payload_of_training(language),
    }


@pytest.fixture(scope="module")
def bare(browser: Browser) -> Iterator[Bare]:
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    made = Bare(page, payloads(WORDS))
    yield made
    page.close()


def test_every_view_is_here() -> None:
    assert set(payloads(WORDS)) == set(drawing.VIEWS)


@pytest.mark.parametrize("name", drawing.VIEWS)
def test_every_view_has_a_table_its_origin_and_everything_to_save(bare: Bare, name: str) -> None:
    bare.put(name, payloads(WORDS)[name])
    assert len(bare.table(name)) > 1
    expect(bare.page.locator(f"#{name} .seqdemo-provenance")).to_have_count(1)
    kinds = bare.page.locator(f"#{name} .seqdemo-saving button").all_text_contents()
    assert kinds == ["PNG", "SVG", "HTML", "CSV", "JSON"]
    assert bare.complaints == []


@pytest.mark.parametrize("name", ["planes", "chart", "film"])
def test_what_was_measured_beforehand_wears_a_tag(bare: Bare, name: str) -> None:
    for language, words in (("en", "Computed beforehand"), ("zh", "预先算好")):
        bare.put(name, payloads(WORDS, language)[name])
        expect(bare.page.locator(f"#{name} .seqdemo-tag")).to_contain_text(words)


def test_a_film_names_the_file_of_its_checkpoint(bare: Bare) -> None:
    bare.put("film", payloads(WORDS)["film"])
    row = bare.page.locator("#film .seqdemo-provenance")
    row.locator("summary").click()
    expect(row.locator("table")).to_contain_text(FILM["sha256"][:12])


def numbers(rows: list[list[str]]) -> np.ndarray:
    return np.array([[float(cell) for cell in row] for row in rows])


def test_the_tables_hold_the_numbers_of_the_drawings(bare: Bare) -> None:
    for name, value in payloads(WORDS).items():
        bare.put(name, value)
    records = [classification("lstm", WORDS), classification("attention", WORDS, seed=2, grid=True)]
    planes = numbers([row[1:] for row in bare.table("planes")[1:]])
    np.testing.assert_allclose(planes, np.hstack([one.trajectory.points for one in records]), atol=2e-3)
    gates = numbers([row[1:] for row in bare.parts("gates")[1:]])  # of each gate its mean, then its units as drawn
    sent = [gate for one in json.loads(payloads(WORDS)["gates"])["models"] for gate in one["gates"]]
    cells = [unpacked(gate["values"]).T[gate["order"]] for gate in sent]
    assert len(cells) == sum(len(one.gates) for one in records)
    wanted = np.concatenate([np.vstack([units.mean(axis=0), units]) for units in cells])
    np.testing.assert_allclose(gates, wanted, atol=6e-5)
    means = numbers([row[1:] for row in bare.table("gates")[1:]])
    np.testing.assert_allclose(means, [units.mean(axis=0) for units in cells], atol=6e-5)
    tree = bare.table("tree")[1:]
    plain = grown((*(f"▁wort{number}" for number in range(len(WORDS))), "</s>"), ("▁a", "</s>"))
    members = [member for step in plain.tree for member in step]
    assert [(row[2], float(row[4])) for row in tree] == [(one.token, one.log_probability) for one in members]
    assert [row[2:] for row in bare.table("edits")[1:]] == [["-1.2500", "-2.7500"], ["-3.5000", "-0.5000"]]
    assert bare.table("chart")[1:] == [
        ["1", "0.5", "0.4 – 0.6", "0.25"],
        ["2", "0.75", "0.7 – 0.8", "–"],
        ["4", "1", "0.9 – 1", "0.5"],
    ]
    film = bare.table("film")
    moments = [[str(one["step"]), f"{100 * one['score']:.1f}%"] for one in FILM["frames"]]
    assert [row[:2] for row in film[1:]] == [moment for moment in moments for _ in FILM["rows"]]
    shown = numbers([row[3:] for row in film[1:]])
    np.testing.assert_array_equal(shown, np.concatenate([one["matrix"] for one in FILM["frames"]]))
    train = json.loads(payload_of_training("en"))
    rows = {row[0]: row[1:] for row in bare.table("train")[1:]}
    for place, name in enumerate(("losses", "devLoss", "dev")):
        found = {step: float(row[place]) for step, row in rows.items() if row[place] != "–"}
        assert found == pytest.approx({str(step): value for step, value in train[name]}, abs=1e-4)
    steps = [float(row[3]) for row in bare.table("steps")[1:]]
    assert steps == [0.5] * len(plain.output_tokens)
    assert bare.complaints == []


def test_every_cell_of_the_gates_is_a_cell_of_the_table_that_is_built_when_it_is_opened(bare: Bare) -> None:
    """Two recurrent models of the size that ships."""
    words = tuple(f"word{number}" for number in range(12))
    records = [replace(classification(name, words), gates=tuple(gate(one, 12, hidden=160, seed=place)
               for place, one in enumerate(("input_gate", "forget_gate", "output_gate", "cell"))))
               for name in ("lstm", "gru")]  # fmt: skip
    bare.put("gates", gates_payload(records, language="en"))
    panel = bare.page.locator("#gates")
    assert panel.locator("td").count() == panel.locator("table").count() == 0
    assert len(bare.table("gates")) == 1 + 2 * 4  # the means first: all units are up to a hundred thousand cells
    found = bare.parts("gates")
    assert (len(found), len(found[0])) == (1 + 2 * 4 * 161, 13)
    last = json.loads(gates_payload(records, language="en"))["models"][1]["gates"][2]
    unit = last["order"][17]
    row = next(row for row in found if row[0] == f"GRU, Output gate, {unit + 1}")
    np.testing.assert_allclose(numbers([row[1:]])[0], unpacked(last["values"])[:, unit], atol=6e-5)
    panel.get_by_label("Gate", exact=True).select_option("GRU, Output gate")
    place = [line.split("\t")[0] for line in panel.locator("tr").all_inner_texts()].index(row[0])
    cell = panel.locator("tr").nth(place).locator("td").nth(3)
    cell.click()  # the sum that is asked for is that of this cell
    expect(bare.page.locator(".seqdemo-sum h3")).to_have_text(
        f"{row[0]}, after “{words[3]}”".replace("gate, ", "gate, unit ")
    )
    bare.put("gates", payloads(WORDS)["gates"])


def test_a_classifiers_map_has_its_table_too(bare: Bare) -> None:
    record = classification("attention", WORDS, seed=2, grid=True)
    bare.put("attention", classifier_attention_payload([record], language="en"))
    heading = bare.page.locator("#attention .seqdemo-heading").inner_text()
    layer, head = (int(part) - 1 for part in heading.split("Layer ")[1].split(", head "))
    assert record.attention is not None
    shown = numbers([row[1:] for row in bare.table("attention")[1:]])
    np.testing.assert_allclose(shown, record.attention.weights[layer, head], atol=2e-4)


UPDATES = """async ([name, values, turns]) => {
  for (let turn = 0; turn < turns; turn += 1) {
    putValue(name, values[turn % values.length]);
    if (turn % 20 === 19) await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}"""


@pytest.mark.drill
@pytest.mark.parametrize("name", drawing.VIEWS)
def test_memory_elements_and_listeners_stay_flat_over_200_updates(bare: Bare, name: str) -> None:
    values = [payloads(WORDS, language)[name] for language in ("en", "zh")]
    bare.page.evaluate(UPDATES, [name, values, 20])  # what is made once: fonts, compiled code
    before = bare.counted()
    bare.page.evaluate(UPDATES, [name, values, 200])
    after = bare.counted()
    assert after["Nodes"] <= before["Nodes"] + 20
    assert after["JSEventListeners"] <= before["JSEventListeners"] + 5
    assert after["JSHeapUsedSize"] <= before["JSHeapUsedSize"] + 400_000  # 2 kB an update
    assert bare.complaints == []


THINNED: dict[str, Callable[[Bare], Any]] = {
    "reading": lambda bare: bare.page.locator("#reading .seqdemo-fewer", has_text="name only some of the words"),
    "gates": lambda bare: bare.page.locator("#gates .seqdemo-fewer", has_text="name only some of the words"),
    "steps": lambda bare: bare.page.locator("#steps .seqdemo-caption", has_text="name only some of the words"),
    "attention": lambda bare: bare.page.locator("#attention .seqdemo-note", has_text="not every row and column"),
}


@pytest.mark.parametrize("width", [1280, 390])
def test_200_tokens_are_drawn_and_what_is_left_out_is_said(bare: Bare, width: int) -> None:
    bare.page.set_viewport_size({"width": width, "height": 844})
    for name, value in payloads(LONG).items():
        bare.put(name, value)
        if name not in ("edits", "rereading"):  # text and tables alone
            bare.page.locator(f"#{name} svg").first.wait_for(state="attached")
    for name, told in THINNED.items():
        expect(told(bare)).to_be_visible()
        rows = bare.table(name)
        assert max(len(rows), len(rows[0])) >= len(LONG)
    assert len(bare.table("tree")) == 1 + 2 * (len(LONG) + 1)
    assert bare.page.evaluate("document.documentElement.scrollWidth") <= width
    expect(bare.page.locator("#attention .seqdemo-sheet")).to_contain_text("lines: above 1%")
    for name, value in payloads(WORDS).items():
        bare.put(name, value)
    for told in THINNED.values():
        assert not told(bare).is_visible()
    bare.page.set_viewport_size({"width": 1280, "height": 720})
    assert bare.complaints == []


@pytest.mark.parametrize("ahead", ["reading", "gates", "planes"])
def test_a_view_that_is_drawn_again_before_its_own_answer_comes_stands_at_its_last_word(bare: Bare, ahead: str) -> None:
    """One view has the next, longer text already, and with it the clock of all; the window's width changes."""
    bare.put(ahead, payloads(LONG)[ahead])
    for width in (390, 1280):
        bare.page.set_viewport_size({"width": width, "height": 720})
        bare.page.wait_for_timeout(300)  # the views draw when the window has settled
    bare.put(ahead, payloads(WORDS)[ahead])
    assert bare.complaints == []


def test_nothing_is_said_of_an_empty_sentence_that_is_not_so(bare: Bare) -> None:
    """A translator that stops at once, and a source of the end mark alone."""
    record = grown(("</s>",), ("</s>",))
    outcome = TranslationOutcome(record, record, (), (), Scores(*[-0.5] * 4), False)
    for name, value in {
        "steps": steps_payload([record], language="en"),
        "attention": translator_attention_payload([record], language="en"),
        "tree": tree_payload([record], language="en"),
        "edits": edits_payload([record], [outcome], Changes(()), language="en"),
    }.items():
        bare.put(name, value)
        assert len(bare.table(name)) == 3 if name == "tree" else 2
    assert bare.complaints == []


def test_a_token_of_the_source_that_is_pointed_at_is_shown_on_both_sides(bare: Bare) -> None:
    page, read = bare.page, ("▁the", "▁film", "▁ends", "</s>")
    record = grown(("▁Der", "▁Film", "▁endet", "</s>"), read)
    bare.put("attention", translator_attention_payload([record], language="en"))
    bare.put("steps", steps_payload([record], language="en"))
    page.locator("#attention .seqdemo-thumbnail").first.click()
    weights = attention("cross", record.output_tokens, read).weights[0, 0]
    name = page.locator("#steps .seqdemo-sheet text", has_text="▁film").first
    name.scroll_into_view_if_needed()
    name.hover(force=True)
    expect(page.locator("#attention .seqdemo-summary")).to_contain_text("Column 2, “▁film”, is looked at most by")
    expect(page.locator("#attention .seqdemo-heads")).to_have_attribute("data-side", "key")
    expect(page.locator("#steps .seqdemo-caption").last).to_contain_text("which steps look at “▁film”, Layer 1, head 1")
    strengths = "(paths) => paths.map((path) => Number(path.getAttribute('stroke-width')))"
    drawn = page.locator("#steps g[stroke] > path").evaluate_all(strengths)
    np.testing.assert_allclose(drawn, [1 + 5 * weight for weight in weights[:, 1] if weight >= 0.02], atol=1e-2)
    page.locator("#attention .seqdemo-sheet text", has_text="▁ends").first.hover(force=True)
    expect(page.locator("#steps .seqdemo-caption").last).to_contain_text("which steps look at “▁ends”")
    page.locator("#attention").get_by_role("tab", name="Encoder self").click()
    name.scroll_into_view_if_needed()
    name.hover(force=True)
    expect(page.locator("#attention .seqdemo-summary")).to_contain_text("Row 2, “▁film”")
    page.mouse.move(0, 0)
    expect(page.locator("#steps .seqdemo-caption").last).to_contain_text("where the step looks")
    page.locator("#attention").get_by_role("tab", name="Cross").click()
    assert bare.complaints == []


def test_digits_switch_heads_from_anywhere_on_the_page(bare: Bare) -> None:
    page, read = bare.page, ("▁the", "</s>")
    bare.put("attention", translator_attention_payload([grown(("▁Der", "</s>"), read)], language="en"))
    bare.put("steps", steps_payload([grown(("▁Der", "</s>"), read)], language="en"))
    page.locator("#attention .seqdemo-thumbnail").first.click()
    page.evaluate("document.activeElement.blur()")
    checked = page.locator("#attention .seqdemo-head input:checked")
    expect(checked).to_have_count(1)
    page.keyboard.press("3")
    expect(checked).to_have_count(2)
    page.keyboard.press("1")
    said = page.locator("#attention [role=status].seqdemo-note")
    expect(said).to_have_text("")
    page.keyboard.press("3")  # the last one cannot go off
    expect(said).to_have_text("One head stays on: switch another one on first.")
    expect(checked).to_have_count(1)
    page.keyboard.press("7")
    expect(said).to_have_text("There is no head 7: a layer has 3 here.")
    page.keyboard.press("0")
    expect(checked).to_have_count(3)
    expect(said).to_have_text("")
    bare.put("edits", payloads(WORDS)["edits"])
    page.locator("#edits").get_by_role("tab", name="Words of the source").click()
    box = page.locator("#edits").get_by_role("textbox").first
    box.press("2")  # a digit that is typed stays a digit
    expect(box).to_have_value("2")
    expect(checked).to_have_count(3)


def test_a_view_without_attention_says_so_and_can_come_back(bare: Bare) -> None:
    record = replace(grown(("▁Der", "</s>"), ("▁the", "</s>")), attention=(), source=source("seq2seq"))
    bare.put("attention", translator_attention_payload([record], language="en"))
    expect(bare.page.locator("#attention .seqdemo-view")).to_have_text(
        "Without attention, and so without a map: Recurrent, without attention."
    )
    bare.page.keyboard.press("1")
    bare.page.set_viewport_size({"width": 1000, "height": 720})
    bare.put("attention", payloads(WORDS)["attention"])
    expect(bare.page.locator("#attention .seqdemo-panel svg")).to_have_count(1)
    bare.page.set_viewport_size({"width": 1280, "height": 720})
    assert bare.complaints == []


def test_a_change_made_while_another_is_computed_comes_on_top_of_it(bare: Bare) -> None:
    page, told = bare.page, "window.mounted.rereading.told.map(([, { line }]) => line)"
    bare.put("rereading", "")
    bare.put("rereading", payloads(WORDS)["rereading"])
    before = len(page.evaluate(told))
    panel = page.locator("#rereading")
    panel.get_by_role("button", name="Hide “the”").click()
    panel.get_by_role("button", name="film", exact=True).click()
    panel.get_by_role("button", name="Take out “film”").click()
    assert page.evaluate(told)[before:] == ["hide:1,the"]  # one question at a time
    page.locator("#rereading .seqdemo-view").dispatch_event("seqdemo-answered")
    assert page.evaluate(told)[before + 1 :] == ["hide:1,the;word:2,film,"]
    page.locator("#rereading .seqdemo-view").dispatch_event("seqdemo-answered")
    assert len(page.evaluate(told)) == before + 2
    expect(panel.locator("[role=status]")).to_be_empty()  # the answer changed nothing
    assert bare.complaints == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_old_and_new_reading_stand_side_by_side_word_by_word(bare: Bare, language: str) -> None:
    """the film is not the best -> the film is the worst one, with "film" hidden: all that differs is marked."""
    plain = classification("lstm", WORDS)
    changed = classification("lstm", ("the", "film", "is", "the", "worst", "one"), seed=9)
    changed = replace(changed, tokens=("the", "<unk>", "is", "the", "worst", "one"))
    outcome = ClassificationOutcome(plain, changed, (), ())
    bare.put("rereading", rereading_payload([plain], [outcome], Changes(()), language=language))
    panel = bare.page.locator("#rereading")
    places = [(0, 0), (1, 1), (2, 2), (3, None), (4, 3), (5, 4), (None, 5)]
    assert outcome.places == tuple(places)
    expect(panel.locator("mark.seqdemo-gone")).to_have_text(["not", "best"])
    expect(panel.locator("mark.seqdemo-fresh")).to_have_text(["worst one"])
    sheet = panel.locator(".seqdemo-sheet")
    expect(sheet.locator("text[text-decoration=line-through]")).to_have_text(["not", "best"])
    expect(sheet.locator("text[text-decoration=underline]")).to_have_text(["<unk>", "worst", "one"])
    leads = [one.track.argmax(axis=1) for one in (plain, changed)]
    turned = [pair for pair in places if None not in pair and leads[0][pair[0]] != leads[1][pair[1]]]
    assert turned  # the made-up numbers have some
    expect(sheet.locator(".seqdemo-turned")).to_have_count(len(turned))
    rows = bare.table("rereading")[1:]
    for number, row in enumerate(rows[:2]):  # each class after the last word
        logs = outcome.log_probabilities[:, number]
        shares = [one.probabilities[number] for one in (plain, changed)]
        wanted = [*shares, shares[1] - shares[0], *logs, logs[1] - logs[0]]
        assert [float(cell) for cell in row[4:10]] == pytest.approx(wanted, abs=1e-6)
    assert len(rows) == 2 + len(places)
    for (old, now), row in zip(places, rows[2:], strict=True):
        assert row[2] == ("–" if old is None else f"{old + 1} {plain.words[old]}")
        assert row[3] == ("–" if now is None else f"{now + 1} {changed.tokens[now]}")
        for cell, record, place in ((row[4], plain, old), (row[5], changed, now)):
            assert cell == "" if place is None else float(cell) == pytest.approx(record.track[place, 1], abs=1e-6)
    before, after = outcome.log_probabilities[:, 1]
    told = panel.locator("table").first.locator("tr").nth(1).locator("td").last
    assert told.inner_text() == f"{before:.4f} → {after:.4f} ({after - before:+.4f})".replace("(-", "(−")
    assert bare.complaints == []
