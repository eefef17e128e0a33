"""The page on which a visitor trains a network: choose, start, look on, stop; then use it, or take it home."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any, NamedTuple

import gradio as gr

from seqdemo.bench.rows import Rows, read_rows
from seqdemo.bench.settings import MODELS, MOST_EPOCHS, MOST_SEED, OWN, RATES, SAMPLES, WIDTHS, Settings
from seqdemo.bench.training import Moment
from seqdemo.bench.visits import Bench
from seqdemo.components.bring_view import BringView, bring_payload
from seqdemo.components.keep_view import KeepView, keep_payload
from seqdemo.components.message_view import MessageView, message_payload
from seqdemo.components.train_view import TrainView
from seqdemo.figures.names import label_name, model_name
from seqdemo.locales import translate_key
from seqdemo.pages.guard import guarded
from seqdemo.pages.link import Link
from seqdemo.pages.own import who_asks
from seqdemo.pages.train_payload import train_payload
from seqdemo.pages.words import Drawn, Words, choices, say
from seqdemo.problems import Problem
from seqdemo.serving.limits import MAX_FILE, MAX_ROWS, TRAINING_SECONDS, VISIT_SECONDS

EVERY = 0.4  # seconds between two looks at a training
FIELDS = ("model", "data", "width", "epochs", "rate", "seed")


class TrainPage(NamedTuple):
    """The page as drawn, and the buttons that lead into other pages."""

    drawn: Drawn
    classify: Any  # button "use it in Classify"
    translate: Any


def build_train(bench: Bench, words: Words, language: Any, first: str) -> TrainPage:
    """Lay out the page inside the present gr.Blocks. language: its component; first: language at first paint."""
    now = Settings()
    keys: dict[str, Any] = {"value": _about}
    words.add(gr.Markdown(elem_id="train-about", **say(first, keys)), **keys)
    with gr.Row(elem_classes="train-settings", equal_height=False):
        inputs = _settings(now, words, first)
    bring = BringView(_bring("", brought=False, language=first), elem_id="bring")
    with gr.Row(elem_classes="train-keys"):
        start = _button("start", words, first, variant="primary")
        pause = _button("pause", words, first, interactive=False)
        stop = _button("stop", words, first, interactive=False)
        classify = _button("useClassify", words, first, visible=False)
        translate = _button("useTranslate", words, first, visible=False)
        keep = _button("keep", words, first, visible=False)
    message = MessageView(elem_id="train-message")
    progress = TrainView(train_payload(None, now, (), language=first), elem_id="training")
    kept = KeepView(elem_id="train-kept")
    shown = gr.State((tuple(asdict(now).values()),))
    state = [progress, start, pause, stop, classify, translate, keep]

    def drawn(chosen: Settings, language: str) -> list[Any]:
        """A value for each of `state`, as the visit stands now."""
        who = who_asks()
        moment = bench.moment(who) if who else None
        running = moment is not None and not moment.over
        visit = bench.trained(who) if who else None
        settings, rows = (visit.settings, visit.rows) if visit else (chosen, None)
        labels = rows.labels if rows else ()
        going = running and moment is not None and moment.stage in ("training", "paused")
        paused = moment is not None and moment.stage == "paused"
        done = moment is not None and moment.stage == "done"
        word = translate_key(language, "page.train.go" if paused else "page.train.pause")
        return [
            train_payload(moment, settings, labels, language=language),
            gr.update(interactive=not running),
            gr.update(value=word, interactive=going),
            gr.update(interactive=running),
            gr.update(visible=done and bool(labels)),
            gr.update(visible=done and not labels),
            gr.update(visible=done),
        ]

    def told(problem: Problem | None, language: str, rows: Rows | None = None) -> str:
        return message_payload(problem=problem, notices=rows.notices if rows else (), language=language)

    def look(shown: tuple[Any, ...], language: str) -> list[Any]:
        return drawn(_settings_of(shown[0]) or now, language)

    async def run(*asked: Any) -> AsyncIterator[list[Any]]:
        """Start, then tell how it goes until it is over. The visit's language may change on the way."""
        *values, language = asked
        who = who_asks()
        settings = _settings_of(tuple(values))

        def begin() -> None:
            if settings is None:
                raise Problem("bench_settings", came=", ".join(str(value)[:12] for value in values))
            if not who:
                raise Problem("bench_no_visit")
            bench.start(who, settings)
            bench.speak(who, language)

        found = await asyncio.to_thread(guarded, begin)
        if isinstance(found, Problem) or settings is None:
            yield [told(found, language), *[gr.skip()] * len(state), gr.skip()]
            return
        before: Moment | None = None
        while True:
            moment = bench.moment(who)
            if moment is None:
                return
            if moment is not before:
                yield [told(None, language), *drawn(settings, bench.spoken(who)), (tuple(asdict(settings).values()),)]
            if moment.over:
                return
            before = moment
            await asyncio.sleep(EVERY)

    def halt(shown: tuple[Any, ...], language: str) -> list[Any]:
        bench.say(who_asks(), "stop")
        return look(shown, language)

    def rest(shown: tuple[Any, ...], language: str) -> None:
        moment = bench.moment(who_asks())
        if moment is not None:
            bench.say(who_asks(), "go" if moment.stage == "paused" else "pause")

    def take(event: gr.EventData, language: str) -> list[Any]:
        """Read the visitor's table."""
        found = guarded(lambda: _brought(bench, event))
        if isinstance(found, Problem):
            return [_bring("", brought=False, language=language), told(found, language), gr.skip(), gr.skip()]
        model = "gru" if found.kind == "classifier" else "transformer"
        return [
            _bring(_in_words(found, language), brought=True, language=language),
            told(None, language, found),
            gr.update(value=OWN),
            gr.update(value=model),
        ]

    def forget(language: str) -> list[Any]:
        found = guarded(lambda: bench.bring(who_asks(), None))
        problem = found if isinstance(found, Problem) else None
        if problem is not None:
            return [gr.skip(), told(problem, language), gr.skip()]
        return [_bring("", brought=False, language=language), told(None, language), gr.update(value=SAMPLES[0])]

    def suits(model: str, data: str) -> Any:
        """A sample that the model can learn from, where the chosen one is of the other kind."""
        if data == OWN:
            return gr.skip()
        wants = ("en-zh", "en-de") if model == "transformer" else ("requests-en", "requests-zh")
        return gr.skip() if data in wants else gr.update(value=wants[0])

    def pack(language: str) -> list[Any]:
        def packed() -> str:
            training = bench.trained(who_asks())
            if training is None or not training.packed:
                raise Problem("bench_gone")
            return keep_payload(f"{training.moment.name}.zip", "application/zip", training.packed)

        found = guarded(packed)
        if isinstance(found, Problem):
            return ["", told(found, language)]
        return [found, told(None, language)]

    def render(values: tuple[Any, ...], language: str) -> list[Any]:
        who = who_asks()
        rows = bench.rows(who) if who else None
        if who:
            bench.speak(who, language)
        found = _in_words(rows, language) if rows else ""
        return [
            told(None, language, rows),
            _bring(found, brought=rows is not None, language=language),
            *drawn(_settings_of(values) or now, language),
        ]

    def follow(link: Link, shown: tuple[Any, ...]) -> tuple[tuple[Any, ...], list[Any], str]:
        """The settings of a link, else those on show."""
        old = dict(zip(FIELDS, shown[0], strict=True))
        new = {
            "model": link.train, "data": link.sample, "width": link.width, "epochs": link.epochs,
            "rate": link.rate, "seed": link.seed,
        }  # fmt: skip
        chosen = {name: old[name] if new[name] is None else new[name] for name in FIELDS}
        return (tuple(chosen.values()),), [gr.update(value=value) for value in chosen.values()], ""

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    few: dict[str, Any] = {"concurrency_limit": 4, "concurrency_id": "bench", **quiet}
    model, data = inputs[:2]
    start.click(run, [*inputs, language], [message, *state, shown], concurrency_limit=None, **quiet)
    stop.click(halt, [shown, language], state, **few)
    pause.click(rest, [shown, language], None, **few)
    bring.bring(take, [language], [bring, message, data, model], **few)
    bring.forget(forget, [language], [bring, message, data], **few)
    model.input(suits, [model, data], data, **few)
    keep.click(pack, [language], [kept, message], **few)
    made = Drawn([message, bring, *state], render, shown, inputs, follow, None)
    return TrainPage(made, classify, translate)


def _bring(told: str, *, brought: bool, language: str) -> str:
    return bring_payload(told, brought=brought, bytes_=MAX_FILE, rows=MAX_ROWS, language=language)


def _about(language: str) -> str:
    return translate_key(language, "page.train.about", seconds=TRAINING_SECONDS, minutes=VISIT_SECONDS // 60)


def _button(name: str, words: Words, first: str, **more: Any) -> Any:
    keys: dict[str, Any] = {"value": f"page.train.{name}"}
    button = gr.Button(size="sm", min_width=90, elem_id=f"train-{name}", **more, **say(first, keys))
    return words.add(button, **keys)


def _settings(now: Settings, words: Words, first: str) -> list[Any]:
    """A control for each of FIELDS, in their order."""
    tables: dict[str, tuple[Any, ...]] = {
        "model": choices(MODELS, model_name),
        "data": tuple((f"page.train.data.{name}", name) for name in (*SAMPLES, OWN)),
    }
    made = []
    for name in FIELDS:
        keys: dict[str, Any] = {"label": f"page.train.{name}"}
        given: dict[str, Any] = {
            "elem_id": f"train-{name}",
            "value": getattr(now, name),
            "min_width": 230 if name == "data" else 120,
        }
        if name in tables:
            keys["choices"] = tables[name]
            one: Any = gr.Dropdown(**given, scale=3, **say(first, keys))
        elif name in ("width", "rate"):
            plain = [(f"{value:g}", value) for value in (WIDTHS if name == "width" else RATES)]
            one = gr.Dropdown(plain, **given, scale=1, **say(first, keys))
        else:
            most = MOST_EPOCHS if name == "epochs" else MOST_SEED
            least = 1 if name == "epochs" else 0
            one = gr.Number(**given, precision=0, minimum=least, maximum=most, scale=1, **say(first, keys))
        made.append(words.add(one, **keys))
    return made


def _settings_of(values: tuple[Any, ...]) -> Settings | None:
    """What the controls say; None for what cannot be chosen."""
    try:
        return Settings(**dict(zip(FIELDS, values, strict=True)))
    except (ValueError, TypeError):
        return None


def _brought(bench: Bench, event: gr.EventData) -> Rows:
    """The rows of a file that came with an event. Raises Problem."""
    who, sent = who_asks(), getattr(event, "_data", None)
    if not who:
        raise Problem("bench_no_visit")
    size, data = (sent.get("size"), sent.get("data")) if isinstance(sent, dict) else (None, None)
    if not isinstance(data, str) or not isinstance(size, int):
        raise Problem("bad_inputs")
    if size > MAX_FILE:
        raise Problem("bench_file_large", came=f"{size / 1e6:.1f}", most=f"{MAX_FILE / 1e6:g}")
    try:
        rows = read_rows(base64.b64decode(data, validate=True))
    except binascii.Error:
        raise Problem("bad_inputs") from None
    bench.bring(who, rows)
    return rows


def _in_words(rows: Rows, language: str) -> str:
    """What was found in a table."""
    parts: dict[str, str | int] = {name: len(some) for name, some in rows.parts.items()}
    if rows.labels:
        shown = ", ".join(label_name(label, language) for label in rows.labels)
        return translate_key(language, "page.train.labelled", labels=shown, classes=len(rows.labels), **parts)
    said = [translate_key(language, f"language.{code}") for code in rows.languages]
    return translate_key(language, "page.train.pairs", source=said[0], target=said[1], **parts)
