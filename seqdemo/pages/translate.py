"""The translate page: a sentence in, its translation out, and every head that took part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from seqdemo.bench.settings import OWN
from seqdemo.components.attention_view import AttentionView, translator_attention_payload
from seqdemo.components.edits_view import EditsView
from seqdemo.components.message_view import MessageView, message_payload
from seqdemo.components.order import answered, begins
from seqdemo.components.resources import when_asked
from seqdemo.components.steps_view import StepsView, steps_payload
from seqdemo.components.tree_view import TreeView, tree_payload
from seqdemo.figures.names import pair_name
from seqdemo.locales import strings, translate_key
from seqdemo.pages.editing import retold
from seqdemo.pages.examples import MOST_EXAMPLES, pair_examples
from seqdemo.pages.guard import guarded
from seqdemo.pages.link import Link
from seqdemo.pages.ticking import boxes, remembered, ticked
from seqdemo.pages.turns import Turns
from seqdemo.pages.typed import asking, box
from seqdemo.pages.words import KEPT, Drawn, Use, Words, say
from seqdemo.problems import Problem
from seqdemo.protocols import Retranslates, Translates
from seqdemo.records import PassageRecord, TranslationRecord
from seqdemo.serving.limits import READERS

BEAM = 5


def build_translate(
    lab: Translates, words: Words, language: Any, first: str, own: Callable[[], tuple[str, ...]] = tuple
) -> Drawn:
    """Lay out the page inside the present gr.Blocks. language: its component; first: language at first paint.

    own: examples for what the present visit trained itself, as pair OWN; none where it trained nothing.
    """
    pairs = lab.pairs()
    first_pair = next(iter(pairs))
    alone = list(pairs[first_pair][:1])  # one model fills a projector's first screen; the others are a tick away
    example = next(iter(pair_examples(first_pair)), "")

    def able_to(pair: str) -> tuple[str, ...]:
        """The models of a pair; of the visit's own, the one that it trained."""
        return lab.pairs().get(pair, ()) if pair == OWN else pairs.get(pair, ())

    def sentences_of(pair: str) -> tuple[str, ...]:
        return own() if pair == OWN else pair_examples(pair)

    def offered(language: str) -> list[tuple[str, str]]:
        """The pairs that there are for the present visit."""
        there = (*pairs, *([OWN] if able_to(OWN) else []))
        return [(pair_name(name, language), name) for name in there]

    with gr.Row(elem_classes="ask", equal_height=False):
        keys: dict[str, Any] = {
            "label": "page.translate.pair",
            "choices": offered,
        }
        pair = words.add(
            gr.Dropdown(value=first_pair, elem_id="pair", scale=2, min_width=190, **say(first, keys)), **keys
        )
        asks_for = _asks(first_pair, first)
        text = gr.Textbox(example, lines=1, max_lines=4, scale=7, min_width=240, **asks_for, **box("translate"))
        keys = {"label": "page.translate.beam"}
        beam = words.add(
            gr.Number(BEAM, precision=0, elem_id="beam", scale=0, min_width=90, **say(first, keys)),
            **keys,
        )
        keys = {"value": "page.translate.run"}
        run = words.add(
            gr.Button(variant="primary", scale=0, min_width=120, elem_classes="run", **say(first, keys)), **keys
        )
    with gr.Row(elem_classes="choose"):
        models = gr.CheckboxGroup(value=alone, elem_id="translators", min_width=200, **_boxes(pairs[first_pair], first))
        with gr.Row(elem_classes="presets"):
            keys = {"value": "page.examples"}
            words.add(gr.Markdown(elem_classes="caption", **say(first, keys)), **keys)
            presets = [gr.Button(size="sm", min_width=90, **one) for one in _offers(sentences_of(first_pair))]
    message = MessageView(elem_id="translate-message")
    keys = {"label": "page.translate.sentence"}
    sentence = words.add(  # shown where there are several: the views show one of them
        gr.Dropdown([(example, 0)], value=0, visible=False, elem_id="sentence", **say(first, keys)), **keys
    )
    steps = StepsView(elem_id="steps")
    with gr.Column(elem_id="section-edits", visible=isinstance(lab, Retranslates)):
        keys = {"value": "page.view.edits"}
        words.add(gr.Markdown(elem_classes="section", **say(first, keys)), **keys)
        edits = EditsView(elem_id="edits")
    with gr.Column(elem_id="section-tree") as branches:
        keys = {"value": "page.view.tree"}
        words.add(gr.Markdown(elem_classes="section", **say(first, keys)), **keys)
        tree = TreeView(elem_id="tree")
    with gr.Column(elem_id="section-heads") as section:
        keys = {"value": "page.view.heads"}
        words.add(gr.Markdown(elem_classes="section", **say(first, keys)), **keys)
        heads = AttentionView(elem_id="heads")

    def read(text: str, pair: str, models: Sequence[str], beam: int) -> tuple[PassageRecord, ...]:
        """One record for each chosen model that speaks this pair."""
        if not able_to(pair):
            return (lab.translate_passage(text, pair, None, beam),)  # the lab says which pairs there are
        chosen = ticked(able_to(pair), models, ())
        if not chosen:
            raise Problem("no_models")
        return tuple(lab.translate_passage(text, pair, name, beam) for name in chosen)

    def values(
        text: str, pair: str, models: Sequence[str], beam: int, number: int, line: str, language: str
    ) -> list[Any]:
        """What the page shows of one text, the sentence chosen and the changes in force, and then all of that."""
        found = guarded(lambda: read(text, pair, models, beam))
        if isinstance(found, Problem):
            hidden = [gr.update(visible=False), "", "", *[gr.update(visible=False), ""] * 2]
            now = (text[:KEPT], pair, models, beam, number, line)
            return [message_payload(problem=found, language=language), *hidden, now]
        sentences = [(f"{place + 1}. {one.text}", place) for place, one in enumerate(found[0].sentences)]
        number = number if number < len(sentences) else 0
        records = [passage.sentences[number] for passage in found]
        told = {passage.sentences[0].source.model: passage.all_notices for passage in found}
        asked: dict[str, Any] = {"language": language, "passage": found[0].text, "part": number + 1}
        change = retold(lab, records, line, **asked)
        records = change.shown
        grown = any(record.tree for record in records)
        return [
            message_payload(of_models=told, language=language),
            gr.update(choices=sentences, value=number, visible=len(sentences) > 1),
            change.view(steps_payload(records, translations=_wholes(found, records, number), **asked)),
            change.payload,
            gr.update(visible=grown),
            change.view(tree_payload(records, **asked)) if grown else "",
            gr.update(visible=True),
            change.view(translator_attention_payload(records, **asked)),
            (text[:KEPT], pair, models, beam, number, change.line),
        ]

    def clothes(pair: str, language: str) -> list[Any]:
        """What the page says of a pair: about its text box, its examples, and the models that it has."""
        offers = (gr.update(**one) for one in _offers(sentences_of(pair)))
        return [gr.update(**_asks(pair, language)), *offers, gr.update(**_boxes(able_to(pair), language))]

    def translate(
        text: str, pair: str, models: list[str], beam: int, asked: tuple[Any, ...], language: str, turn: Turns
    ) -> Any:
        question = (text, pair, remembered(models, asked[2], able_to(pair)), beam, 0, asked[5], language)
        return turn.ask(question, lambda: values(*question))

    def choose(number: int | None, asked: tuple[Any, ...], language: str, turn: Turns) -> Any:
        """Another sentence of the text that is on show."""
        text, pair, models, beam, _, line = asked
        return turn.change(lambda: values(text, pair, models, beam, number or 0, line, language)[2:])

    def change(asked: tuple[Any, ...], language: str, turn: Turns, event: gr.EventData) -> Any:
        """The same sentence with other changes."""
        text, pair, models, beam, number, _ = asked
        line = getattr(event, "line", "")
        kept = line if isinstance(line, str) else ""
        return turn.change(lambda: values(text, pair, models, beam, number, kept, language)[2:])

    def switch(pair: str, wanted: Sequence[str], language: str) -> list[Any]:
        label, *offers, choices = clothes(pair, language)
        able = able_to(pair)
        chosen = ticked(able, wanted, able[:1])
        return [{**label, "value": next(iter(sentences_of(pair)), "")}, *offers, {**choices, "value": chosen}]

    def render(*asked: Any) -> list[Any]:
        *_, language = asked
        return [*values(*asked)[:-1], *clothes(asked[1], language)]

    def follow(link: Link, shown: tuple[Any, ...]) -> tuple[tuple[Any, ...], list[Any], str]:
        """What a link asks for, else what is on show: (the question, updates of its controls, its text)."""
        pair = link.pair or shown[1]
        text = link.sentence or (next(iter(sentences_of(pair)), "") if pair != shown[1] else shown[0])
        able = able_to(pair)
        asked = link.translators or shown[2]
        chosen = ticked(able, asked, able[:1])
        wanted = remembered(chosen, asked, able)
        beam = link.beam or shown[3]
        number = link.part - 1 if link.part else (shown[4] if text == shown[0] else 0)
        return (
            (text, pair, wanted, beam, number, link.edits or ("" if link.sentence else shown[5])),
            [gr.update(value=pair), gr.update(value=chosen), gr.update(value=beam)],
            text,
        )

    now = (example, first_pair, alone, BEAM, 0, "")
    if example:  # a finished example at first paint
        _, _, steps.value, edits.value, _, tree.value, _, heads.value, _ = values(*now, first)
    turns = gr.State(Turns())
    shown = gr.State(now)
    drawn = [steps, edits, branches, tree, section, heads]
    outputs = [message, sentence, *drawn]
    dressed = [text, *presets, models]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    asked: dict[str, Any] = {
        "fn": translate,
        "inputs": [text, pair, models, beam, shown, language, turns],
        "outputs": [*outputs, shown],
        "js": asking("translate"),
        "trigger_mode": "always_last",  # quick changes: the last one is what the page shows
        "concurrency_limit": READERS,
        "concurrency_id": "translate",
        **quiet,
    }
    asks = answered(gr.on([run.click, text.submit, beam.input, models.input], **asked), "translate")
    again: dict[str, Any] = {"outputs": [*drawn, shown], "concurrency_limit": READERS, **quiet}
    begun: dict[str, Any] = {"js": begins("translate"), **quiet}
    part = sentence.input(choose, [sentence, shown, language, turns], concurrency_id="translate", **{**again, **begun})
    answered(part, "translate")
    when_asked(edits, change, [shown, language, turns], concurrency_id="translate", **again)
    other = pair.input(
        lambda pair, shown, language: switch(pair, shown[2], language), [pair, shown, language], dressed, **begun
    )
    for start in (other, *(one.click(lambda sentence: sentence, one, text, **begun) for one in presets)):
        answered(start.then(**asked | {"trigger_mode": "multiple"}), "translate")  # Turns tells a twin from a new one

    def use(language: str) -> list[Any]:
        """What was just trained: the choice of pairs, every model ticked, a sentence and the words around it."""
        return [gr.update(choices=offered(language), value=OWN), *switch(OWN, able_to(OWN), language)]

    made = Use(use, [pair, *dressed], asked)
    return Drawn([*outputs, *dressed], render, shown, [pair, models, beam], follow, text, made, asks)


def _wholes(found: Sequence[PassageRecord], shown: Sequence[TranslationRecord], number: int) -> list[str]:
    """The whole translation of each model, with the sentence that is on show as it is shown."""
    parts = [
        [*(one.translation for one in passage.sentences[:number]), record.translation]
        + [one.translation for one in passage.sentences[number + 1 :]]
        for passage, record in zip(found, shown, strict=True)
    ]
    return [passage.between.join(part) for passage, part in zip(found, parts, strict=True)]


def _asks(pair: str, language: str) -> dict[str, Any]:
    """Label of the text box: what its pair was trained on where we say so, else only the language."""
    own = f"page.translate.text.{pair}"
    if own in strings(language):
        return {"label": translate_key(language, own)}
    source = pair_name(pair, language).split(" → ")[0]
    return {"label": translate_key(language, "page.translate.text", language=source)}


def _boxes(able: Sequence[str], language: str) -> dict[str, Any]:
    return boxes(able, language, "page.translate.models")


def _offers(sentences: Sequence[str]) -> list[dict[str, Any]]:
    """As many settings as there are example buttons; a pair with fewer examples hides the rest."""
    sentences = sentences[:MOST_EXAMPLES]
    empty = MOST_EXAMPLES - len(sentences)
    return [*({"value": one, "visible": True} for one in sentences), *[{"value": "", "visible": False}] * empty]
