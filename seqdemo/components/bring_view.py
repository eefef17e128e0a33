"""A table from the visitor's disk, read in the browser and sent as one event: no upload, no file on the server."""

from __future__ import annotations

import gradio as gr

from seqdemo.components.resources import payload
from seqdemo.locales import translate_key

TEMPLATE = """<label class="seqdemo-bring"><span class="words"></span>
<input type="file" accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values"></label>
<p class="told" role="status"></p><button type="button" class="forget" hidden></button>"""

STYLE = """
display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: center; font-size: 14px;
.seqdemo-bring { display: inline-flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; }
.seqdemo-bring input { max-width: 100%; font: inherit; }
.told { margin: 0; flex: 1 1 260px; overflow-wrap: anywhere; }
.forget { border: 1px solid currentColor; border-radius: 6px; padding: 2px 10px; background: transparent;
  color: inherit; font: inherit; cursor: pointer; }
"""

SCRIPT = """
const input = element.querySelector('input');
const told = element.querySelector('.told');
const forget = element.querySelector('.forget');
let content = null;
function draw() {
  if (!props.value) return;
  content = JSON.parse(props.value);
  element.querySelector('.words').textContent = content.words;
  told.textContent = content.told;
  forget.textContent = content.forget;
  forget.hidden = !content.brought;
  if (!content.brought) input.value = '';
}
function encoded(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}
input.addEventListener('change', async () => {
  const file = input.files[0];
  if (!file) return;
  told.textContent = content.reading;
  const bytes = file.size > content.most ? null : new Uint8Array(await file.arrayBuffer());
  trigger('bring', bytes === null ? { size: file.size, data: '' } : { size: file.size, data: encoded(bytes) });
});
forget.addEventListener('click', () => trigger('forget', {}));
watch('value', draw);
draw();
"""


def bring_payload(told: str, *, brought: bool, bytes_: int, rows: int, language: str) -> str:
    """What BringView shows. told: what was found in the file, or what is wrong with it; brought: there are rows;
    bytes_, rows: the most that are taken."""
    return payload(
        {
            "words": translate_key(language, "page.train.bring", rows=f"{rows:,}", file=bytes_ // 1_000_000),
            "told": told,
            "brought": brought,
            "forget": translate_key(language, "page.train.forget"),
            "reading": translate_key(language, "page.train.reading"),
            "most": bytes_,
        }
    )


def BringView(value: str = "", *, elem_id: str | None = None) -> gr.HTML:  # noqa: N802 - reads like the component it makes
    """Shows a `bring_payload`. Events: bring ({size, data}, data in base64, "" where the file is too large), forget."""
    return gr.HTML(
        value, html_template=TEMPLATE, css_template=STYLE, js_on_load=SCRIPT, apply_default_css=False, elem_id=elem_id
    )
