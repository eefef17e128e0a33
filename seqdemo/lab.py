"""The lab: text -> tensors -> record. The only door between the pages and the models.

Holds the open checkpoints, the device and the limits. Nothing about a visitor survives a call, so
any number of threads may use one lab.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from seqdemo import checkpoint
from seqdemo.checkpoint import Checkpoint
from seqdemo.classifying import classified, read_text
from seqdemo.decoding.batch import search, translate_ids
from seqdemo.evidence import AttentionExplanationRecord, FaithfulnessRecord, UnitRankingRecord, UnitRecord
from seqdemo.explaining import attention_explained, explained, faithfulness_of, methods_of
from seqdemo.microscope import ranked_by_label, ranked_by_words, unit_seen
from seqdemo.models import CLASSIFIERS, TRANSLATORS
from seqdemo.models.recurrent_classifier import RecurrentClassifier
from seqdemo.probes.attention_explanation import can_be_asked
from seqdemo.problems import CheckpointProblem, Problem
from seqdemo.records import (
    AttentionGrid,
    AttributionRecord,
    Candidate,
    ClassificationRecord,
    DecodingStep,
    Floats,
    Notice,
    Source,
    TranslationRecord,
)
from seqdemo.scoring.headline import headline
from seqdemo.text import limits
from seqdemo.text.subwords import END, START, Subwords
from seqdemo.text.unknown import unseen_words
from seqdemo.text.words import split_words

CANDIDATES = 5  # alternatives shown at each step
SERVED = (
    "sentiment-en",
    "sentiment-zh",
    "question-en",
    "topic-zh",
    "en-de",
    "de-en",
    "en-zh",
    "zh-en",
)  # in this order


def choose_device(wanted: str) -> torch.device:
    """ "auto", "cpu" or "cuda" -> a device. Raises Problem where CUDA is asked for and there is none."""
    if wanted == "cuda" and not torch.cuda.is_available():
        raise Problem("no_cuda")
    return torch.device("cuda" if wanted != "cpu" and torch.cuda.is_available() else "cpu")


def device_in_words(device: torch.device) -> str:
    """E.g. "cpu (2 threads)" or "cuda (NVIDIA H100)"."""
    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    return f"cpu ({torch.get_num_threads()} threads)"


@dataclass(frozen=True)
class TorchLab:
    """Open checkpoints on one device. Implements `seqdemo.protocols.Lab`."""

    on: torch.device
    classifiers: dict[tuple[str, str], Checkpoint]  # (task, model) -> checkpoint, in the order of the tables
    translators: dict[tuple[str, str], Checkpoint]  # (pair, model)
    problems: tuple[CheckpointProblem, ...] = ()  # folders that could not be opened

    # -- what there is ---------------------------------------------------------------------------------

    def tasks(self) -> dict[str, tuple[str, ...]]:
        return _models_by_first(self.classifiers)

    def pairs(self) -> dict[str, tuple[str, ...]]:
        return _models_by_first(self.translators)

    def chosen_models(self, task: str, models: Sequence[str] | None = None) -> tuple[str, ...]:
        if models is not None and not models:
            raise Problem("no_models")
        return _choose(self.tasks(), task, models, "unknown_task", "task")

    def labels(self, task: str) -> tuple[str, ...]:
        return self.classifiers[task, self.chosen_models(task)[0]].config.labels

    def sources(self) -> tuple[Source, ...]:
        return tuple(self._source(opened) for opened in (*self.classifiers.values(), *self.translators.values()))

    def device(self) -> str:
        return device_in_words(self.on)

    def _source(self, opened: Checkpoint) -> Source:
        config = opened.config
        return Source(
            checkpoint=config.name,
            model=config.model,
            parameters=opened.parameters,
            sha256=opened.sha256,
            seed=int(config.training.get("seed", 0)),
            data=str(config.training.get("corpus", "")),
            device=self.device(),
            scores=headline(opened.scores),
        )

    # -- classify --------------------------------------------------------------------------------------

    def classify(self, text: str, task: str, models: Sequence[str] | None = None) -> tuple[ClassificationRecord, ...]:
        chosen = [self.classifiers[task, model] for model in self.chosen_models(task, models)]
        reading = read_text(text, task)
        return tuple(classified(reading, opened, self._source(opened)) for opened in chosen)

    # -- explain ---------------------------------------------------------------------------------------

    def explain(self, text: str, task: str, model: str, method: str, label: str | None = None) -> AttributionRecord:
        opened = self._classifier(task, model)
        return explained(read_text(text, task), opened, self._source(opened), method, label)

    def questions(self, task: str) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for model in self.chosen_models(task):
            opened = self.classifiers[task, model]
            more = (("attention_explanation", can_be_asked), ("unit", _has_units))
            able = (name for name, can in more if can(opened.network))
            found[model] = (*methods_of(opened), "faithfulness", *able)
        return found

    def faithfulness(self, text: str, task: str, model: str, label: str | None = None) -> FaithfulnessRecord:
        opened = self._classifier(task, model)
        return faithfulness_of(read_text(text, task), opened, self._source(opened), label)

    def attention_explanation(self, text: str, task: str, model: str) -> AttentionExplanationRecord:
        opened = self._classifier(task, model)
        return attention_explained(read_text(text, task), opened, self._source(opened), self._able(task, can_be_asked))

    def units(self, task: str, model: str, *, label: str | None = None, words: Sequence[str] = ()) -> UnitRankingRecord:
        opened = self._with_units(task, model)
        if words:
            return ranked_by_words(opened, self._source(opened), words)
        return ranked_by_label(opened, self._source(opened), label or opened.config.labels[-1])

    def unit(self, text: str, task: str, model: str, unit: int, held: float | None = None) -> UnitRecord:
        opened = self._with_units(task, model)
        return unit_seen(read_text(text, task), opened, self._source(opened), unit, held)

    def _with_units(self, task: str, model: str) -> Checkpoint:
        """A recurrent classifier. Raises Problem for another one."""
        opened = self._classifier(task, model)
        if not _has_units(opened.network):
            raise Problem("no_units", model=model, known=", ".join(self._able(task, _has_units)) or "-")
        return opened

    def _able(self, task: str, can: Callable[[Any], bool]) -> tuple[str, ...]:
        """The models of a task whose network can be asked something."""
        return tuple(model for model in self.tasks()[task] if can(self.classifiers[task, model].network))

    def _classifier(self, task: str, model: str) -> Checkpoint:
        return self.classifiers[task, self.chosen_models(task, [model])[0]]

    # -- translate -------------------------------------------------------------------------------------

    def translate(self, text: str, pair: str, model: str | None = None, beam: int = 5) -> TranslationRecord:
        opened = self._translator(pair, model, beam)
        subwords = opened.tokenizer
        assert isinstance(subwords, Subwords)
        text, notices = limits.clean(text)
        limits.require_script(text, pair.split("-")[0])
        ids = subwords.encode(text)
        if len(ids) > limits.MAX_SUBWORDS:
            notices = (*notices, Notice("cut_subwords", {"limit": limits.MAX_SUBWORDS, "came": len(ids)}))
            ids = ids[: limits.MAX_SUBWORDS]
        unknown = subwords.unknown_pieces(text)
        if unknown:
            notices = (*notices, Notice("unknown_pieces", {"pieces": " ".join(unknown[:5])}))
        words = split_words(text, pair.split("-")[0])
        seen = [word.lower() in opened.source_words for word in words]
        return self._translate(text, ids, pair, beam, opened, (*notices, *unseen_words(words, seen)))

    @torch.inference_mode()
    def _translate(
        self, text: str, ids: list[int], pair: str, beam: int, opened: Checkpoint, notices: tuple[Notice, ...]
    ) -> TranslationRecord:
        subwords, network = opened.tokenizer, _network(opened)
        assert isinstance(subwords, Subwords)
        found = search(network, [ids], beam=beam).hypotheses[0][0]
        if not found.ended:
            notices = (*notices, Notice("no_end", {"limit": len(found.ids)}))
        # The search kept only scores; one pass over the finished sentence shows every head of every layer.
        outputs = [*found.ids, END] if found.ended else list(found.ids)
        inputs = [START, *outputs[:-1]]
        encoded = network.encode(torch.tensor([[*ids, END]], device=self.on))
        decoded = network.decode(encoded, torch.tensor([inputs], device=self.on))
        log_probabilities = decoded.logits[0].float().log_softmax(dim=-1)  # [step, vocab]
        written = log_probabilities.gather(1, torch.tensor(outputs, device=self.on)[:, None])[:, 0]
        top, top_ids = log_probabilities.topk(CANDIDATES, dim=-1)
        source_tokens, input_tokens = subwords.tokens([*ids, END]), subwords.tokens(inputs)
        output_tokens = subwords.tokens(outputs)
        steps = tuple(
            DecodingStep(
                token=output_tokens[step],
                probability=float(written[step].exp()),
                candidates=tuple(
                    Candidate(token, float(log.exp()))
                    for token, log in zip(subwords.tokens(top_ids[step].tolist()), top[step], strict=True)
                ),
            )
            for step in range(len(outputs))
        )
        grids = (
            ("encoder_self", source_tokens, source_tokens, encoded.self_weights),
            ("decoder_self", output_tokens, input_tokens, decoded.self_weights),
            ("cross", output_tokens, source_tokens, decoded.cross_weights),
        )
        return TranslationRecord(
            text=text,
            pair=pair,
            beam=beam,
            translation=subwords.decode(list(found.ids)),
            source_tokens=source_tokens,
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            steps=steps,
            log_probability=float(written.sum()),
            attention=tuple(
                AttentionGrid(kind, rows, columns, _array(torch.stack(weights)[:, 0]))
                for kind, rows, columns, weights in grids
                if weights
            ),
            source=self._source(opened),
            notices=notices,
        )

    def translate_lines(
        self, lines: Sequence[str], pair: str, model: str | None = None, beam: int = 5, batch: int = 32
    ) -> list[str]:
        opened = self._translator(pair, model, beam)
        if not 1 <= batch <= limits.MAX_BATCH:
            raise Problem("bad_batch", most=limits.MAX_BATCH, came=batch)
        subwords = opened.tokenizer
        assert isinstance(subwords, Subwords)
        results = [line.strip() for line in lines]  # a line with nothing to translate stays as it is
        sources, places = [], []
        for place, line in enumerate(lines):
            try:
                text, _ = limits.clean(line)
                limits.require_script(text, pair.split("-")[0])
            except Problem:
                continue
            ids = subwords.encode(text)[: limits.MAX_SUBWORDS]
            if ids:
                sources.append(ids)
                places.append(place)
        for place, written in zip(
            places, translate_ids(_network(opened), sources, beam=beam, batch=batch), strict=True
        ):
            results[place] = subwords.decode(written)
        return results

    def _translator(self, pair: str, model: str | None, beam: int) -> Checkpoint:
        if isinstance(beam, bool) or not isinstance(beam, int) or not 1 <= beam <= limits.MAX_BEAM:
            raise Problem("bad_beam", most=limits.MAX_BEAM, came=str(beam)[:20])
        models = _choose(self.pairs(), pair, None if model is None else [model], "unknown_pair", "pair")
        return self.translators[pair, models[0]]


def open_lab(folder: Path, device: str = "auto") -> TorchLab:
    """Open every checkpoint in `folder`. One that cannot be opened is left out and named in `lab.problems`.

    Raises Problem where none can be opened, or the device is not there.
    """
    on = choose_device(device)
    opened: dict[str, Checkpoint] = {}
    problems = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.is_dir() and not path.name.startswith("."):
            try:
                opened[path.name] = checkpoint.load(path, on)
            except CheckpointProblem as problem:
                problems.append(problem)
    if not opened:
        raise Problem("no_checkpoints", folder=str(folder))
    tables = {"classifier": tuple(CLASSIFIERS), "translator": tuple(TRANSLATORS)}
    by_kind: dict[str, dict[tuple[str, str], Checkpoint]] = {"classifier": {}, "translator": {}}
    for kind, order in tables.items():
        found = [one for one in opened.values() if one.config.kind == kind and one.config.model in order]
        for one in sorted(found, key=lambda one: (_place(one.config.serves), order.index(one.config.model))):
            by_kind[kind][one.config.serves, one.config.model] = one
    return TorchLab(on, by_kind["classifier"], by_kind["translator"], tuple(problems))


def _place(serves: str) -> tuple[int, str]:
    """Known tasks and pairs in the order of SERVED, then others by their names."""
    return (SERVED.index(serves) if serves in SERVED else len(SERVED), serves)


def _models_by_first(table: dict[tuple[str, str], Checkpoint]) -> dict[str, tuple[str, ...]]:
    """{("a", "x"): ..., ("a", "y"): ...} -> {"a": ("x", "y")}."""
    result: dict[str, tuple[str, ...]] = {}
    for first, model in table:
        result[first] = (*result.get(first, ()), model)
    return result


def _choose(
    known: dict[str, tuple[str, ...]], name: str, models: Sequence[str] | None, code: str, field: str
) -> tuple[str, ...]:
    """The models to run, in the order of the table; Problem where the task, pair or a model is not there."""
    if name not in known:
        raise Problem(code, **{field: str(name)[:40]}, known=", ".join(known))
    for model in models or ():
        if model not in known[name]:
            raise Problem("unknown_model", model=str(model)[:40], serves=name, known=", ".join(known[name]))
    return tuple(model for model in known[name] if models is None or model in models)


def _has_units(network: Any) -> bool:
    return isinstance(network, RecurrentClassifier)


def _network(opened: Checkpoint) -> Any:
    """The network, as the lab uses it: its methods are those of its row in the model tables."""
    return opened.network


def _array(tensor: Tensor) -> Floats:
    return tensor.detach().float().cpu().numpy()
