"""Something to keep: bytes that come with an event and are saved by the browser; no address leads to them."""

from __future__ import annotations

import base64

import gradio as gr

from seqdemo.components.resources import payload

SCRIPT = """
function keep() {
  if (!props.value) return;
  const { name, kind, data } = JSON.parse(props.value);
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const anchor = document.createElement('a');
  anchor.href = URL.createObjectURL(new Blob([bytes], { type: kind }));
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 10000);
  props.value = '';
}
watch('value', keep);
"""


def keep_payload(name: str, kind: str, data: bytes) -> str:
    """What KeepView saves. name: of the file; kind: its media type."""
    return payload({"name": name, "kind": kind, "data": base64.b64encode(data).decode("ascii")})


def KeepView(*, elem_id: str | None = None) -> gr.HTML:  # noqa: N802 - reads like the component it makes
    """Saves each `keep_payload` that it is given; shows nothing."""
    return gr.HTML("", html_template="<span></span>", js_on_load=SCRIPT, apply_default_css=False, elem_id=elem_id)
