"""The panels of changes and the tree with made-up records: what they show, save, and never run."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import gradio as gr
import pytest
from playwright.sync_api import Browser, Page, expect

from seqdemo.components import drawing
from seqdemo.components.change_names import change_name
from seqdemo.components.edits_view import EditsView, edits_payload, source_words
from seqdemo.components.rereading_view import RereadingView, rereading_payload
from seqdemo.components.tree_view import TreeView, best_path, tree_payload
from seqdemo.interventions.changes import Begun, Changes, HeadOff, RowSet, Typed, UnitHeld, WordHidden, WordReplaced
from seqdemo.interventions.outcome import ClassificationOutcome, Scores, TranslationOutcome
from seqdemo.locales import LANGUAGES
from seqdemo.records import BeamMember, Notice, TranslationRecord
from tests.drawn_records import HOSTILE, classification, source, translation

NAMES = ("edits", "rereading", "tree")
ALL = (
    HeadOff("transformer", "cross", 0, 1),
    RowSet("transformer", "encoder_self", 0, 0, 1, 2, HOSTILE[1], "▁the"),
    WordReplaced(0, 0, "▁the", HOSTILE[0]),
    WordReplaced(1, 1, "▁film", ""),
    WordHidden(1, 1, "▁film"),
    Begun("transformer", "00000000", ("▁Der", HOSTILE[1])),
    Typed(HOSTILE[2]),
    UnitHeld("lstm", 3, -0.25),
)


def grown(output: tuple[str, ...]) -> TranslationRecord:
    """A tree of two beginnings a step; the answer goes through the second one."""
    steps = []
    for number, token in enumerate(output):
        other = BeamMember(f"other{number}", 0, -0.5 - number, "pruned" if number == len(output) - 1 else "kept")
        fate = "ended" if number == len(output) - 1 else "kept"
        steps.append((other, BeamMember(token, min(1, number), -0.75 - number, fate)))
    return replace(translation(output), tree=tuple(steps))


def values(tokens: tuple[str, ...], language: str = "en") -> dict[str, str]:
    plain, changed = grown((*tokens, "</s>")), grown((*tokens[1:], "▁neu", "</s>"))
    outcome = TranslationOutcome(plain, changed, ALL, (), Scores(-1.25, -3.5, -2.75, -0.5), True)
    read, again = classification("lstm", tokens), replace(classification("lstm", tokens, seed=9), text="another text")
    told = [Notice("edit_unreadable", {"item": HOSTILE[1]})]
    changes = Changes(ALL)
    return {
        "edits": edits_payload([plain], [outcome], changes, language=language, dropped=told),
        "rereading": rereading_payload(
            [read], [ClassificationOutcome(read, again, ALL, ())], changes, language=language, dropped=told
        ),
        "tree": tree_payload([plain], language=language),
    }


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """The three views, filled with tokens that look like code."""
    shown = values(HOSTILE)
    with gr.Blocks(analytics_enabled=False) as views:
        edits = EditsView(shown["edits"], elem_id="edits")
        RereadingView(shown["rereading"], elem_id="rereading")
        TreeView(shown["tree"], elem_id="tree")
        asked = gr.Textbox(elem_id="asked")

        def tell(event: gr.EventData) -> str:
            return str(event.line)

        edits.again(tell, None, asked, show_progress="hidden")
    scripts = {"routes": drawing.routes()}
    _, url, _ = views.launch(
        prevent_thread_lock=True, quiet=True, run_history=False, ssr_mode=False, app_kwargs=scripts
    )
    opened = browser.new_page(viewport={"width": 1280, "height": 720})
    opened.complaints = []  # type: ignore[attr-defined]
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))  # type: ignore[attr-defined]
    opened.on("dialog", lambda dialog: (opened.complaints.append("dialog"), dialog.dismiss()))  # type: ignore[attr-defined]
    opened.goto(url)
    opened.locator("#tree .seqdemo-node").first.wait_for(timeout=60_000)
    yield opened
    opened.close()
    views.close()


def saved(page: Page, name: str, kind: str) -> Path:
    menu = page.locator(f"#{name} .seqdemo-saving")
    menu.evaluate("(menu) => { menu.open = true; }")
    with page.expect_download() as download:
        menu.get_by_role("button", name=kind, exact=True).click()
    return Path(download.value.path())


def test_typed_code_is_shown_and_never_run(page: Page) -> None:
    for name in NAMES:
        assert page.locator(f"#{name} img, #{name} b").count() == 0
    expect(page.locator("#edits .seqdemo-chip").nth(2)).to_contain_text(HOSTILE[0])
    expect(page.locator("#edits .seqdemo-dropped")).to_contain_text(HOSTILE[1])
    assert page.complaints == []  # type: ignore[attr-defined]


def test_what_differs_is_marked_and_scored(page: Page) -> None:
    rows = page.locator("#edits table").first.locator("tr")
    assert rows.nth(1).inner_text().split("\t")[1:] == ["-1.2500", "-2.7500", "−1.5000"]
    assert rows.nth(2).inner_text().split("\t")[1:] == ["-3.5000", "-0.5000", "+3.0000"]
    expect(page.locator("#edits mark.seqdemo-gone")).to_have_text(HOSTILE[0])
    expect(page.locator("#edits mark.seqdemo-fresh")).to_have_text("neu")


def test_a_change_is_asked_for_with_all_the_others(page: Page) -> None:
    """Marks inside words are written so that the server reads the same word again."""
    from seqdemo.interventions.spelling import read_changes

    page.locator("#edits").get_by_role("button", name="the", exact=True).first.click()
    page.locator("#edits").get_by_role("textbox").fill("a,b;c%d")
    page.locator("#edits").get_by_role("button", name="Replace").click()
    expect(page.locator("#asked textarea, #asked input").first).not_to_have_value("")
    changes, bad = read_changes(page.locator("#asked textarea, #asked input").first.input_value())
    assert bad == ()
    kept = tuple(one for one in ALL if one != ALL[2])  # the same word can be replaced by one thing only
    assert changes.made == (*kept, WordReplaced(0, 0, "▁the", "a,b;c%d"))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_saved_says_the_same_and_opens_without_a_network(
    page: Page, browser: Browser, tmp_path: Path, name: str
) -> None:
    rows = list(csv.reader(io.StringIO(saved(page, name, "CSV").read_text(encoding="utf-8-sig"))))
    content = json.loads(saved(page, name, "JSON").read_text(encoding="utf-8"))
    assert rows[0][3] == source().sha256 == content["sources"][0]["sha256"]
    assert len(content["table"]) == len(rows) - 1 > 1
    drawing = ElementTree.fromstring(saved(page, name, "SVG").read_text(encoding="utf-8"))
    texts = "".join(node.text or "" for node in drawing.iter("{http://www.w3.org/2000/svg}text"))
    assert source().sha256 in texts
    alone = tmp_path / "saved.html"
    alone.write_bytes(saved(page, name, "HTML").read_bytes())
    context = browser.new_context(offline=True)
    opened, complaints = context.new_page(), list[str]()
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("dialog", lambda dialog: (complaints.append("dialog"), dialog.dismiss()))
    opened.goto(alone.as_uri())
    opened.locator("summary").first.click()
    read = "(table) => Array.from(table.rows, (row) => Array.from(row.cells, (cell) => cell.textContent))"
    twin: Any = opened.locator("details table").first.evaluate(read)
    assert twin == [[str(cell) for cell in row] for row in content["table"]]
    assert opened.locator("[role=tab]").count() == 0  # no tools: there is no server to ask
    assert complaints == []
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_change_has_a_name(language: str) -> None:
    names = [change_name(change, language, several=True) for change in ALL]
    assert len(set(names)) == len(ALL)
    assert not any("{word}" in name or "{head}" in name for name in names)


def test_words_of_a_source_are_its_groups() -> None:
    words = source_words(("▁bal", "lo", "on", "▁", "<0xE7>", "<0x8B>", "<0x97>", "."))
    assert [one["text"] for one in words] == ["balloon", "▁", "狗", "."]
    assert [(one["first"], one["last"]) for one in words] == [(0, 2), (3, 3), (4, 6), (7, 7)]


def test_the_path_goes_through_the_kept_ones() -> None:
    assert best_path(grown(("▁Der", "▁Film", "</s>"))) == [1, 1, 1]
    with pytest.raises(ValueError, match="no record has a tree"):
        tree_payload([translation()], language="en")
