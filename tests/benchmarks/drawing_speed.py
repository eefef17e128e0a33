"""How soon are all heads on the screen, and how much travels? Our attention view, gr.Plot and BertViz, same weights.

    python -m tests.benchmarks.drawing_speed [--layers 4] [--heads 8] [--tokens 40] [--rounds 15]

Click to drawn in Chromium, medians; views take turns in each round. "nothing" is the same click with an empty
answer: what Gradio itself takes. BertViz (pip install bertviz; left out where it is not installed) is compared by
size alone, since its page draws with libraries from other sites.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
from dataclasses import replace
from itertools import count, cycle
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
import torch
from playwright.sync_api import Page, sync_playwright
from plotly.subplots import make_subplots

from seqdemo.components import drawing
from seqdemo.components.attention_view import AttentionView, translator_attention_payload
from seqdemo.records import TranslationRecord
from tests.drawn_records import attention, translation

KINDS = ("encoder_self", "decoder_self", "cross")
CHROMIUM = {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox", "--disable-gpu"]}
# Presses a button; the time until the frame after the last change of the page, which then rests for `still` ms.
CLICK = """([button, still]) => new Promise((resolve) => {
  const began = performance.now();
  let rest = null;
  const watch = new MutationObserver(() => {
    clearTimeout(rest);
    requestAnimationFrame(() => {
      const spent = performance.now() - began;
      clearTimeout(rest);
      rest = setTimeout(() => (watch.disconnect(), resolve(spent)), still);
    });
  });
  watch.observe(document.body, { childList: true, subtree: true, characterData: true });
  Array.from(document.querySelectorAll("button")).find((one) => one.textContent.trim() === button).click();
})"""
# Median milliseconds of an action done in the page, layout included; no server takes part.
LOCAL = """([count, action]) => {
  const act = new Function("turn", action);
  const taken = Array.from({ length: count }, (_, turn) => {
    const began = performance.now();
    act(turn);
    document.body.offsetHeight;
    return performance.now() - began;
  }).sort((one, other) => one - other);
  return taken[Math.floor(count / 2)];
}"""
HEAD = "const all = document.querySelectorAll('.seqdemo-thumbnail'); all[turn % all.length].click();"
HOVER = """const sheet = document.querySelector('#ours .seqdemo-sheet'), box = sheet.getBoundingClientRect();
sheet.dispatchEvent(new PointerEvent('pointermove', { clientX: box.left + 200, clientY: box.top + 120 + 8 * turn }));"""
SCRUB = """if (!turn) document.querySelector('#ours .seqdemo-sheet').dispatchEvent(new PointerEvent('pointerleave'));
Object.values(window.seqdemoClocks)[0].set(turn);"""


def record(layers: int, heads: int, tokens: int) -> TranslationRecord:
    names = (*(f"▁token{number}" for number in range(tokens - 1)), "</s>")
    read = ("<s>", *names[:-1])
    grids = tuple(
        attention(kind, names, read if kind == "decoder_self" else names, layers=layers, heads=heads) for kind in KINDS
    )
    return replace(translation(names), source_tokens=names, input_tokens=read, attention=grids)


def plotted(shown: TranslationRecord, number: int) -> Any:
    """All maps in one figure of gr.Plot, as far as it goes: no lines, no switches."""
    columns = shown.attention[0].heads
    rows = sum(grid.layers for grid in shown.attention)
    figure = make_subplots(rows, columns)
    for number, grid in enumerate(shown.attention):
        for layer in range(grid.layers):
            for head in range(columns):
                place = {"row": number * grid.layers + layer + 1, "col": head + 1}
                figure.add_heatmap(z=grid.weights[layer, head], showscale=False, **place)
    return figure.update_layout(height=90 * rows, template=None, title=str(number))


def bertviz_bytes(shown: TranslationRecord) -> int | None:
    if importlib.util.find_spec("bertviz") is None:
        return None
    from bertviz import head_view

    inner, outer, across = ([torch.tensor(layer)[None] for layer in grid.weights] for grid in shown.attention)
    page = head_view(
        encoder_attention=inner,
        decoder_attention=outer,
        cross_attention=across,
        encoder_tokens=list(shown.source_tokens),
        decoder_tokens=list(shown.output_tokens),
        html_action="return",
    )
    return len(page.data.encode())


def app(shown: TranslationRecord) -> gr.Blocks:
    texts = [replace(shown, text=f"text {number}") for number in range(2)]
    payloads = [translator_attention_payload([one], language="en") for one in texts]
    turns, numbers = cycle(payloads), count()  # an answer that equals the last one would draw nothing
    with gr.Blocks() as page:
        ours, nothing, plot = AttentionView(elem_id="ours"), gr.HTML(elem_id="nothing"), gr.Plot(elem_id="plot")
        quiet: dict[str, Any] = {"show_progress": "hidden"}
        gr.Button("ours").click(lambda: next(turns), None, ours, **quiet)
        gr.Button("nothing").click(lambda: f"<p>{next(numbers)}</p>", None, nothing, **quiet)
        gr.Button("gr.Plot").click(lambda: plotted(shown, next(numbers)), None, plot, **quiet)
        gr.Button("clear").click(lambda: None, None, plot, **quiet)
    return page


def measured(page: Page, rounds: int) -> dict[str, float]:
    """Way -> median milliseconds from click to drawn; the first round is not counted."""
    taken: dict[str, list[float]] = {"ours": [], "nothing": [], "gr.Plot": []}
    for turn in range(rounds + 1):
        for name, times in taken.items():
            if name == "gr.Plot" and turn > 2:
                continue  # seconds each: two after the first say enough
            if name == "gr.Plot":  # it does not draw again what it has drawn
                page.evaluate(CLICK, ["clear", 1000])
            still = 4000 if name == "gr.Plot" else 300  # it clears its place long before it draws
            spent = page.evaluate(CLICK, [name, still])
            if turn:
                times.append(spent)
    return {name: statistics.median(times) for name, times in taken.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    for name, default in (("layers", 4), ("heads", 8), ("tokens", 40), ("rounds", 15)):
        parser.add_argument(f"--{name}", type=int, default=default)
    chosen = parser.parse_args()
    shown = record(chosen.layers, chosen.heads, chosen.tokens)
    size = len(translator_attention_payload([shown], language="en").encode())
    theirs = bertviz_bytes(shown)
    served = app(shown)
    _, address, _ = served.launch(
        prevent_thread_lock=True, quiet=True, run_history=False, app_kwargs={"routes": drawing.routes()}
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)  # type: ignore[arg-type]
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(address)
        page.get_by_role("button", name="ours", exact=True).wait_for()
        spent = measured(page, chosen.rounds)
        local = {
            name: page.evaluate(LOCAL, [30, action])
            for name, action in (("head", HEAD), ("hover", HOVER), ("scrub", SCRUB))
        }
        browser.close()
    served.close()
    print(f"{chosen.layers} layers x {chosen.heads} heads x {len(KINDS)} kinds, {chosen.tokens} tokens")
    print("click to drawn, ms:  " + "  ".join(f"{name} {time:.0f}" for name, time in spent.items()))
    net = {name: spent[name] - spent["nothing"] for name in ("ours", "gr.Plot")}
    ratio = net["gr.Plot"] / net["ours"]
    print(f"without Gradio's own: ours {net['ours']:.0f}  gr.Plot {net['gr.Plot']:.0f}  ratio {ratio:.1f}")
    print("in the page, ms:     " + "  ".join(f"{name} {time:.1f}" for name, time in local.items()))
    print(
        f"payload, kB:          ours {size / 1000:.0f}"
        + (f"  BertViz {theirs / 1000:.0f}  ratio {theirs / size:.1f}" if theirs else "")
    )


if __name__ == "__main__":
    main()
