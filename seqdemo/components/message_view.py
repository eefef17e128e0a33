"""What the page has to tell the visitor: a problem (read out at once) or notices (read out when idle)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import gradio as gr

from seqdemo.components.resources import payload
from seqdemo.figures.names import model_name, pair_name
from seqdemo.locales import translate_key
from seqdemo.problems import Problem
from seqdemo.records import Notice

TEMPLATE = '<div class="problem" role="alert"></div><div role="status"><ul class="notices"></ul></div>'

STYLE = """
min-height: 4px;
.problem:not(:empty) { padding: 10px 14px; border-left: 4px solid #b91c1c; background: #fef2f2; color: #7f1d1d;
  border-radius: 4px; }
.notices { list-style: none; margin: 0; padding: 0; font-size: 0.92em; }
.notices li { padding: 4px 12px; border-left: 4px solid #a16207; background: #fefce8; color: #713f12; margin-top: 4px;
  border-radius: 4px; overflow-wrap: anywhere; }
.dark & .problem:not(:empty) { background: #450a0a; color: #fee2e2; }
.dark & .notices li { background: #422006; color: #fef9c3; }
"""

SCRIPT = """
function draw() {
  const value = props.value ? JSON.parse(props.value) : {problem: '', notices: []};
  element.querySelector('.problem').textContent = value.problem;
  element.querySelector('.notices').replaceChildren(...value.notices.map((words) => {
    const line = document.createElement('li');
    line.textContent = words;
    return line;
  }));
}
watch('value', draw);
draw();
"""


def message_payload(
    *,
    problem: Problem | None = None,
    notices: Sequence[Notice] = (),
    of_models: Mapping[str, Sequence[Notice]] | None = None,
    language: str,
) -> str:
    """What MessageView shows. of_models: what each model has to tell; what all tell is told once and of nobody."""
    said: dict[str, list[str]] = {}  # words -> who says so
    for model, told in (of_models or {}).items():
        for notice in told:
            said.setdefault(_in_words(notice, language), []).append(model_name(model, language))
    lines = [_in_words(notice, language) for notice in notices]
    for line, names in said.items():
        everybody = len(set(names)) == len(of_models or {})
        named = {"models": ", ".join(dict.fromkeys(names)), "words": line}
        lines.append(line if everybody else translate_key(language, "notice.of_models", **named))
    words = "" if problem is None else problem.message(language)
    return payload({"problem": words, "notices": list(dict.fromkeys(lines))})


def _in_words(notice: Notice, language: str) -> str:
    values = dict(notice.values)
    if "pair" in values:
        values["pair"] = pair_name(str(values["pair"]), language)
    return translate_key(language, f"notice.{notice.code}", **values)


def MessageView(value: str = "", *, elem_id: str | None = None) -> gr.HTML:  # noqa: N802 - reads like the component that it makes
    """Shows a `message_payload`; "" clears it."""
    return gr.HTML(
        value, html_template=TEMPLATE, css_template=STYLE, js_on_load=SCRIPT, apply_default_css=False, elem_id=elem_id
    )
