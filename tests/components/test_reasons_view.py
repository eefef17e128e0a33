"""The panel about an answer with made-up records: what it draws, strikes out, saves and asks, and never runs."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from seqdemo.components import drawing
from seqdemo.components.reasons_view import ReasonsView, against, reasons_payload
from seqdemo.components.resources import when_asked
from seqdemo.evidence import (
    AttentionExplanationRecord,
    AttentionTrial,
    Context,
    ErasureCurve,
    FaithfulnessRecord,
    RankCorrelation,
    RankedUnit,
    UnitRankingRecord,
    UnitRecord,
)
from seqdemo.pages.reasons import read_why
from seqdemo.records import Floats, Notice
from tests.drawn_records import HOSTILE, classification, source

WORDS = (*HOSTILE, "a", "fine", "film")
TIME = len(WORDS)
LABELS = ("negative", "positive")
ASKS = {"lstm": ("occlusion", "faithfulness", "unit"), "bilstm-attention": ("faithfulness", "attention_explanation")}
KINDS = ("words", "weights", "unit", "nothing")
EVENTS = ("again", "long")  # by which the panel asks


def curve(method: str, figures: tuple[float, float], *, seed: int = 1, spread: float = 0.0) -> ErasureCurve:
    draw = np.random.default_rng(seed)

    def some() -> Floats:
        return draw.uniform(0.05, 0.95, TIME + 1).astype(np.float32)

    known = method != "random"
    values = draw.normal(size=TIME).astype(np.float32) if known else np.empty(0, dtype=np.float32)
    return ErasureCurve(
        method=method,
        order=tuple(int(place) for place in np.argsort(-values, kind="stable")),
        orders=1 if known else 20,
        deletion=some(),
        deletion_deviation=np.full(TIME + 1, spread, dtype=np.float32),
        insertion=some(),
        insertion_deviation=np.full(TIME + 1, spread, dtype=np.float32),
        comprehensiveness=figures[0],
        comprehensiveness_deviation=spread,
        sufficiency=figures[1],
        sufficiency_deviation=spread,
        deletion_area=0.5,
        insertion_area=0.5,
        values=values,
        over_texts=(0.3, 0.1) if known else None,
    )


CURVES = (
    curve("integrated_gradients", (0.5, 0.0), seed=2),
    curve("occlusion", (0.4, 0.05), seed=3),
    curve("random", (0.1, 0.3), seed=4, spread=0.06),
)
FAITHFUL = FaithfulnessRecord(
    "text", "sentiment-en", "positive", WORDS, 0.9, 2.0, 0.5, (0.1,), 200, CURVES, source("lstm")
)


def weights() -> AttentionExplanationRecord:
    draw = np.random.default_rng(5)
    trials = []
    for number, name in enumerate(("own", "uniform", "shuffled", "adversarial")):
        shares = draw.dirichlet(np.ones(TIME)).astype(np.float32)
        trials.append(AttentionTrial(name, shares, np.array([0.2, 0.8], dtype=np.float32), 0.1 * number, 0.01, False))
    taus = (RankCorrelation("gradient", np.ones(TIME), None), RankCorrelation("leave_one_out", np.ones(TIME), -0.25))
    verdict = Notice("attention_text_no", {"model": "bilstm-attention", "distance": "0.59", "tau": "0.10"})
    return AttentionExplanationRecord(
        "text", "sentiment-en", LABELS, "positive", WORDS, tuple(trials), np.ones(3), 0.01, taus, verdict, (),
        source("bilstm-attention"),
    )  # fmt: skip


def unit() -> UnitRecord:
    values = np.linspace(-1, 1, TIME, dtype=np.float32)
    context = Context((HOSTILE[0], "good"), np.array([0.1, 0.9], dtype=np.float32), 1, 0.9, "own")
    return UnitRecord(
        "text", "sentiment-en", LABELS, WORDS, 4, 12, values, np.array([-0.5, 0.5], dtype=np.float32), (context,),
        (context,), np.full((TIME, 2), 0.5, dtype=np.float32), None, None, source("lstm"),
    )  # fmt: skip


RANKED = UnitRankingRecord(
    "sentiment-en", "positive", "label", 40, 60, (RankedUnit(4, 0.9, 0.8),), (RankedUnit(1, 0.5, 0.0),), 0.2, 12, "dev",
    source("lstm"),
)  # fmt: skip


def values(language: str = "en") -> dict[str, str]:
    records = [classification("lstm", WORDS), classification("bilstm-attention", WORDS, seed=3)]

    def shown(line: str = "", **answer: Any) -> str:
        return reasons_payload(records, ASKS, language=language, line=line, **answer)

    return {
        "words": shown("lstm.words.occlusion", found=FAITHFUL),
        "weights": shown("bilstm-attention.weights", found=weights()),
        "unit": shown("lstm.unit.5", found=unit(), ranking=RANKED),
        "nothing": shown(),
    }


@pytest.mark.parametrize(
    ("figures", "word"),
    [((0.5, 0.0), "better"), ((-0.2, 0.9), "worse"), ((0.5, 0.3), "partly"), ((0.12, 0.0), "partly"),
     ((0.5, 0.9), "mixed"), ((-0.2, 0.0), "mixed"), ((0.12, 0.9), "worse"), ((0.12, 0.28), "alike")],
)  # fmt: skip
def test_an_explanation_stands_beside_chance(figures: tuple[float, float], word: str) -> None:
    assert against(curve("occlusion", figures), CURVES[-1]) == word


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """One panel for each kind of answer, with words that look like code."""
    shown = values()
    with gr.Blocks(analytics_enabled=False) as views:
        made = {kind: ReasonsView(shown[kind], elem_id=kind) for kind in KINDS}
        asked = gr.Textbox(elem_id="asked")
        for view in made.values():
            for event in EVENTS:
                when_asked(view, _tell, None, asked, event=event, show_progress="hidden")
        slow = ReasonsView(shown["nothing"], elem_id="slow")
        for event in EVENTS:
            when_asked(slow, _slowly, None, slow, event=event, show_progress="hidden")
    _, url, _ = views.launch(
        prevent_thread_lock=True, quiet=True, run_history=False, ssr_mode=False, app_kwargs={"routes": drawing.routes()}
    )
    opened = browser.new_page(viewport={"width": 1280, "height": 720})
    opened.complaints = []  # type: ignore[attr-defined]
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))  # type: ignore[attr-defined]
    opened.on("dialog", lambda dialog: (opened.complaints.append("dialog"), dialog.dismiss()))  # type: ignore[attr-defined]
    opened.goto(url)
    opened.locator("#unit svg").first.wait_for(timeout=60_000)
    yield opened
    opened.close()
    views.close()


def _tell(event: gr.EventData) -> str:
    return str(event.line)


def _slowly(event: gr.EventData) -> str:
    """The answer to what was asked, once there was time to ask something else."""
    time.sleep(0.7)
    why = read_why(event.line)
    assert why is not None
    found = replace(FAITHFUL, source=source(why.model), label=why.more or "positive")
    records = [classification("lstm", WORDS), classification("bilstm-attention", WORDS, seed=3)]
    return reasons_payload(records, ASKS, language="en", line=event.line, found=found)


def saved(page: Page, name: str, kind: str) -> str:
    menu = page.locator(f"#{name} .seqdemo-saving")
    menu.evaluate("(menu) => { menu.open = true; }")
    with page.expect_download() as download:
        menu.get_by_role("button", name=kind, exact=True).click()
    with open(download.value.path(), encoding="utf-8-sig") as file:
        return file.read()


def test_typed_code_is_shown_and_never_run(page: Page) -> None:
    for name in KINDS:
        assert page.locator(f"#{name} img, #{name} b").count() == 0
    expect(page.locator("#unit .seqdemo-contexts").first).to_contain_text(HOSTILE[0])
    assert page.complaints == []  # type: ignore[attr-defined]


def test_nothing_is_computed_before_somebody_asks(page: Page) -> None:
    panel = page.locator("#nothing")
    expect(panel.locator("svg")).to_have_count(0)
    expect(panel.get_by_role("tab")).to_have_text(["Which words count?", "One hidden unit"])
    panel.get_by_role("button", name="Ask").click()
    expect(page.locator("#asked textarea")).to_have_value("lstm.words.occlusion")
    panel.get_by_label("Model", exact=True).select_option("bilstm-attention")
    expect(page.locator("#asked textarea")).to_have_value("bilstm-attention.words.occlusion")


def test_the_last_choice_wins_while_an_answer_is_on_its_way(page: Page) -> None:
    """Each model and class chosen before the answer to the one before has come."""
    panel = page.locator("#slow")
    title = panel.locator(".seqdemo-heading")
    model, label = panel.get_by_label("Model", exact=True), panel.get_by_label("Class", exact=True)
    panel.get_by_role("button", name="Ask").click()
    model.select_option("bilstm-attention")
    label.select_option("negative")
    expect(title).to_have_text("BiLSTM + attention, “negative” 90.0%")
    label.select_option("positive")
    label.select_option("")
    label.select_option("negative")
    model.select_option("lstm")
    expect(title).to_have_text("LSTM, “negative” 90.0%")
    expect(label).to_have_value("negative")
    page.wait_for_timeout(1000)  # nothing late comes over it
    expect(title).to_have_text("LSTM, “negative” 90.0%")
    expect(panel.locator("[role=status]")).to_be_empty()


def test_words_go_in_the_order_of_the_explanation(page: Page) -> None:
    panel, chosen = page.locator("#words"), CURVES[1]
    panel.get_by_role("button", name="Occlusion").click()
    panel.locator("input[type=range]").fill("3")
    struck = panel.locator("svg").first.locator("text[text-decoration=line-through]")
    expect(struck).to_have_count(3)
    said = panel.locator(".seqdemo-said").nth(1)
    expect(said).to_contain_text(
        f"{100 * chosen.deletion[3]:.1f}%, in a random order {100 * CURVES[-1].deletion[3]:.1f}%"
    )
    expect(said).to_contain_text(f"alone: {100 * chosen.insertion[3]:.1f}%")
    panel.get_by_role("button", name="Integrated gradients").click()
    expect(panel.locator(".seqdemo-caption", has_text="All words together")).to_contain_text("+1.50")
    rows = panel.locator(".seqdemo-tool table tr")
    assert rows.nth(1).inner_text().split("\t") == ["Integrated gradients", "0.50", "0.00", "better", "0.30", "0.10"]
    assert rows.nth(3).inner_text().split("\t")[:3] == ["Random order (20)", "0.10 ± 0.06", "0.30 ± 0.06"]


def test_other_weights_are_drawn_one_by_one(page: Page) -> None:
    panel, trials = page.locator("#weights"), weights().trials
    expect(panel.locator(".seqdemo-heading").first).to_contain_text("BiLSTM + attention")
    panel.get_by_role("button", name="all equal").click()
    expect(panel.locator(".seqdemo-said")).to_contain_text("weight")
    rows = panel.locator(".seqdemo-tool table tr")
    assert rows.nth(4).inner_text().split("\t") == ["an adversary's", "0.30", "20.0%", "80.0%", "0.010", "no"]
    expect(panel).to_contain_text("leaving words out: Kendall's tau −0.25")
    told = list(csv.reader(io.StringIO(saved(page, "weights", "CSV"))))
    table = [row for row in told if not row[0].startswith("#")]
    assert [float(row[1]) for row in table[1:]] == pytest.approx(trials[0].weights.tolist(), abs=1e-4)


def test_a_unit_asks_for_another_one(page: Page) -> None:
    panel = page.locator("#unit")
    expect(panel.locator(".seqdemo-said")).to_contain_text(f"Unit 5 after “{WORDS[0]}”: −1.00")
    panel.get_by_label("Unit, 1 to 12").fill("7")
    panel.get_by_role("button", name="Look").click()
    expect(page.locator("#asked textarea")).to_have_value("lstm.unit.7")
    panel.get_by_role("button", name="2 (0.50)").click()
    expect(page.locator("#asked textarea")).to_have_value("lstm.unit.2")


def test_what_is_saved_opens_without_a_server(page: Page, browser: Browser) -> None:
    whole = saved(page, "words", "HTML")
    kept = json.loads(saved(page, "words", "JSON"))
    assert kept["selection"]["why"].startswith("lstm.words.")
    svg = saved(page, "words", "SVG")
    assert svg.count("<svg") == 3  # the paper, the words, the curves
    alone = browser.new_page()
    complaints: list[str] = []
    alone.on("pageerror", lambda error: complaints.append(str(error)))
    alone.set_content(whole)
    expect(alone.locator("svg")).to_have_count(2)
    expect(alone.get_by_label("Model", exact=True)).to_have_count(0)  # nobody is there to ask
    alone.locator("input[type=range]").fill("2")
    expect(alone.locator("text[text-decoration=line-through]")).to_have_count(2)
    assert complaints == []
    alone.close()


def test_texts_of_the_card_are_shown_only_where_they_were_measured() -> None:
    records = [classification("lstm", WORDS)]
    bare = replace(FAITHFUL, texts=0, curves=tuple(replace(one, over_texts=None) for one in CURVES))
    found = json.loads(reasons_payload(records, ASKS, language="zh", found=bare))["found"]
    assert (found["texts"], [one["texts"] for one in found["methods"]]) == (0, [None, None])
