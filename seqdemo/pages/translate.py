"""The translate page: a sentence in, its translation out, and every head that took part."""

from __future__ import annotations

from typing import Any

import gradio as gr

from seqdemo.components.attention_view import AttentionView, attention_payload
from seqdemo.components.message_view import MessageView, message_payload
from seqdemo.components.steps_view import StepsView, steps_payload
from seqdemo.pages.guard import guarded
from seqdemo.pages.words import KEPT, Drawn, Words, say
from seqdemo.problems import Problem
from seqdemo.protocols import Translates

EXAMPLES = (
    "A little girl in a red dress is playing with a brown dog.",
    "Two men are sitting on a bench in front of a big house.",
    "A woman who is wearing a green hat rides her bicycle down the street.",
    "Children are playing football on the beach.",
)
BEAM = 5
MOST = 10  # beams on the slider; the lab's own limit holds on the server


def build_translate(lab: Translates, words: Words, language: Any, first: str) -> Drawn:
    """Lay out the page inside the present gr.Blocks. language: its component; first: language at first paint."""
    pairs = lab.pairs()
    pair_name = next(iter(pairs))
    model_name = pairs[pair_name][0]
    passage = lab.translate_passage(EXAMPLES[0], pair_name, model_name, BEAM)
    record = passage.sentences[0]

    with gr.Row(elem_classes="ask", equal_height=False):
        keys: dict[str, Any] = {"label": "page.translate.text", "placeholder": "page.translate.placeholder"}
        text = words.add(
            gr.Textbox(EXAMPLES[0], lines=1, max_lines=4, scale=5, min_width=240, **say(first, keys)), **keys
        )
        keys = {"value": "page.translate.run"}
        run = words.add(
            gr.Button(variant="primary", scale=0, min_width=150, elem_classes="run", **say(first, keys)), **keys
        )
    with gr.Row(elem_classes="choose"):
        keys = {"label": "page.translate.pair", "choices": tuple((f"page.pair.{name}", name) for name in pairs)}
        pair = words.add(gr.Dropdown(value=pair_name, scale=4, min_width=170, **say(first, keys)), **keys)
        keys = {
            "label": "page.translate.model",
            "choices": tuple((f"view.model.{name}", name) for name in dict.fromkeys(sum(pairs.values(), ()))),
        }
        model = words.add(gr.Dropdown(value=model_name, scale=3, min_width=150, **say(first, keys)), **keys)
        keys = {"label": "page.translate.beam", "info": "page.translate.beam.info"}
        beam = words.add(gr.Slider(1, MOST, value=BEAM, step=1, scale=5, min_width=220, **say(first, keys)), **keys)
        with gr.Column(scale=10, min_width=300):
            keys = {"value": "page.examples"}
            words.add(gr.Markdown(elem_classes="caption", **say(first, keys)), **keys)
            with gr.Row(elem_classes="presets"):
                presets = [gr.Button(sentence, size="sm", min_width=120) for sentence in EXAMPLES]
    message = MessageView(elem_id="translate-message")
    keys = {"label": "page.translate.sentence"}
    sentence = words.add(  # shown where there are several: the views show one of them
        gr.Dropdown([(EXAMPLES[0], 0)], value=0, visible=False, elem_id="sentence", **say(first, keys)), **keys
    )
    steps = StepsView(steps_payload(record, language=first), elem_id="steps")
    keys = {"value": "page.view.heads"}
    words.add(gr.Markdown(elem_classes="section", **say(first, keys)), **keys)
    heads = AttentionView(attention_payload(record.attention, language=first), elem_id="heads")
    shown = gr.State((EXAMPLES[0], pair_name, model_name, BEAM, 0))

    def values(text: str, pair: str, model: str, beam: int, number: int, language: str) -> list[Any]:
        """Message, choice of sentence, steps and attention for one text and the sentence chosen."""
        found = guarded(lambda: lab.translate_passage(text, pair, model, beam))
        if isinstance(found, Problem):
            hidden = [gr.update(visible=False), "", gr.update(value="", visible=False)]
            return [message_payload(problem=found, language=language), *hidden]
        sentences = [(f"{place + 1}. {one.text}", place) for place, one in enumerate(found.sentences)]
        number = number if number < len(sentences) else 0
        record = found.sentences[number]
        return [
            message_payload(notices=found.all_notices, language=language),
            gr.update(choices=sentences, value=number, visible=len(sentences) > 1),
            steps_payload(record, language=language, translation=found.translation),
            gr.update(value=attention_payload(record.attention, language=language), visible=bool(record.attention)),
        ]

    def translate(text: str, pair: str, model: str, beam: int, language: str) -> list[Any]:
        return [*values(text, pair, model, beam, 0, language), (text[:KEPT], pair, model, beam, 0)]

    def choose(number: int | None, asked: tuple[Any, ...], language: str) -> list[Any]:
        """Another sentence of the text that is on show."""
        text, pair, model, beam = asked[:4]
        return [*values(text, pair, model, beam, number or 0, language)[2:], (text, pair, model, beam, number or 0)]

    outputs = [message, sentence, steps, heads]
    asked: dict[str, Any] = {
        "fn": translate,
        "inputs": [text, pair, model, beam, language],
        "outputs": [*outputs, shown],
        "show_progress": "hidden",
        "trigger_mode": "always_last",  # quick changes: the last one is what the page shows
        "api_visibility": "private",
        "concurrency_limit": 4,
        "concurrency_id": "translate",
    }
    gr.on([run.click, text.submit, beam.release, model.input], **asked)
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_id": "translate"}
    sentence.input(choose, [sentence, shown, language], [steps, heads, shown], concurrency_limit=4, **quiet)
    for preset, example in zip(presets, EXAMPLES, strict=True):
        filled = preset.click(
            lambda example=example: example, None, text, show_progress="hidden", api_visibility="private"
        )
        filled.then(**asked)
    return Drawn(outputs, values, shown)
