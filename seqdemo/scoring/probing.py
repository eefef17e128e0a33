"""What a card says about the inside of a classifier: every probe that needs many texts, in one go.

    python -m seqdemo evaluate NAME --data DIR --write

Faithfulness of explanations and, where a model has one, of attention; negation and order; selective units.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from seqdemo import checkpoint
from seqdemo.checkpoint import Checkpoint
from seqdemo.models.recurrent_classifier import RecurrentClassifier
from seqdemo.probes.attention_explanation import can_be_asked
from seqdemo.probes.units import rank, separation, states_of
from seqdemo.problems import Problem
from seqdemo.scoring import attention_explanation, faithfulness, pairs
from seqdemo.scoring.chosen import LONGEST, SHORTEST, Chosen, chosen_texts
from seqdemo.scoring.evaluate import probabilities
from seqdemo.text.vocabulary import UNKNOWN, Vocabulary
from seqdemo.training.corpora import corpora_of
from seqdemo.training.reading import read_labelled

SHOWN = 5  # units kept for a class
LEAST = 2  # texts: of one alone there is no interval


def probe(folder: Path, data: Path, runs: Sequence[Path] = (), *, device: str = "cpu") -> dict[str, Any]:
    """{"probes": ...}: the probes' part of scores.json; {} for a translator.

    runs: folders of the same recipe trained with other seeds (checked by `seqdemo.scoring.evaluate.spread`). Without
    any, what is known of a second seed for these very weights is kept. Raises Problem where too few texts are short.
    """
    opened = checkpoint.load(folder, device)
    if opened.config.kind != "classifier":
        return {}
    network: Any = opened.network
    chosen = chosen_texts(opened, data, device)
    if len(chosen.texts) < LEAST:
        raise Problem("too_few_texts", split=chosen.split, count=len(chosen.texts), shortest=SHORTEST, longest=LONGEST)
    found: dict[str, Any] = {"split": chosen.split, "n": len(chosen.texts), "rule": chosen.rule}
    found["faithfulness"] = faithfulness.score(network, chosen.texts, chosen.counts)
    if can_be_asked(network):
        asked = attention_explanation.score(network, chosen.texts, chosen.counts)
        found["attention"] = asked | _second_seed(opened, folder, chosen, runs, device)
    if written := pairs.pairs_of(opened.config.serves):
        stated = probabilities(opened, [text for pair in written for text in (pair.text, pair.other_text)], device)
        found["pairs"] = pairs.score(written, stated)
    if isinstance(network, RecurrentClassifier):
        found["units"] = _units(opened, data)
    return {"probes": found}


def _second_seed(opened: Checkpoint, folder: Path, chosen: Chosen, runs: Sequence[Path], device: str) -> dict[str, Any]:
    """{"seed": {"seed", "distance", "change", "flips"}} against the first of the runs."""
    if runs:
        other = checkpoint.load(runs[0] / "checkpoint", device)
        figures = attention_explanation.compare(opened.network, other.network, chosen.texts, chosen.counts)
        return {"seed": {"seed": int(other.config.training["seed"]), **figures}}
    path = folder / "scores.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    kept = known.get("probes", {}).get("attention", {}).get("seed")
    return {"seed": kept} if kept and known.get("model_sha256") == opened.sha256 else {}


def _units(opened: Checkpoint, data: Path) -> dict[str, Any]:
    """{"split", "n", "hidden", "labels": {label: {"units", "random", "chance", "inside"}}} over the whole dev part.

    Each unit is [number, area under the ROC curve] of its value after the last word.
    """
    from seqdemo.text.words import split_words  # spaCy

    corpus = corpora_of(opened.config.training["recipe"])[0]
    vocabulary, language = opened.tokenizer, opened.config.serves.split("-")[-1]
    assert isinstance(vocabulary, Vocabulary)
    rows = read_labelled(data, corpus, corpus.dev)
    texts = [vocabulary.encode(vocabulary.pieces(split_words(text, language))) or [UNKNOWN] for _, text in rows]
    states = states_of(opened.network, texts)
    last, wanted = states.values[states.last], torch.tensor([label for label, _ in rows])
    labels = {}
    for number, label in enumerate(opened.config.labels):
        found = rank(last, wanted == number)
        best = [[int(unit), round(float(found.areas[unit]), 4)] for unit in found.order[:SHOWN]]
        drawn = [[int(unit), round(float(found.areas[unit]), 4)] for unit in found.random]
        median = round(float(separation(found.areas).median()), 4)
        labels[label] = {
            "inside": int((wanted == number).sum()),
            "units": best,
            "random": drawn,
            "chance": round(found.chance, 4),
            "median": median,
        }
    return {"split": corpus.dev, "n": len(rows), "hidden": last.shape[1], "labels": labels}


def print_probes(scores: dict[str, Any]) -> None:
    """A line a figure, to standard output; nothing for a translator."""
    found = scores.get("probes", {})
    for method, row in found.get("faithfulness", {}).get("methods", {}).items():
        lost, left = row["comprehensiveness"], row["sufficiency"]
        print(f"{'faithfulness':20} n {found['n']:5}  {method}: comprehensiveness {lost:.4f}, sufficiency {left:.4f}")
    for name in ("uniform", "shuffled", "adversarial", "seed"):
        if name in found.get("attention", {}):
            row = found["attention"][name]
            print(
                f"{'attention':20} n {found['n']:5}  {name}: distance {row['distance']:.4f}, change {row['change']:.4f}"
            )
    for kind, row in found.get("pairs", {}).items():
        print(f"{kind:20} n {row['n']:5}  both right {100 * row['both']:.2f} %, alike {100 * row['alike']:.2f} %")
    for label, row in found.get("units", {}).get("labels", {}).items():
        (unit, area), chance = row["units"][0], row["chance"]
        print(f"{'units':20} n {found['units']['n']:5}  {label}: unit {unit + 1}, area {area:.4f}, chance {chance:.4f}")
