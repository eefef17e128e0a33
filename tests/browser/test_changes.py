"""Changes on the page: each shows the outcome beside the original, can be undone, and travels in a link."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from seqdemo.interventions.changes import Begun, Changes, HeadOff, RowSet, WordHidden, WordReplaced, mark_of
from seqdemo.interventions.spelling import write_changes

TEXT = "A little girl in a red dress is playing with a brown dog."
LINE = "off:transformer.cross.3.1;word:6,▁red,blue;hide:13,▁dog"


def panel_of(here: Any) -> Locator:
    """The translator's panel with nothing changed."""
    here.tab(1)
    here.ask(TEXT, tab=1)
    here.settle()
    panel = here.page.locator("#edits")
    panel.get_by_role("tab", name="Words of the source").wait_for()
    everything = panel.get_by_role("button", name="Take all back")
    if everything.count() and everything.is_enabled():
        everything.click()
    expect(panel.locator(".seqdemo-chip")).to_have_count(0)
    return panel


def cells(panel: Locator) -> list[list[str]]:
    read = "(table) => Array.from(table.rows, (row) => Array.from(row.cells, (cell) => cell.textContent))"
    found: list[list[str]] = panel.locator("table").first.evaluate(read)
    return found


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def test_heads_off_show_both_outputs_and_undo_brings_the_first_back(visit: Any, lab: Any) -> None:
    here = visit(new=True)
    panel = panel_of(here)
    plain = lab.translate(TEXT, "en-de")
    panel.get_by_role("tab", name="Attention heads").click()
    heads = [HeadOff("transformer", "cross", 2, 0), HeadOff("transformer", "cross", 2, 1)]
    for count, head in enumerate(heads, start=1):
        name = f"Cross-attention, layer {head.layer + 1}, head {head.head + 1}: off"
        panel.get_by_role("button", name=name, exact=True).click()
        expect(panel.locator(".seqdemo-chip")).to_have_count(count)
        expect(panel.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-pressed", "true")
    outcome = lab.retranslate(plain, Changes(tuple(heads)))
    expect(panel.locator(".seqdemo-outcome").nth(1)).to_have_text(outcome.changed.translation)
    expect(panel.locator(".seqdemo-outcome").first).to_have_text(plain.translation)
    before, after, change = map(number, cells(panel)[1][1:])
    assert before == pytest.approx(outcome.scores.plain_old, abs=1e-4)
    assert after == pytest.approx(outcome.scores.changed_old, abs=1e-4)
    assert change == pytest.approx(after - before, abs=2e-4)
    panel.get_by_role("button", name="Undo").click()
    expect(panel.locator(".seqdemo-chip")).to_have_count(1)
    panel.get_by_role("button", name="Undo").click()
    expect(panel.locator(".seqdemo-chip")).to_have_count(0)
    expect(panel.locator(".seqdemo-outcome")).to_have_count(1)
    assert here.complaints == []
    assert here.outside == []


def test_words_are_replaced_hidden_and_taken_out(visit: Any, lab: Any) -> None:
    panel = panel_of(visit(new=True))
    plain = lab.translate(TEXT, "en-de")
    panel.get_by_role("button", name="dress", exact=True).click()
    panel.get_by_role("textbox").fill("hat; ${alert(1)}")
    panel.get_by_role("textbox").press("Enter")
    made = Changes((WordReplaced(6, 6, "▁dress", "hat; ${alert(1)}"),))
    expect(panel.locator(".seqdemo-outcome").nth(1)).to_have_text(lab.retranslate(plain, made).changed.translation)
    panel.get_by_role("button", name="Hide “dress”").click()
    hidden = lab.retranslate(plain, Changes((WordHidden(6, 6, "▁dress"),)))
    expect(panel.locator(".seqdemo-chip")).to_have_text(["“dress” hidden×"])
    expect(panel.locator(".seqdemo-outcome").nth(1)).to_have_text(hidden.changed.translation)
    gone, fresh = panel.locator("mark.seqdemo-gone"), panel.locator("mark.seqdemo-fresh")
    assert gone.count() >= 1
    assert fresh.first.inner_text().strip() in hidden.changed.translation
    panel.get_by_role("button", name="Take out “dress”").click()
    expect(panel.locator(".seqdemo-chip")).to_have_text(["“dress” taken out×"])
    panel.get_by_role("button", name="Take back: “dress” taken out").click()
    expect(panel.locator(".seqdemo-outcome")).to_have_count(1)


def test_a_click_on_an_alternative_and_on_a_node_decodes_on_from_there(visit: Any, lab: Any) -> None:
    here = visit(new=True)
    panel, page = panel_of(here), here.page
    plain = lab.translate(TEXT, "en-de")
    page.locator("#steps .seqdemo-view input[type=range]").fill("6")
    page.locator("#steps .seqdemo-alternative").first.click()
    token = plain.steps[6].candidates[1].token
    begun = Begun("transformer", mark_of(TEXT), (*plain.output_tokens[:6], token))
    wanted = lab.retranslate(plain, Changes((begun,)))
    expect(panel.locator(".seqdemo-outcome").nth(1)).to_have_text(wanted.changed.translation)
    assert number(cells(panel)[1][3]) == pytest.approx(wanted.scores.plain_new - wanted.scores.plain_old, abs=2e-4)
    node = page.locator("#tree").get_by_role("button", name="Step 2, place 2:")
    said = node.get_attribute("aria-label") or ""
    node.click()
    member = plain.tree[1][1]
    expect(panel.locator(".seqdemo-chip")).to_have_count(1)
    text = said.split("“")[1].split("”")[0]
    assert text.endswith(member.token.replace("▁", ""))
    expect(panel.locator(".seqdemo-chip")).to_contain_text(f"begins with “{text}”")
    panel.get_by_role("tab", name="Decode on from").click()
    panel.get_by_role("textbox").fill("Im Park")
    panel.get_by_role("button", name="Decode on", exact=True).click()
    expect(panel.locator(".seqdemo-outcome").nth(1)).to_contain_text("Im Park")
    expect(panel.locator(".seqdemo-chip")).to_have_count(1)


def test_a_click_on_a_cell_sets_its_row(visit: Any, lab: Any) -> None:
    here = visit(new=True)
    panel, page = panel_of(here), here.page
    plain = lab.translate(TEXT, "en-de")
    heads = page.locator("#heads")
    heads.get_by_role("button", name="Layer 3, head 2:").click()
    expect(heads.locator("image")).to_be_visible()
    image = heads.locator("image").bounding_box()
    assert image is not None
    rows, columns = len(plain.output_tokens), len(plain.source_tokens)
    place = {"x": image["width"] * 2.5 / columns, "y": image["height"] * 4.5 / rows}
    heads.locator("image").click(position=place, force=True)
    expect(panel.locator(".seqdemo-chip")).to_have_count(0)  # the tool is not open: a click only reads
    panel.get_by_role("tab", name="A row of attention").click()
    heads.locator("image").click(position=place, force=True)
    row = RowSet("transformer", "cross", 2, 1, 4, 2, plain.output_tokens[4], plain.source_tokens[2])
    expect(panel.locator(".seqdemo-chip")).to_have_count(1)
    expect(panel.locator(".seqdemo-chip")).to_contain_text("layer 3, head 2: row 5")
    outcome = lab.retranslate(plain, Changes((row,)))
    assert number(cells(panel)[1][2]) == pytest.approx(outcome.scores.changed_old, abs=1e-4)
    panel.get_by_label("Steps and heads show the changed run").check()
    expect(heads.locator(".seqdemo-summary")).to_be_visible()
    page.locator("#steps .seqdemo-view input[type=range]").fill("4")
    expect(heads.locator(".seqdemo-summary")).to_contain_text(f"“{plain.source_tokens[2]}” 1.000")
    panel.get_by_label("Row (query)").select_option("0")
    panel.get_by_label("looks at (key)").select_option("1")
    panel.get_by_role("button", name="Look only there").click()
    expect(panel.locator(".seqdemo-chip")).to_have_count(2)


def test_changes_are_in_the_link_and_work_from_a_fresh_one(visit: Any, fresh: Any, lab: Any) -> None:
    here = visit(new=True)
    panel, page = panel_of(here), here.page
    panel.get_by_role("button", name="Hide “A”").click()
    expect(panel.locator(".seqdemo-chip")).to_have_count(1)
    page.locator("#steps").get_by_role("button", name="Link", exact=True).click()
    expect(page.locator("#steps .seqdemo-told")).not_to_be_empty()
    query = "?" + urlsplit(page.url).query
    assert dict(parse_qsl(query[1:]))["edits"] == write_changes(Changes((WordHidden(0, 0, "▁A"),)))
    other = fresh(query)
    expect(other.locator("#edits .seqdemo-chip")).to_have_text(["“A” hidden×"])
    expect(other.locator("#edits .seqdemo-outcome").nth(1)).to_have_text(
        panel.locator(".seqdemo-outcome").nth(1).inner_text()
    )
    assert other.complaints == []


def test_a_change_that_no_longer_fits_is_dropped_in_words(visit: Any, fresh: Any) -> None:
    page = fresh(f"?tab=translate&pair=en-de&sentence={quote(TEXT)}&edits={quote(LINE)}")
    expect(page.locator("#edits .seqdemo-chip")).to_have_count(3)
    box = page.locator(".ask textarea").nth(1)
    box.fill("Two men are sitting on a bench.")
    box.press("Enter")
    expect(page.locator("#edits .seqdemo-dropped")).to_have_count(2)
    expect(page.locator("#edits .seqdemo-dropped").first).to_contain_text("“red”")
    expect(page.locator("#edits .seqdemo-chip")).to_have_count(1)  # heads fit any sentence
    page.get_by_text("中文", exact=True).click()
    expect(page.locator("#section-edits")).to_contain_text("动手改，再比较")
    expect(page.locator("#edits .seqdemo-chip")).to_contain_text("关")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("edits=" + quote("off:transformer.cross.9.9;hide:1,▁A"), "no longer"),
        ("edits=" + quote("<img src=x onerror=alert(1)>;hide:1,▁A"), "<img src=x onerror=alert(1)>"),
        ("edits=" + quote("begin:transformer,00000000,▁Ein,${alert(1)};hide:1,▁A"), "another sentence"),
        ("edits=" + quote("prefix:你好;hide:1,▁A"), "script"),
        ("edits=" + quote("delete"), "The link's field"),
    ],
)
def test_a_damaged_hostile_or_outdated_change_is_told_and_the_rest_works(fresh: Any, query: str, told: str) -> None:
    page: Page = fresh(f"?tab=translate&pair=en-de&sentence={quote(TEXT)}&{query}")
    place = page.locator("#link-message") if "delete" in query else page.locator("#edits")
    if "9.9" in query:
        expect(page.locator("#edits .seqdemo-dropped")).to_contain_text("layer 9, head 9")
    else:
        expect(place).to_contain_text(told)
    expect(page.locator("#edits .seqdemo-outcome").first).not_to_be_empty()
    expect(page.locator("#steps .seqdemo-translation")).not_to_be_empty()
    if "delete" not in query and "prefix" not in query:
        expect(page.locator("#edits .seqdemo-chip")).to_have_text(["“A” hidden×"])
    assert page.complaints == []  # type: ignore[attr-defined]
    assert page.locator("img[src=x]").count() == 0


def test_all_of_it_by_keyboard(visit: Any) -> None:
    here = visit(new=True)
    panel, page = panel_of(here), here.page
    panel.get_by_role("tab", name="Words of the source").focus()
    page.keyboard.press("ArrowRight")
    expect(panel.get_by_role("tab", name="Attention heads")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(panel.locator(".seqdemo-chip")).to_contain_text("Encoder self-attention, layer 2, head 2: off")
    expect(panel.locator("[aria-pressed=true]:focus")).to_have_text("2.2")
    page.keyboard.press("Enter")
    expect(panel.locator(".seqdemo-chip")).to_have_count(0)
    nodes = page.locator("#tree .seqdemo-node")
    nodes.first.focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(panel.locator(".seqdemo-chip")).to_have_count(1)
    expect(panel.locator("[role=status]")).to_contain_text("Change in log-probability")
    assert here.complaints == []


def test_the_tree_has_a_table_twin_and_every_node_its_score(visit: Any, lab: Any) -> None:
    here = visit(new=True)
    panel_of(here)
    record = lab.translate(TEXT, "en-de")
    tree = here.page.locator("#tree")
    expect(tree.locator(".seqdemo-node")).to_have_count(sum(map(len, record.tree)))
    tree.locator("summary").first.click()
    rows = tree.locator("table tr")
    expect(rows).to_have_count(1 + sum(map(len, record.tree)))
    read = "(table) => Array.from(table.rows, (row) => Array.from(row.cells, (cell) => cell.textContent))"
    found = tree.locator("table").first.evaluate(read)[1:]
    members = [member for step in record.tree for member in step]
    for row, member in zip(found, members, strict=True):
        assert row[2] == member.token
        assert float(row[4]) == pytest.approx(member.log_probability, abs=1e-5)
    answers = [row for row in found if row[5] == "the answer"]
    assert [row[3] for row in answers] == [record.translation]


def test_a_class_changes_with_a_word_and_a_unit(visit: Any, fresh: Any, lab: Any) -> None:
    here = visit(new=True)
    page = here.page
    here.ask("A fine film.")
    expect(page.locator("#reading .seqdemo-view .seqdemo-place")).to_contain_text("of 4")
    panel = page.locator("#rereading")
    panel.get_by_role("button", name="fine", exact=True).click()
    panel.get_by_role("textbox").fill("dull")
    panel.get_by_role("button", name="Replace").click()
    expect(panel.locator(".seqdemo-outcome")).to_have_text(["A fine film.", "A dull film."])
    expect(panel.locator("mark")).to_have_text(["fine", "dull"])
    expect(panel.locator(".seqdemo-sheet")).to_have_count(5)
    rows = cells(panel)
    for row, before, after in zip(
        rows[1:],
        lab.classify("A fine film.", "sentiment-en"),
        lab.classify("A dull film.", "sentiment-en"),
        strict=True,
    ):
        shares = f"{100 * before.probabilities[1]:.1f}% → {100 * after.probabilities[1]:.1f}%"
        assert row[3].startswith(shares)
    panel.get_by_role("button", name="Undo").click()
    expect(panel.locator("table")).to_have_count(0)
    expect(panel.locator(".seqdemo-sheet")).to_have_count(0)
    panel.get_by_role("tab", name="A hidden unit").click()
    panel.get_by_label("Model", exact=True).select_option(label="LSTM")
    panel.get_by_label("Unit, 1 to").fill("40")
    panel.get_by_label("held at").fill("-0.5")
    panel.get_by_role("button", name="Hold it there").click()
    expect(panel.locator(".seqdemo-chip")).to_contain_text("LSTM: unit 40 held at -0.5")
    held = lab.unit("A fine film.", "sentiment-en", "lstm", 39, -0.5).held_track[-1]
    assert cells(panel)[1][3].split(" → ")[1].startswith(f"{100 * held[1]:.1f}%")
    page.locator("#reading").get_by_role("button", name="Link", exact=True).click()
    expect(page.locator("#reading .seqdemo-told")).not_to_be_empty()
    other = fresh("?" + urlsplit(page.url).query)
    expect(other.locator("#rereading .seqdemo-chip")).to_contain_text("LSTM: unit 40 held at -0.5")
    here.ask("A dull film.")
    expect(panel.locator(".seqdemo-chip")).to_have_count(1)  # a unit fits any text
    assert here.complaints == []


def test_a_recurrent_translators_head_row_and_words_can_be_changed(visit: Any, lab: Any) -> None:
    here = visit(new=True)
    panel, page = panel_of(here), here.page
    page.locator("#translators").get_by_label("Recurrent, with attention").check()
    expect(page.locator("#steps .seqdemo-translated")).to_have_count(2)
    expect(page.locator("#steps .seqdemo-translated").nth(1)).to_contain_text("its only head")
    panel.get_by_label("Model").select_option("seq2seq-attention")
    expect(panel.locator(".seqdemo-tool")).to_contain_text("the writer may not look at it")
    panel.get_by_role("tab", name="Attention heads").click()
    expect(panel.locator(".seqdemo-tool")).to_contain_text("Recurrent, with attention · Cross-attention")
    panel.get_by_role("button", name="Cross-attention, layer 1, head 1: off").click()
    expect(panel.locator(".seqdemo-chip")).to_have_count(1)
    plain = lab.translate(TEXT, "en-de", "seq2seq-attention")
    blind = lab.retranslate(plain, Changes((HeadOff("seq2seq-attention", "cross", 0, 0),)))
    expect(panel.locator(".seqdemo-outcome", has_text=blind.changed.translation)).to_have_count(1)
    assert here.complaints == []


@pytest.mark.drill
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_for_axe_in_the_panels(visit: Any, scheme: str) -> None:
    here = visit(scheme=scheme, new=True)
    panel = panel_of(here)
    panel.get_by_role("button", name="Hide “A”").click()
    expect(panel.locator(".seqdemo-chip")).to_have_count(1)
    for tool in ("Words of the source", "Attention heads", "A row of attention", "Decode on from"):
        panel.get_by_role("tab", name=tool).click()
        found = Axe().run(here.page, context={"include": [["#edits"], ["#tree"]]}).response["violations"]
        serious = [one for one in found if one["impact"] in ("serious", "critical")]
        assert not serious, [(one["id"], one["nodes"][0]["html"][:200]) for one in serious]


def test_a_phone_shows_the_panels_within_its_width(visit: Any) -> None:
    here = visit(width=390, height=844, new=True)
    panel = panel_of(here)
    for tool in ("Attention heads", "A row of attention", "Decode on from"):
        panel.get_by_role("tab", name=tool).click()
        assert here.page.evaluate("document.documentElement.scrollWidth") <= 390
