"""How soon are all heads on the screen, and how much travels? Our attention view, gr.Plot and BertViz, same weights.

    python -m tests.benchmarks.drawing_speed [--layers 4] [--heads 8] [--tokens 40] [--rounds 15] [--libraries DIR]

Click to drawn in Chromium, medians; views take turns in each round. "nothing" is the same click with an empty
answer: what Gradio itself takes. BertViz (pip install bertviz; left out where it is not installed) draws with libraries
from other sites: with `npm install --prefix DIR d3@5.7.0 jquery@2.1.1 requirejs@2.3.6` they come from DIR, and its own
HTML is put into a page and timed in the same way, without any Gradio; without DIR its size alone is compared.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
from dataclasses import replace
from itertools import count, cycle
from pathlib import Path
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
import torch
from playwright.sync_api import Browser, Page, Route, sync_playwright
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
LAYER = """const all = document.querySelectorAll('.seqdemo-thumbnail'), heads = HEADS;
all[(heads * turn) % all.length].click();"""
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


# What BertViz's page asks of another site -> the file of an npm package that is the same library.
LIBRARIES = {
    "require.min.js": "requirejs/require.js",
    "d3.min.js": "d3/dist/d3.min.js",
    "jquery.min.js": "jquery/dist/jquery.min.js",
}
# A button that puts BertViz's own HTML into the page, its script included.
BERTVIZ = """(html) => {
  const place = document.createElement("div");
  const button = document.createElement("button");
  button.textContent = "BertViz";
  button.addEventListener("click", () => {
    const made = new DOMParser().parseFromString(html, "text/html");
    const scripts = [...made.querySelectorAll("script")].map((one) => (one.remove(), one.textContent));
    place.replaceChildren(...made.body.childNodes);
    for (const text of scripts) place.append(Object.assign(document.createElement("script"), { textContent: text }));
  });
  document.body.append(button, place);
}"""


def bertviz_page(shown: TranslationRecord) -> str | None:
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
    html: str = page.data
    return html


def bertviz_measured(browser: Browser, html: str, libraries: Path, rounds: int) -> float:
    """Milliseconds from the click to drawn, median; its libraries have been fetched and run by then."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})

    def answer(route: Route) -> None:
        file = LIBRARIES.get(route.request.url.rpartition("/")[2])
        if file is None:
            route.fulfill(body="<!doctype html><body>", content_type="text/html")
        else:
            route.fulfill(path=libraries / "node_modules" / file, content_type="text/javascript")

    page.route("**/*", answer)
    page.goto("http://bertviz.test/")
    page.add_script_tag(url="https://cdnjs.cloudflare.com/ajax/libs/require.js/2.3.6/require.min.js")
    page.evaluate(BERTVIZ, html)
    times = [page.evaluate(CLICK, ["BertViz", 1500]) for _ in range(rounds + 1)]
    assert page.locator("svg").count(), "BertViz drew nothing"
    page.close()
    return statistics.median(times[1:])


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
    parser.add_argument("--libraries", type=Path, help="what BertViz fetches from other sites, installed by npm")
    chosen = parser.parse_args()
    shown = record(chosen.layers, chosen.heads, chosen.tokens)
    size = len(translator_attention_payload([shown], language="en").encode())
    html = bertviz_page(shown)
    theirs = 0 if html is None else len(html.encode())
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
            name: page.evaluate(LOCAL, [30, action.replace("HEADS", str(chosen.heads))])
            for name, action in (("layer", LAYER), ("head", HEAD), ("hover", HOVER), ("scrub", SCRUB))
        }
        peer = None
        if html is not None and chosen.libraries is not None:
            peer = bertviz_measured(browser, html, chosen.libraries, min(5, chosen.rounds))
        browser.close()
    served.close()
    print(f"{chosen.layers} layers x {chosen.heads} heads x {len(KINDS)} kinds, {chosen.tokens} tokens")
    print("click to drawn, ms:  " + "  ".join(f"{name} {time:.0f}" for name, time in spent.items()))
    net = {name: spent[name] - spent["nothing"] for name in ("ours", "gr.Plot")}
    ratio = net["gr.Plot"] / net["ours"]
    print(f"without Gradio's own: ours {net['ours']:.0f}  gr.Plot {net['gr.Plot']:.0f}  ratio {ratio:.1f}")
    if peer is not None:
        print(f"BertViz's own HTML, one layer of one kind drawn, no Gradio: {peer:.0f}")
    print("in the page, ms:     " + "  ".join(f"{name} {time:.1f}" for name, time in local.items()))
    print(
        f"payload, kB:          ours {size / 1000:.0f}"
        + (f"  BertViz {theirs / 1000:.0f}  ratio {theirs / size:.1f}" if theirs else "")
    )


if __name__ == "__main__":
    main()
