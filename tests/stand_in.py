"""A lab of made-up records: tasks, pairs and models that do not ship, so that the page is tried with all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from seqdemo.problems import Problem
from seqdemo.records import AttributionRecord, ClassificationRecord, PassageRecord, Source, TranslationRecord
from tests.drawn_records import attention, classification, source, translation

TASKS = {"sentiment-en": ("rnn", "attention"), "topic-zh": ("gru", "newcomer")}
PAIRS = {"en-de": ("transformer", "gru-attention", "gru-plain"), "zh-en": ("gru-attention",)}


class StandIn:
    """Answers as a lab does, with numbers that mean nothing."""

    def tasks(self) -> dict[str, tuple[str, ...]]:
        return TASKS

    def pairs(self) -> dict[str, tuple[str, ...]]:
        return PAIRS

    def labels(self, task: str) -> tuple[str, ...]:
        return ("negative", "positive")

    def chosen_models(self, task: str, models: Sequence[str] | None = None) -> tuple[str, ...]:
        return tuple(name for name in TASKS[task] if models is None or name in models)

    def classify(self, text: str, task: str, models: Sequence[str] | None = None) -> tuple[ClassificationRecord, ...]:
        chosen = self.chosen_models(task, models)
        if not chosen:
            raise Problem("no_models")
        words = tuple(text.replace("，", "")) if task.endswith("zh") else tuple(text.split())
        made = [classification(name, words, seed=len(name), grid=name in ("attention", "newcomer")) for name in chosen]
        return tuple(replace(record, task=task, text=text) for record in made)

    def explain(self, text: str, task: str, model: str, method: str, label: str | None = None) -> AttributionRecord:
        raise NotImplementedError

    def translate(self, text: str, pair: str, model: str | None = None, beam: int = 5) -> TranslationRecord:
        model = model or PAIRS[pair][0]
        read = (*(tuple(text) if pair.startswith("zh") else tuple(f"▁{word}" for word in text.split())), "</s>")
        output = ("▁He", "▁has", "▁nev", "er", "▁read", "</s>") if pair == "zh-en" else ("▁Der", "▁Hund", "</s>")
        if model == "gru-plain":
            output = (output[0], "▁kleine", *output[1:])
        made = translation(output)
        grids = {
            "transformer": ("encoder_self", "decoder_self", "cross"),
            "gru-attention": ("cross",),
        }.get(model, ())
        axes = {
            "encoder_self": (read, read),
            "decoder_self": (output, made.input_tokens),
            "cross": (output, read),
        }
        size = (2, 3) if model == "transformer" else (1, 1)
        kinds = tuple(attention(kind, *axes[kind], layers=size[0], heads=size[1]) for kind in grids)
        return replace(made, text=text, pair=pair, beam=beam, source_tokens=read, attention=kinds, source=source(model))

    def translate_passage(self, text: str, pair: str, model: str | None = None, beam: int = 5) -> PassageRecord:
        return PassageRecord(text, pair, (self.translate(text, pair, model, beam),), " ")

    def translate_lines(
        self, lines: Sequence[str], pair: str, model: str | None = None, beam: int = 5, batch: int = 32
    ) -> list[str]:
        return list(lines)

    def sources(self) -> tuple[Source, ...]:
        return (source("rnn"), source("transformer"))

    def device(self) -> str:
        return "cpu"
