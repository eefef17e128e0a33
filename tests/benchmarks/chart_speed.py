"""What does a zoomable chart cost? Plotly's and the light drawing of the same views, in one page, taking turns.

    python -m tests.benchmarks.chart_speed [--tokens 40] [--rounds 30]

Medians in Chromium, from the action until the page has answered and laid itself out; no server takes part. A head of
4 layers x 8 heads x 3 kinds; planes of five models with 400 dots each; gates of an RNN, an LSTM and a GRU of 160 units.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import replace

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
import numpy as np
from playwright.sync_api import Page, sync_playwright

from seqdemo.components import drawing, library
from seqdemo.components.attention_view import AttentionView, translator_attention_payload
from seqdemo.components.gates_view import GatesView, gates_payload
from seqdemo.components.planes_view import PlanesView, planes_payload
from seqdemo.records import ClassificationRecord, Trajectory
from tests.benchmarks.drawing_speed import CHROMIUM, record
from tests.drawn_records import classification, gate, random

GATES = {"rnn": 1, "lstm": 5, "gru": 3, "attention": 0, "bilstm-attention": 0}
# Turns of an action with the light drawing and with the chart: [median light, median chart] in ms.
TURNS = """async ([view, rounds, action]) => {
  const act = new Function("turn", action);
  const button = document.querySelector("#" + view + " .seqdemo-toggle");
  const rest = (time) => new Promise((resolve) => setTimeout(resolve, time));
  const taken = { false: [], true: [] };
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const wanted of ["false", "true"]) {
      if (button.getAttribute("aria-pressed") !== wanted) { button.click(); await rest(turn ? 400 : 5000); }
      for (const again of [0, 1, 2]) {
        const began = performance.now();
        act(3 * turn + again);
        await rest(0);
        document.body.offsetHeight;
        if (again && turn) taken[wanted].push(performance.now() - began);
        await rest(60);
      }
    }
  }
  const median = (times) => times.sort((one, other) => one - other)[Math.floor(times.length / 2)];
  return [median(taken.false), median(taken.true)];
}"""
HEAD = "const all = document.querySelectorAll('#heads .seqdemo-thumbnail'); all[turn % all.length].click();"
SCRUB = "Object.values(window.seqdemoClocks)[{}].set(turn % 30);"
ACTIONS = {
    "another head": ("heads", HEAD),
    "scrub, heatmap": ("heads", SCRUB.format(0)),
    "scrub, trajectory": ("planes", SCRUB.format(1)),
    "scrub, gates": ("gates", SCRUB.format(1)),
    "draw trajectory anew": ("planes", "document.body.classList.toggle('made-up' + turn);"),
    "draw gates anew": ("gates", "document.body.classList.toggle('made-up' + turn);"),
}


def reading(model: str, words: tuple[str, ...]) -> ClassificationRecord:
    made, draw = classification(model, words), random(len(model))
    cloud = draw.normal(size=(400, 2)).astype(np.float32)
    seen = made.trajectory
    shares = draw.random(400).astype(np.float32)
    plane = Trajectory(seen.points, seen.explained, seen.readout, cloud, shares, seen.correlation)
    names = ("input_gate", "forget_gate", "output_gate", "candidate", "cell")[: GATES[model]]
    gates = tuple(gate(name, len(words), hidden=160, seed=number) for number, name in enumerate(names))
    return replace(made, trajectory=plane, gates=gates)


def app(tokens: int) -> gr.Blocks:
    records = [reading(model, tuple(f"word{number}" for number in range(tokens))) for model in GATES]
    with gr.Blocks() as page:
        AttentionView(translator_attention_payload([record(4, 8, tokens)], language="en"), elem_id="heads")
        PlanesView(planes_payload(records, language="en"), elem_id="planes")
        GatesView(gates_payload([one for one in records if one.gates], language="en"), elem_id="gates")
    return page


def measure(page: Page, rounds: int) -> dict[str, list[float]]:
    """Action -> median milliseconds with the light drawing and with the chart; one chart at a time is on."""
    found: dict[str, list[float]] = {}
    for name, (view, action) in ACTIONS.items():
        found[name] = page.evaluate(TURNS, [view, rounds, action])
        if page.locator(f"#{view} .seqdemo-toggle").get_attribute("aria-pressed") == "true":
            page.locator(f"#{view} .seqdemo-toggle").click()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    for name, default in (("tokens", 40), ("rounds", 10)):
        parser.add_argument(f"--{name}", type=int, default=default)
    chosen = parser.parse_args()
    served = app(chosen.tokens)
    kept = {"routes": [*library.routes(), *drawing.routes()]}
    _, address, _ = served.launch(prevent_thread_lock=True, quiet=True, run_history=False, app_kwargs=kept)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)  # type: ignore[arg-type]
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(address)
        page.locator("#gates .seqdemo-sheet").wait_for(timeout=60_000)
        page.wait_for_timeout(3000)
        found = measure(page, chosen.rounds)
        browser.close()
    served.close()
    print(f"{'ms':<24}{'light':>8}{'chart':>8}{'ratio':>8}")
    for name, (light, chart) in found.items():
        print(f"{name:<24}{light:>8.1f}{chart:>8.1f}{chart / light:>8.1f}")


if __name__ == "__main__":
    main()
