"""The views in a real browser: what they draw, what they let a visitor do, and what they never run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from seqdemo.records import AttentionGrid
from tests.components.conftest import LONG, Views, topics
from tests.drawn_records import HOSTILE, WORDS, classification, translation


def cross() -> AttentionGrid:
    grid = translation().grid("cross")
    assert grid is not None
    return grid


def numbers(cells: list[list[str]]) -> np.ndarray:
    return np.array([[float(cell) for cell in row[1:]] for row in cells[1:]])


def place_of(views: Views, name: str) -> str:
    return views.page.locator(f"#{name} .seqdemo-view .seqdemo-place").inner_text()


def middle_of(word: Locator) -> tuple[float, float]:
    box = word.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


# ---- one clock, one axis of words


def test_the_table_twin_says_what_is_drawn(views: Views) -> None:
    cells = views.table("reading")
    assert cells[0] == ["Word", "RNN", "Transformer encoder"]
    assert [row[0] for row in cells[1:]] == [f"{number} {word}" for number, word in enumerate(WORDS, start=1)]
    tracks = [classification("rnn").track[:, 1], classification("attention", seed=2).track[:, 1]]
    np.testing.assert_allclose(numbers(cells), np.stack(tracks, axis=1), atol=6e-5)


def test_keys_slider_and_buttons_move_every_view_together(views: Views) -> None:
    page = views.page
    slider = page.locator("#reading .seqdemo-view input[type=range]")
    assert place_of(views, "reading") == "6 of 6: best"  # begins with the verdict
    verdicts = page.locator("#reading .seqdemo-number")
    for key, step in (("ArrowLeft", 5), ("ArrowLeft", 4), ("ArrowRight", 5)):
        page.locator("#gates .seqdemo-view").evaluate("(view) => { view.tabIndex = -1; view.focus(); }")
        page.keyboard.press(key)
        expect(slider).to_have_value(str(step - 1))
        track = classification("rnn").track[step - 1]
        expect(verdicts.first).to_have_text(f"{100 * track.max():.1f}%")
        expect(page.locator("#looks .seqdemo-summary")).to_contain_text(f"Row {step}, “{WORDS[step - 1]}”")
    page.get_by_role("button", name="One step back").first.click()
    expect(slider).to_have_value("3")
    slider.fill("0")
    assert place_of(views, "reading") == "1 of 6: the"
    assert "RNN: " in (slider.get_attribute("aria-valuetext") or "")


def test_space_plays_to_the_end_and_stops(views: Views) -> None:
    page = views.page
    page.locator("#reading select").select_option("4")
    page.locator("#reading .seqdemo-view input[type=range]").evaluate("(slider) => slider.blur()")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press(" ")
    expect(page.locator("#reading").get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator("#reading .seqdemo-view .seqdemo-place")).to_have_text("6 of 6: best", timeout=10_000)
    expect(page.locator("#reading .seqdemo-view").get_by_role("button", name="Play")).to_be_visible()
    page.locator("#reading select").select_option("1")


def test_a_hover_peeks_and_a_click_stays(views: Views) -> None:
    page, before = views.page, len(views.requests)
    word = page.locator("#reading .seqdemo-sheet text", has_text="not").first
    word.scroll_into_view_if_needed()
    page.mouse.move(*middle_of(word))
    assert place_of(views, "reading") == "4 of 6: not"
    expect(page.locator("#looks .seqdemo-summary")).to_contain_text("Row 4, “not”")
    page.mouse.move(2, 2)
    assert place_of(views, "reading") == "6 of 6: best"
    page.mouse.click(*middle_of(word))
    page.mouse.move(2, 2)
    assert place_of(views, "reading") == "4 of 6: not"
    gates = page.locator("#gates .seqdemo-sheet text", has_text="film").first
    gates.scroll_into_view_if_needed()
    page.mouse.click(*middle_of(gates))
    page.mouse.move(2, 2)
    assert place_of(views, "reading") == "2 of 6: film"
    assert views.asked(before) == []


def test_flips_are_marked_where_the_verdict_changes(views: Views) -> None:
    flips = 0
    for record in (classification("rnn"), classification("attention", seed=2)):
        verdicts = record.track.argmax(axis=1)
        flips += int((verdicts[1:] != verdicts[:-1]).sum())
        count = int((verdicts[1:] != verdicts[:-1]).sum())
        expect(views.page.locator("#reading text", has_text=f"changes of verdict: {count}").first).to_be_attached()
    assert flips > 1
    expect(views.page.locator("#reading .seqdemo-flip")).to_have_count(flips)


def test_of_many_classes_the_next_are_named_and_each_plane_points_to_its_own_verdict(views: Views) -> None:
    views.show("topics", "text=then travel 16%, world 5%")
    page = views.page
    expect(page.locator("#reading .seqdemo-caption")).to_contain_text("probability of “sports”")  # likeliest of both
    rows = page.locator("#reading .seqdemo-model")
    expect(rows.nth(0)).to_contain_text("sports75.0%")
    expect(rows.nth(1)).to_contain_text("travel62.0%")
    expect(rows.nth(1)).to_contain_text("then world 20%, story 10%")
    for label in ("sports", "travel"):
        expect(page.locator("#planes text", has_text=f"towards {label}")).to_have_count(1)
    page.locator("#reading .seqdemo-view input[type=range]").fill("0")
    first = topics()[0].track[0]
    expect(rows.nth(0)).to_contain_text(f"{100 * np.sort(first)[-2]:.0f}%")
    heights = [float(found.get_attribute("height") or 0) for found in rows.nth(1).locator(".seqdemo-column").all()]
    np.testing.assert_allclose(np.array(heights) / 42, topics()[1].track[:, 1], atol=0.02)
    assert views.complaints == []


def test_a_new_text_begins_at_its_end_and_the_same_text_keeps_its_place(views: Views) -> None:
    views.page.locator("#reading .seqdemo-view input[type=range]").fill("2")
    views.show("chinese", "text=以表格显示")
    expect(views.page.locator("#reading .seqdemo-view .seqdemo-place")).to_have_text("第 3 步，共 6 步：is")
    views.show("long", f"text=96 of 96: {LONG[-1]}")


# ---- attention


def test_the_map_is_the_grid_rows_as_queries(views: Views) -> None:
    cells = views.table("attention")
    assert cells[0][1:] == ["1 ▁the", "2 ▁film", "3 ▁the", "4 </s>"]
    assert [row[0] for row in cells[1:]] == ["1 ▁Der", "2 ▁Film", "3 </s>"]
    heading = views.page.locator("#attention .seqdemo-heading").inner_text()
    layer, head = (int(part) - 1 for part in heading.replace("Cross-attention · Layer ", "").split(", head "))
    np.testing.assert_allclose(numbers(cells), cross().weights[layer, head], atol=2e-4)


def choose(views: Views, layer: int, head: int) -> Locator:
    return views.page.locator("#attention").get_by_role("button", name=f"Layer {layer}, head {head}:")


def test_keys_and_clicks_choose_a_head_without_the_server(views: Views) -> None:
    page, before = views.page, len(views.requests)
    choose(views, 1, 1).click()
    choose(views, 1, 1).focus()
    for key, layer, head in (("ArrowRight", 0, 1), ("ArrowDown", 1, 1), ("ArrowLeft", 1, 0), ("ArrowLeft", 1, 2)):
        page.keyboard.press(key)
        expect(choose(views, layer + 1, head + 1)).to_have_attribute("aria-pressed", "true")
        expect(choose(views, layer + 1, head + 1)).to_be_focused()
        np.testing.assert_allclose(numbers(views.table("attention")), cross().weights[layer, head], atol=1e-3)
        choose(views, layer + 1, head + 1).focus()
    assert views.asked(before) == []


def heads_on(views: Views) -> list[str]:
    boxes = views.page.locator("#attention .seqdemo-head input")
    return [box.get_attribute("aria-label") or "" for box in boxes.all() if box.is_checked()]


def test_number_keys_switch_heads_and_the_last_cannot_go_off(views: Views) -> None:
    page = views.page
    choose(views, 1, 2).click()
    assert heads_on(views) == ["Layer 1, head 2: on or off"]
    page.keyboard.press("2")
    assert heads_on(views) == ["Layer 1, head 2: on or off"]  # the last one stays
    page.keyboard.press("3")
    assert len(heads_on(views)) == 2
    page.keyboard.press("0")
    assert heads_on(views) == [f"Layer 1, head {head}: on or off" for head in (1, 2, 3)]
    page.get_by_label("Mean of the heads that are on").last.check()
    np.testing.assert_allclose(numbers(views.table("attention")), cross().weights[0].mean(axis=0), atol=1e-3)
    choose(views, 2, 1).dblclick()
    assert heads_on(views) == ["Layer 2, head 1: on or off"]


def test_marks_are_hidden_with_a_word_on_how_much_went(views: Views) -> None:
    choose(views, 1, 1).click()
    views.page.locator("#attention").get_by_label("Hide marks and punctuation").check()
    share = float(cross().weights[0, 0, :, 3].mean())
    expect(views.page.locator("#attention .seqdemo-note:visible", has_text="Hidden")).to_contain_text(
        f"{100 * share:.1f}% of the attention, on </s>"
    )
    np.testing.assert_allclose(numbers(views.table("attention")), cross().weights[0, 0, :, :3], atol=1e-3)


def test_the_strongest_cells_can_stand_alone(views: Views) -> None:
    choose(views, 1, 1).click()
    views.page.locator("#attention").get_by_label("Strongest cells of each row").select_option("0.5")
    kept = numbers(views.table("attention"))
    assert ((kept > 0).sum(axis=1) >= 1).all()
    assert (kept == 0).any()
    weights = cross().weights[0, 0]
    np.testing.assert_allclose(kept[kept > 0], weights[kept > 0], atol=1e-3)
    assert (kept.sum(axis=1) >= 0.5 - 1e-3).all()


def test_rows_can_be_named_by_what_the_step_reads(views: Views) -> None:
    before = numbers(views.table("attention"))
    views.page.locator("#attention").get_by_label("Row named by the token that the step").select_option("input")
    cells = views.table("attention")
    assert [row[0] for row in cells[1:]] == ["1 <s>", "2 ▁Der", "3 ▁Film"]
    np.testing.assert_array_equal(numbers(cells), before)


def test_rollout_is_offered_where_queries_are_keys(views: Views) -> None:
    import torch

    from seqdemo.probes.rollout import rollout

    grid = translation().grid("encoder_self")
    assert grid is not None
    view = views.page.locator("#attention")
    expect(view.get_by_label("Weights", exact=True)).to_have_count(0)
    views.page.get_by_role("tab", name="Encoder self-attention").click()
    choose(views, 2, 1).click()
    view.get_by_label("Weights", exact=True).select_option("rollout")
    expect(view.locator(".seqdemo-heading")).to_have_text("Encoder self-attention · Rollout through layers 1 to 2")
    expected = rollout(torch.tensor(grid.weights))[1]
    np.testing.assert_allclose(numbers(views.table("attention")), expected, atol=1e-3)


def test_a_token_under_the_pointer_shows_its_row_or_column_everywhere(views: Views) -> None:
    page, before = views.page, len(views.requests)
    choose(views, 1, 1).click()
    sheet = page.locator("#attention .seqdemo-sheet")
    sheet.scroll_into_view_if_needed()
    names = sheet.locator("text")
    weights = cross().weights[0, 0]
    summary = page.locator("#attention .seqdemo-summary")
    page.mouse.move(*middle_of(names.filter(has_text="▁Film").first))  # a row of the map
    best = ("▁the", "▁film", "▁the", "</s>")[int(weights[1].argmax())]
    expect(summary).to_contain_text(f"Row 2, “▁Film”, looks most at “{best}” {weights[1].max():.3f}")
    assert place_of(views, "steps") == "2 of 3: ▁Film"  # and the clock of the page
    page.mouse.move(*middle_of(names.filter(has_text="▁film").last))  # a key in the right column of the lines
    expect(summary).to_contain_text("Column 2, “▁film”, is looked at most by")
    assert views.asked(before) == []


def test_a_cell_says_its_exact_weight(views: Views) -> None:
    choose(views, 1, 1).click()
    image = views.page.locator("#attention .seqdemo-sheet image")
    image.scroll_into_view_if_needed()
    box = image.bounding_box()
    assert box is not None
    views.page.mouse.move(box["x"] + box["width"] * 3.5 / 4, box["y"] + box["height"] * 2.5 / 3)
    weight = round(float(cross().weights[0, 0, 2, 3]) * 8191) / 8191
    expect(views.page.locator("#attention .seqdemo-summary")).to_contain_text(f"“</s>” gives “</s>” {weight:.4f}.")


def test_thumbnails_show_more_ink_where_more_weight_is(views: Views) -> None:
    read = """() => {
      const canvas = document.querySelector('#attention canvas');
      const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      return [canvas.width, canvas.height, Array.from({length: pixels.length / 4}, (_, i) => pixels[4 * i])];
    }"""
    width, height, red = views.page.evaluate(read)
    assert (height, width) == cross().weights.shape[2:]
    weights = cross().weights[0, 0].ravel()
    assert red[int(weights.argmax())] == min(red)
    assert red[int(weights.argmin())] == max(red)


# ---- decoding


def test_steps_show_alternatives_and_the_row_of_the_chosen_head(views: Views) -> None:
    page = views.page
    steps = page.locator("#steps")
    expect(steps.locator(".seqdemo-translation")).to_have_attribute("lang", "de")
    assert place_of(views, "steps") == "1 of 3: ▁Der"
    steps.get_by_role("button", name="One step on").click()
    expect(steps.locator("text", has_text="Step 2: what it could have written")).to_be_visible()
    expect(steps.locator("text", has_text="▁Filmx")).to_be_visible()
    choose(views, 2, 3).click()
    expect(steps.locator(".seqdemo-caption").last).to_contain_text("Layer 2, head 3")
    read = "(paths) => paths.map((path) => Number(path.getAttribute('stroke-width')))"
    strengths = steps.locator("g path").evaluate_all(read)
    expected = [1 + 5 * float(weight) for weight in cross().weights[1, 2, 1] if weight >= 0.02]
    np.testing.assert_allclose(strengths, expected, atol=1e-2)


# ---- everybody


def test_typed_code_and_tags_stay_text(views: Views) -> None:
    page = views.page
    views.show("hostile", "text=${alert(1)}")
    page.wait_for_timeout(300)
    assert views.complaints == []
    assert page.locator(".seqdemo-view img, .seqdemo-view script, .seqdemo-view b").count() == 0
    expect(page.locator("#steps .seqdemo-translation")).to_have_text(" ".join(HOSTILE))
    assert [row[0] for row in views.table("reading")[1:]] == [f"{i} {word}" for i, word in enumerate(HOSTILE, 1)]
    assert [row[0] for row in views.table("attention")[1:]] == [f"{i} {word}" for i, word in enumerate(HOSTILE, 1)]
    for step in range(len(HOSTILE)):
        page.locator("#reading .seqdemo-view input[type=range]").fill(str(step))
    assert views.complaints == []


def test_one_word_is_drawn(views: Views) -> None:
    views.show("single", "text=1 of 1: good")
    assert views.table("attention")[1][0] == "1 </s>"
    assert views.complaints == []


def test_a_view_follows_the_theme(views: Views) -> None:
    word = views.page.locator("#reading .seqdemo-sheet text", has_text="film").first
    expect(word).to_have_attribute("fill", "#1f2937")
    views.page.evaluate("document.body.classList.toggle('dark')")
    expect(views.page.locator("#reading .seqdemo-sheet text", has_text="film").first).to_have_attribute(
        "fill", "#f1f4f8"
    )


def test_a_view_in_a_hidden_tab_is_drawn_when_it_is_opened(views: Views) -> None:
    page = views.page
    page.get_by_role("tab", name="hidden").click()
    sheet = page.locator("#late .seqdemo-sheet")
    sheet.wait_for()
    box = sheet.bounding_box()
    assert box is not None
    assert box["width"] > 600


def test_an_empty_value_clears_and_a_new_one_draws_again(views: Views) -> None:
    page = views.page
    views.show("nothing", "#reading .seqdemo-view:empty")
    for name in ("reading", "looks", "planes", "gates", "steps", "attention"):
        expect(page.locator(f"#{name} .seqdemo-view > *")).to_have_count(0)
    page.keyboard.press("ArrowLeft")  # with nothing to move
    views.show("plain", "#reading .seqdemo-sheet")
    page.locator("#attention .seqdemo-sheet").wait_for()
    assert views.complaints == []


def test_a_long_text_says_that_names_are_thinned(views: Views) -> None:
    views.show("long", "text=not every row and column is named")
    named = views.page.locator("#attention .seqdemo-sheet text")
    assert 20 < named.count() < 3 * 96
    assert len(views.table("attention")) == 97
    words = views.page.locator("#reading .seqdemo-sheet text", has_text="word").count()
    assert 20 < words < 96


def test_a_phone_needs_no_sideways_scrolling(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    views = Views(page, address)
    for case, sign in (("plain", "#reading .seqdemo-sheet"), ("long", "text=not every row")):
        views.show(case, sign)
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_is_in_a_view_never_makes_its_place_wider(views: Views) -> None:
    """Gradio's rows and tabs grow with what is in them, so a long strip of steps would push a phone's page sideways."""
    wish = "(view) => { const kept = view.style.width; view.style.width = 'min-content';"
    for name in ("reading", "looks", "planes", "gates", "steps", "attention"):
        view = views.page.locator(f"#{name} .seqdemo-view")
        assert view.evaluate(wish + " const wished = view.offsetWidth; view.style.width = kept; return wished; }") == 0


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_serious(views: Views, dark: bool) -> None:
    if dark:
        views.page.evaluate("document.body.classList.add('dark')")
    for fold in views.page.locator("details").all():
        fold.evaluate("(fold) => { fold.open = true; }")
    views.page.wait_for_timeout(300)
    found = Axe().run(views.page, context=".seqdemo-view").response["violations"]
    grave = [(rule["id"], rule["nodes"][0]["html"]) for rule in found if rule["impact"] in ("serious", "critical")]
    assert grave == []


def test_drawings_can_be_named_by_who_cannot_see_them(views: Views) -> None:
    page = views.page
    expect(page.get_by_role("img", name="What each model thinks after each of 6 words")).to_have_count(1)
    expect(page.get_by_role("img", name="Heatmap and lines, Cross-attention, Layer")).to_have_count(1)
    expect(page.get_by_role("slider", name="Step").first).to_be_visible()


def test_nothing_is_asked_of_another_site_and_nothing_large(page: Page, address: str) -> None:
    views = Views(page, address)
    page.wait_for_timeout(500)
    outside = [url for url in views.requests if not url.startswith((address, "data:", "blob:"))]
    assert outside == []
    assert page.evaluate("window.Plotly === undefined")  # fetched ahead once the page rests, run when it is wanted
    assert page.locator("script[src*=plotly]").count() == 0
    assert views.complaints == []


def test_memory_and_elements_stay_flat_over_many_updates(views: Views) -> None:
    """50 turns of two cases: what a view leaves behind would show in the count of elements."""
    page = views.page
    count: Any = lambda: page.evaluate("document.querySelectorAll('*').length")
    views.show("chinese", "text=以表格显示")
    views.show("plain", "text=As a table")
    before = count()
    for _ in range(10):
        views.show("chinese", "text=以表格显示")
        views.show("plain", "text=As a table")
    assert count() <= before + 20


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("case", ["plain", "chinese"])
def test_every_switch_and_choice_of_every_view_works_without_the_server(views: Views, case: str, dark: bool) -> None:
    page = views.page
    if case == "chinese":
        views.show("chinese", "text=以表格显示")
        page.locator("#attention .seqdemo-sheet").wait_for()
    if dark:
        page.evaluate("document.body.classList.add('dark')")
    before = len(views.requests)
    for name in ("looks", "attention"):
        view = page.locator(f"#{name}")
        for tab in range(max(1, view.get_by_role("tab").count())):
            if view.get_by_role("tab").count():
                view.get_by_role("tab").nth(tab).click()
            for box in view.locator(".seqdemo-switches input").all():
                box.check()
                expect(view.locator(".seqdemo-sheet")).to_have_count(1)
                box.uncheck()
            for select in view.locator(".seqdemo-switches select").all():
                for value in select.locator("option").evaluate_all("(all) => all.map((one) => one.value)")[::-1]:
                    select.select_option(value)
                    expect(view.locator(".seqdemo-sheet")).to_have_count(1)
            for box in view.locator(".seqdemo-head input").all():
                box.click()
            rows = view.locator(".seqdemo-reading select").first
            rows.select_option(index=rows.locator("option").count() - 1)
    for name in ("reading", "steps"):
        for button in page.locator(f"#{name} .seqdemo-view .seqdemo-key").all():
            button.click()
        page.locator(f"#{name} .seqdemo-scrub select").select_option("2")
        page.locator(f"#{name} .seqdemo-scrub select").select_option("1")
    assert views.asked(before) == []
    assert views.complaints == []


def test_a_finger_on_a_word_sets_the_time(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    views = Views(context.new_page(), address)
    column = views.page.locator("#reading .seqdemo-column").nth(2)
    column.scroll_into_view_if_needed()
    x, y = middle_of(column)
    views.page.touchscreen.tap(x, y)
    assert place_of(views, "reading") == "3 of 6: is"
    assert views.complaints == []
    context.close()


def test_every_control_has_a_name_and_can_be_reached_by_the_tab_key(views: Views) -> None:
    """From the first view on, the Tab key stops at each control once, and the stop can be seen."""
    page = views.page
    page.locator("#reading .seqdemo-view .seqdemo-key").first.focus()
    page.keyboard.press("Shift+Tab")  # a focus that came by key is one to be seen
    page.keyboard.press("Tab")
    stops: list[str] = []
    told = """() => {
      const here = document.activeElement;
      const style = getComputedStyle(here);
      const name = here.getAttribute('aria-label') || here.labels?.[0]?.textContent || here.textContent;
      return [here.tagName, name.trim(), style.outlineStyle !== 'none', !!here.closest('.seqdemo-view')];
    }"""
    for _ in range(60):
        tag, name, seen, ours = page.evaluate(told)
        if not ours and stops:
            break
        assert name, tag
        assert seen, (tag, name)
        stops.append(f"{tag} {name}")
        page.keyboard.press("Tab")
    for wanted in ("BUTTON Play", "INPUT Step", "SELECT Speed", "BUTTON Link", "SUMMARY Save", "SUMMARY As a table"):
        assert any(stop.startswith(wanted) for stop in stops), (wanted, stops)
    assert sum(stop.startswith("BUTTON Layer") for stop in stops) <= 2  # one stop a grid of heads, not one a head


@pytest.mark.parametrize("name", ["reading", "steps"])
def test_the_scrub_bar_floats_while_its_own_place_is_scrolled_away(views: Views, name: str) -> None:
    floating = views.page.locator(f"#{name} .seqdemo-afloat")
    expect(floating).to_have_count(0)
    other = views.page.locator("#steps" if name == "reading" else "#reading")  # on the app's page it has another tab
    other.evaluate("(node) => { node.style.display = 'none'; }")
    views.page.evaluate("document.body.style.paddingBottom = '3000px'; window.scrollTo(0, document.body.scrollHeight)")
    expect(floating).to_be_visible()
    box = floating.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] == pytest.approx(views.page.viewport_size["height"], abs=1)
    floating.locator("input").fill("1")
    expect(floating.locator(".seqdemo-place")).to_contain_text("2 of")
    floating.locator("button").nth(2).click()
    expect(floating.locator(".seqdemo-place")).to_contain_text("3 of")
    other.evaluate("(node) => { node.style.display = ''; }")
    views.page.evaluate("document.body.style.paddingBottom = ''; window.scrollTo(0, 0)")
    expect(floating).to_have_count(0)
    expect(views.page.locator(f"#{name} .seqdemo-view .seqdemo-place")).to_contain_text("3 of")
