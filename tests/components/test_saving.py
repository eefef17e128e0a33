"""What is saved holds the same numbers, names its checkpoints, and a saved page opens without a network."""

from __future__ import annotations

import csv
import io
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.components.bare import whole_table_of
from tests.components.conftest import CHANGED, Views
from tests.drawn_records import HOSTILE, source

NAMES = ("reading", "looks", "planes", "gates", "steps", "attention")
DIGEST = source().sha256


def saved(views: Views, name: str, kind: str) -> Path:
    menu = views.page.locator(f"#{name} .seqdemo-saving")
    menu.evaluate("(menu) => { menu.open = true; }")
    with views.page.expect_download() as download:
        menu.get_by_role("button", name=kind, exact=True).click()
    assert download.value.suggested_filename.endswith("." + kind.lower())
    return Path(download.value.path())


@pytest.mark.parametrize("name", NAMES)
def test_csv_and_json_are_the_table_and_name_the_checkpoint(views: Views, name: str) -> None:
    rows = list(csv.reader(io.StringIO(saved(views, name, "CSV").read_text(encoding="utf-8-sig"))))
    about = [row for row in rows if row[0] == "#"]
    sources = [row for row in about if "SHA-256" in row]
    assert sources and all(row[3] == DIGEST for row in sources)
    content = json.loads(saved(views, name, "JSON").read_text(encoding="utf-8"))
    assert [one["sha256"] for one in content["sources"]] == [row[3] for row in sources]
    assert content["about"] == [[cell for cell in row[1:] if cell] for row in about]
    assert whole_table_of(views.page, name) == rows[len(about) :]
    assert [[str(cell) for cell in row] for row in content["table"]] == rows[len(about) :]
    assert content["payload"]["provenance"]["sources"]


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_well_formed_light_and_signed(views: Views, name: str) -> None:
    views.page.evaluate("document.body.classList.add('dark')")
    drawing = ElementTree.fromstring(saved(views, name, "SVG").read_text(encoding="utf-8"))
    texts = [node.text or "" for node in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert any(DIGEST in text for text in texts)
    fills = {node.get("fill") for node in drawing.iter()}
    assert "#1f2937" in fills or "#4b5563" in fills  # the ink of a light page
    assert "#f1f4f8" not in fills
    assert views.page.locator(f"#{name} .seqdemo-sheet text").first.get_attribute("fill") in ("#f1f4f8", "#c3cad4")
    data = saved(views, name, "PNG").read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">I", data[16:20])[0] == 2440


def open_alone(browser: Browser, path: Path, tmp_path: Path) -> tuple[Any, list[str]]:
    """A saved page in a browser of its own, with the network off."""
    page_path = tmp_path / "saved.html"
    page_path.write_bytes(path.read_bytes())
    context = browser.new_context(offline=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
    page.on("dialog", lambda dialog: (complaints.append("dialog"), dialog.dismiss()))
    page.goto(page_path.as_uri())
    page.locator(".seqdemo-sheet").first.wait_for()
    return page, complaints


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_page_opens_without_a_network_and_says_the_same(
    views: Views, browser: Browser, tmp_path: Path, name: str
) -> None:
    views.page.locator("#reading .seqdemo-view input[type=range]").fill("2")
    views.page.locator("#steps .seqdemo-view input[type=range]").fill("1")
    expected = views.table(name)
    page, complaints = open_alone(browser, saved(views, name, "HTML"), tmp_path)
    fold = page.locator("details").first
    fold.locator("summary").click()
    read = "(table) => Array.from(table.rows, (row) => Array.from(row.cells, (cell) => cell.textContent))"
    assert fold.locator("table").evaluate(read) == expected
    assert complaints == []
    page.context.close()


def test_a_saved_page_keeps_step_head_and_switches(views: Views, browser: Browser, tmp_path: Path) -> None:
    views.page.locator("#steps .seqdemo-view input[type=range]").fill("1")
    attention = views.page.locator("#attention")
    attention.get_by_role("button", name="Layer 2, head 3:").click()
    attention.get_by_label("Hide marks and punctuation").check()
    summary = attention.locator(".seqdemo-summary").inner_text()
    assert "Row 2" in summary
    page, complaints = open_alone(browser, saved(views, "attention", "HTML"), tmp_path)
    expect(page.locator(".seqdemo-heading")).to_have_text("Cross-attention · Layer 2, head 3")
    expect(page.get_by_label("Hide marks and punctuation")).to_be_checked()
    expect(page.locator(".seqdemo-summary")).to_have_text(summary)
    page.keyboard.press("ArrowRight")  # and it is still an instrument
    expect(page.locator(".seqdemo-summary")).to_contain_text("Row 3")
    assert complaints == []
    page.context.close()


def test_every_file_of_a_map_says_which_head_and_what_is_hidden(views: Views) -> None:
    attention = views.page.locator("#attention")
    for name in ("Layer 1, head 3:", "Layer 2, head 1:"):
        attention.get_by_role("button", name=name).click()
    attention.get_by_label("Hide marks and punctuation").check()
    head, hidden = "Cross-attention · Layer 2, head 1", attention.get_by_text("Hidden:").inner_text()
    drawing = ElementTree.fromstring(saved(views, "attention", "SVG").read_text(encoding="utf-8"))
    texts = [node.text or "" for node in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[0] == drawing.get("aria-label") == head
    assert hidden in texts
    written = saved(views, "attention", "CSV").read_text(encoding="utf-8-sig")
    assert head in written and hidden.split(".")[0] in written
    content = json.loads(saved(views, "attention", "JSON").read_text(encoding="utf-8"))
    assert (content["title"], content["about"][:2]) == (head, [[head], [hidden]])
    page = saved(views, "attention", "HTML").read_text(encoding="utf-8")
    assert f'<title xmlns="http://www.w3.org/1999/xhtml">{head}</title>' in page


def test_an_open_table_follows_the_head(views: Views) -> None:
    attention = views.page.locator("#attention")
    attention.get_by_role("button", name="Layer 1, head 2:").click()
    fold = attention.locator(".seqdemo-folds > details").first
    fold.locator("summary").click()
    before = fold.locator("td").all_inner_texts()
    attention.get_by_role("button", name="Layer 2, head 3:").click()
    now = fold.locator("td").all_inner_texts()
    assert now != before
    fold.locator("summary").click()
    assert [cell for row in views.table("attention")[1:] for cell in row[1:]] == now


def test_saved_steps_show_the_lines_of_the_page_and_offer_no_link(
    views: Views, browser: Browser, tmp_path: Path
) -> None:
    views.page.locator("#attention").get_by_role("button", name="Layer 1, head 2:").click()
    legend = views.page.locator("#steps .seqdemo-translated .seqdemo-caption")
    expect(legend).to_contain_text("Layer 1, head 2")
    page, complaints = open_alone(browser, saved(views, "steps", "HTML"), tmp_path)
    expect(page.locator(".seqdemo-translated .seqdemo-caption")).to_have_text(legend.inner_text())
    lines = "(sheet) => [...sheet.querySelectorAll('path')].map((path) => path.getAttribute('stroke-opacity')).sort()"
    theirs, ours = (
        one.locator(".seqdemo-translated svg").evaluate(lines) for one in (page, views.page.locator("#steps"))
    )
    assert [float(one) for one in theirs if one] == pytest.approx([float(one) for one in ours if one], abs=1e-4)
    expect(page.get_by_role("button", name="Link", exact=True)).to_have_count(0)
    assert complaints == []
    page.context.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_run_with_changes_says_so_on_the_page_and_in_every_file(
    views: Views, browser: Browser, tmp_path: Path, name: str
) -> None:
    views.show("changed", f"#{name} .seqdemo-altered")
    expect(views.page.locator(f"#{name} .seqdemo-altered").first).to_have_text(CHANGED)
    assert CHANGED in saved(views, name, "SVG").read_text(encoding="utf-8")
    assert CHANGED in saved(views, name, "CSV").read_text(encoding="utf-8-sig")
    content = json.loads(saved(views, name, "JSON").read_text(encoding="utf-8"))
    assert (content["selection"]["edits"], [CHANGED] in content["about"]) == ("word:1,dogs,cats", True)
    page, complaints = open_alone(browser, saved(views, name, "HTML"), tmp_path)
    expect(page.locator(".seqdemo-altered").first).to_have_text(CHANGED)
    assert complaints == []
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_saved_page_can_be_read_in_both_themes(views: Views, browser: Browser, tmp_path: Path, scheme: Any) -> None:
    page, _ = open_alone(browser, saved(views, "attention", "HTML"), tmp_path)
    page.emulate_media(color_scheme=scheme)
    page.reload()
    page.locator(".seqdemo-sheet").first.wait_for()
    found = Axe().run(page, context=".seqdemo-view").response["violations"]
    assert [rule["id"] for rule in found if rule["impact"] in ("serious", "critical")] == []
    page.context.close()


@pytest.mark.parametrize("name", ["reading", "attention", "steps"])
def test_typed_code_never_runs_in_what_is_saved(views: Views, browser: Browser, tmp_path: Path, name: str) -> None:
    views.show("hostile", "text=${alert(1)}")
    page, complaints = open_alone(browser, saved(views, name, "HTML"), tmp_path)
    page.wait_for_timeout(300)
    assert complaints == []
    assert page.locator("img, b").count() == 0
    assert HOSTILE[1] in page.content().replace("&lt;", "<").replace("&gt;", ">")
    ElementTree.fromstring(saved(views, name, "SVG").read_text(encoding="utf-8"))
    page.context.close()


def test_a_cell_never_becomes_a_formula(compute: Callable[..., Any]) -> None:
    for text, written in (("=1+1", "'=1+1"), ("@x", "'@x"), ("-1.5", "-1.5"), ("-x", "'-x"), ("a", "a"), ("", "")):
        assert compute("harmless(text)", text=text) == written
    assert compute("""cell('say "x", y')""") == '"say ""x"", y"'
