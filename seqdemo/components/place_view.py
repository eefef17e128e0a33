"""Where a class stands in a lesson: a line that is read out when it changes, and a bar."""

from __future__ import annotations

import gradio as gr

from seqdemo.components.resources import payload

TEMPLATE = '<p role="status"></p><progress></progress>'

STYLE = """
display: flex; gap: 10px; align-items: center; flex-wrap: wrap; font-size: 14px;
p { margin: 0; }
progress { flex: 1 1 120px; height: 8px; accent-color: #2563eb; }
"""

SCRIPT = """
function draw() {
  if (!props.value) return;
  const value = JSON.parse(props.value);
  element.querySelector('p').textContent = value.words;
  const bar = element.querySelector('progress');
  bar.max = value.places;
  bar.value = value.place;
  bar.setAttribute('aria-label', value.words);
}
watch('value', draw);
draw();
"""


def place_payload(words: str, place: int, places: int) -> str:
    """What PlaceView shows. words: e.g. "Step 3 of 8"; place is counted from 1."""
    return payload({"words": words, "place": place, "places": places})


def PlaceView(value: str = "", *, elem_id: str | None = None) -> gr.HTML:  # noqa: N802 - reads like the component it makes
    """Shows a `place_payload`."""
    return gr.HTML(
        value, html_template=TEMPLATE, css_template=STYLE, js_on_load=SCRIPT, apply_default_css=False, elem_id=elem_id
    )
