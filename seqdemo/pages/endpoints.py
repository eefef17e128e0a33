"""The endpoints for programs: the same records as the page, as JSON.

from gradio_client import Client
Client("http://127.0.0.1:7860").predict("A fine film.", "sentiment-en", "lstm", api_name="/classify")
"""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.context import LocalContext

from seqdemo.locales import LANGUAGES, translate_key
from seqdemo.pages.guard import guarded
from seqdemo.pages.heard import language_of
from seqdemo.problems import Problem
from seqdemo.protocols import Lab
from seqdemo.records import to_json
from seqdemo.serving.limits import LONG, READERS, WORKERS
from seqdemo.text.named_words import named_words


def add_endpoints(lab: Lab) -> None:
    """Add the endpoints to the present gr.Blocks; they stand on the API page with these docstrings."""

    def classify(text: str, task: str = "sentiment-en", model: str = "lstm") -> dict[str, Any]:
        """Read one text with one classifier.

        Answers an object: text, task, labels, words, tokens (as the model reads them), track (class
        probabilities after each word), trajectory, gates, attention (null if the model has none), source (which
        checkpoint) and notices. Arrays are {"dtype", "shape", "base64"}: little-endian, C order.
        """
        return _answer(lambda: lab.classify(_text(text), _text(task), [_text(model)])[0])

    def translate(text: str, pair: str = "en-de", model: str = "transformer", beam: int = 5) -> dict[str, Any]:
        """Translate one text.

        Answers an object: translation, source_tokens, input_tokens, output_tokens, steps (each written token
        with its probability and the top alternatives), log_probability, attention (encoder_self, decoder_self,
        cross: weights [layer, head, query, key]), source (which checkpoint) and notices. Arrays as in /classify.
        """
        return _answer(lambda: lab.translate(_text(text), _text(pair), _text(model), beam))

    def explain(
        text: str, task: str = "sentiment-en", model: str = "lstm", method: str = "occlusion"
    ) -> dict[str, Any]:
        """Ask which words the answer rests on.

        Answers an object: label, words, values (one a word), score, baseline, source and notices. method:
        gradient_times_input, integrated_gradients, occlusion or, for a recurrent model, gradient_river (lengths of the
        gradient at each state) and gradient_river_words (at each word's vector).
        """
        return _answer(lambda: lab.explain(_text(text), _text(task), _text(model), _text(method)))

    def faithfulness(text: str, task: str = "sentiment-en", model: str = "lstm") -> dict[str, Any]:
        """Put every explanation of one text to the test by taking its words away.

        Answers an object: label, words, probability and curves, one a method and one for random orders: values (one a
        word), order, deletion and insertion [time + 1], comprehensiveness, sufficiency, each with its deviation.
        """
        return _answer(lambda: lab.faithfulness(_text(text), _text(task), _text(model)))

    def attention_explanation(text: str, task: str = "sentiment-en", model: str = "bilstm-attention") -> dict[str, Any]:
        """Ask whether other attention weights give the same answer.

        Answers an object: words, trials (own, uniform, shuffled, adversarial: weights, probabilities, distance,
        change), correlations, and verdict and corpus: keys and values of sentences in the app's locale files.
        """
        return _answer(lambda: lab.attention_explanation(_text(text), _text(task), _text(model)))

    def units(task: str = "sentiment-en", model: str = "lstm", words: str = "not,never,no") -> dict[str, Any]:
        """Rank the hidden units of a recurrent model by how well they tell words, parted by commas, from other words.

        Answers an object: units and random (drawn at random, as a control), each with unit, area (under the ROC curve)
        and separation, and chance (the best separation where words are shuffled). No words: the last class instead.
        Units are counted from 0, as in /unit; the page shows one more.
        """
        return _answer(lambda: lab.units(_text(task), _text(model), words=_words(words)))

    def unit(
        text: str, task: str = "sentiment-en", model: str = "lstm", number: int = 0, held: float | None = None
    ) -> dict[str, Any]:
        """Look at one hidden unit of a recurrent model. number: counted from 0; the page shows one more.

        Answers an object: words, values (the unit after each word), highest and lowest (sentences in which it stands
        out), track, and held_track where `held` is a number from -1 to 1 that the unit is held at.
        """
        return _answer(lambda: lab.unit(_text(text), _text(task), _text(model), number, held))

    def show_sum(asked: dict[str, Any], language: str = "en") -> dict[str, Any]:
        """Do a number of the page again.

        asked: checkpoint, sort (attention, gate, class or token), text, and a place: SumAsked in seqdemo/evidence.py.
        Answers an object: value, lines (what is done, and the formula with its numbers), snippet, brick.
        """
        language = language if isinstance(language, str) and language in LANGUAGES else "en"
        answer = _answer(lambda: lab.show_sum(asked), language)
        answer["lines"] = [[translate_key(language, f"sum.line.{key}"), formula] for key, formula in answer["lines"]]
        return answer

    def brick_source(brick: str = "lstm") -> dict[str, Any]:
        """The file that a brick is written in. Answers an object: file (its path in the package) and text."""
        return _answer(lambda: dict(zip(("file", "text"), lab.brick_source(_text(brick)), strict=True)))

    limits: dict[str, Any] = {"concurrency_limit": WORKERS}
    together: dict[str, Any] = {"concurrency_limit": READERS}  # of the whole group, page and endpoint
    gr.api(classify, api_name="classify", concurrency_id="classify", **together)
    for name, probe in (("explain", explain), ("units", units), ("unit", unit)):
        gr.api(probe, api_name=name, concurrency_id="probe", **limits)
    for name, test in (("faithfulness", faithfulness), ("attention_explanation", attention_explanation)):
        gr.api(test, api_name=name, concurrency_id="long", concurrency_limit=LONG)
    for name, shows in (("sum", show_sum), ("brick", brick_source)):
        gr.api(shows, api_name=name, concurrency_id="sum", **limits)
    gr.api(translate, api_name="translate", concurrency_id="translate", **together)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Problem("not_text", came=type(value).__name__)
    return value


def _words(value: Any) -> list[str]:
    return named_words(value) if _text(value).strip() else []


def _answer(work: Any, language: str | None = None) -> dict[str, Any]:
    """What a program gets. Problems are told in `language`, else in that of its request."""
    found = guarded(work)
    if isinstance(found, Problem):
        language = language or language_of(LocalContext.request.get(None))
        raise gr.Error(found.message(language), print_exception=False)
    answer: dict[str, Any] = to_json(found)
    return answer
