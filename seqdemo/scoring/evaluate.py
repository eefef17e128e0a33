"""Every score of a card, computed again from the checkpoint and the data.

    python -m seqdemo evaluate sentiment-en-lstm --data DIR

Reads the float16 file that is shipped, on the dev part and on every test of the checkpoint's corpus.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from seqdemo import checkpoint
from seqdemo.checkpoint import Checkpoint
from seqdemo.decoding.batch import translate_ids
from seqdemo.golden import write_golden
from seqdemo.problems import Problem
from seqdemo.scoring import accuracy, bleu, calibration
from seqdemo.scoring.alignment import SETS, read_gold
from seqdemo.scoring.alignment import score as alignment_of
from seqdemo.scoring.headline import in_place, main_figure, shown
from seqdemo.text.subwords import Subwords
from seqdemo.text.vocabulary import UNKNOWN, Vocabulary
from seqdemo.training.corpora import Corpus, corpora_of, parts_to_test
from seqdemo.training.reading import read_labelled, read_pairs
from seqdemo.training.recipes import Recipe

BEAM = 5
BATCH = 64  # sentences at once
SENTENCES = Path(__file__).resolve().parents[2] / "assets" / "sentences"

Search = Callable[..., list[list[int]]]  # as seqdemo.decoding.batch.translate_ids


def evaluate(folder: Path, data: Path, *, device: str = "cpu", search: Search = translate_ids) -> dict[str, Any]:
    """The scores of the checkpoint in `folder`, as scores.json holds them.

    data: folder of the corpora, in the layout of seqdemo.training.corpora. Raises Problem for a checkpoint
    or data that cannot be read.
    """
    opened = checkpoint.load(folder, device)
    corpora = corpora_of(opened.config.training["recipe"])
    home = corpora[0]

    def part(*splits: tuple[Corpus, str]) -> dict[str, Any]:
        if opened.config.kind == "classifier":
            return _classified(opened, splits, data, device)
        return _translated(opened, *splits[0], data, search)

    return {
        "checkpoint": opened.config.name,
        "corpus": home.name,
        # A classifier's epoch and temperature were chosen on the dev parts of all its corpora together.
        "dev": {"split": home.dev, **part(*((corpus, corpus.dev) for corpus in corpora))},
        "tests": {name: part(split) for name, split in parts_to_test(corpora).items()},
        **({"beam": BEAM} if opened.config.kind == "translator" else {}),
        **_elsewhere(opened, device),
        "command": f"python -m seqdemo evaluate {opened.config.name} --data DIR",
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "model_sha256": opened.sha256,
    }


def spread(
    folder: Path, runs: Sequence[Path], scores: dict[str, Any], data: Path, *, device: str = "cpu"
) -> dict[str, Any]:
    """{"seeds": [{"seed", "dev", "tests"}, ...]}: the headline figures of this checkpoint and of runs with other seeds.

    runs: folders that `train --seed N --output` made. Without any, what scores.json of `folder` says about these very
    weights is kept. Raises Problem for a run of another recipe.
    """
    if not runs:
        return _known(folder, scores, "seeds")
    recipe = checkpoint.load(folder).config.training["recipe"]
    rows = [_headline(recipe["seed"], scores)]
    for run in runs:
        other = checkpoint.load(run / "checkpoint").config.training["recipe"]
        if _settings(other) != _settings(recipe) or other["seed"] in [row["seed"] for row in rows]:
            raise Problem("seed_of_another", folder=str(run), name=recipe["name"])
        rows.append(_headline(other["seed"], evaluate(run / "checkpoint", data, device=device)))
    return {"seeds": rows}


def _settings(recipe: dict[str, Any]) -> dict[str, Any]:
    """All but the seed. A setting that came after a training stood at what changes nothing: its default."""
    whole: dict[str, Any] = json.loads(json.dumps(asdict(Recipe(**recipe))))
    return {**whole, "seed": 0}


def alignment(folder: Path, scores: dict[str, Any], data: Path | None) -> dict[str, Any]:
    """{"alignment": as seqdemo.scoring.alignment scores it}; data=None keeps what is known about these very weights.

    Raises Problem for a checkpoint that is no translator, or a pair without hand-made alignments.
    """
    if data is None:
        return _known(folder, scores, "alignment")
    opened = checkpoint.load(folder)
    if opened.config.kind != "translator":
        raise Problem("no_alignments", pair=opened.config.serves, known=", ".join(SETS))
    found = alignment_of(opened, read_gold(data, opened.config.serves))
    return {"alignment": found} if found else {}


def _known(folder: Path, scores: dict[str, Any], part: str) -> dict[str, Any]:
    """A part of the scores.json that is there, where it is about the same weights."""
    path = folder / "scores.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    kept = known.get("model_sha256") == scores["model_sha256"] and part in known
    return {part: known[part]} if kept else {}


def _elsewhere(opened: Checkpoint, device: str) -> dict[str, Any]:
    """{"elsewhere": accuracy on sentences outside the domain, written for this project}; {} where there are none."""
    path = SENTENCES / f"{opened.config.serves}.tsv"
    if not path.is_file():
        return {}
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    stated = probabilities(opened, [text for _, text, _ in rows], device)
    figures = accuracy.score(stated.argmax(axis=1).tolist(), [int(label) for label, _, _ in rows], stated.shape[1])
    about = list(dict.fromkeys(subject for _, _, subject in rows))
    return {"elsewhere": {"file": f"assets/sentences/{path.name}", "about": about, **figures}}


def _headline(seed: int, scores: dict[str, Any]) -> dict[str, Any]:
    figure = main_figure(scores["dev"])
    tests = {name: part[figure] for name, part in scores["tests"].items()}
    return {"seed": seed, "dev": scores["dev"][figure], "tests": tests}


def _classified(opened: Checkpoint, splits: Sequence[tuple[Corpus, str]], data: Path, device: str) -> dict[str, Any]:
    rows: list[tuple[int, str]] = []
    for corpus, split in splits:
        read = read_labelled(data, corpus, split)
        absent = [label for number, label in enumerate(corpus.labels) if number not in {row[0] for row in read}]
        if absent:
            raise Problem("empty_class", split=f"{corpus.name}/{split}", labels=", ".join(absent))
        rows += read
    stated, wanted = probabilities(opened, [text for _, text in rows], device), [label for label, _ in rows]
    figures = accuracy.score(stated.argmax(axis=1).tolist(), wanted, stated.shape[1])
    return figures | calibration.score(stated, wanted)


@torch.inference_mode()
def probabilities(opened: Checkpoint, texts: Sequence[str], device: str = "cpu") -> NDArray[np.float64]:
    """Of each class for each text, [text, label]. A text without words is read as one <unk>."""
    from seqdemo.text.words import split_words  # spaCy

    vocabulary, network = opened.tokenizer, opened.network
    assert isinstance(vocabulary, Vocabulary)
    language = opened.config.serves.split("-")[-1]
    ids = [vocabulary.encode(vocabulary.pieces(split_words(text, language))) or [UNKNOWN] for text in texts]
    order = sorted(range(len(ids)), key=lambda number: len(ids[number]))
    found = np.zeros((len(ids), len(opened.config.labels)))
    for begin in range(0, len(order), BATCH):
        chosen = order[begin : begin + BATCH]
        rows = [torch.tensor(ids[number]) for number in chosen]
        batch = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True).to(device)  # [batch, time]
        logits = network(batch, torch.tensor([len(row) for row in rows], device=device))
        found[chosen] = logits.double().softmax(dim=-1).cpu().numpy()
    return found


def _translated(opened: Checkpoint, corpus: Corpus, split: str, data: Path, search: Search) -> dict[str, Any]:
    source, target = opened.config.serves.split("-")
    subwords = opened.tokenizer
    assert isinstance(subwords, Subwords)
    lines, references = read_pairs(data, corpus, split, source, target)
    found = search(opened.fast, [subwords.encode(line.strip()) for line in lines], beam=BEAM, batch=BATCH)
    return bleu.score([subwords.decode(ids) for ids in found], references, target)


def print_scores(scores: dict[str, Any]) -> None:
    """A line a figure, with its signature, to standard output."""
    elsewhere = [("elsewhere", scores["elsewhere"])] if "elsewhere" in scores else []
    for name, part in ((scores["dev"]["split"], scores["dev"]), *scores["tests"].items(), *elsewhere):
        for key in ("accuracy", "ece", "bleu", "bleu_lowercase_tokenised", "chrf"):
            if key in part:
                value = shown(key, part[key])
                print(f"{name:20} n {part['n']:5}  {key} {value}  {part.get(f'{key}_signature', '')}".rstrip())

    if "alignment" in scores:
        best = scores["alignment"]["best"]
        print(f"alignment            n {scores['alignment']['n']:5}  aer {100 * best['aer']:.1f} %  {in_place(best)}")
        print("layer  head  step    weights  aer on the half that chooses  aer on the other half")
        for row in scores["alignment"]["heads"]:
            rates = f"{100 * row['chosen_on']:26.1f} %  {100 * row['aer']:19.1f} %"
            print(f"{row['layer']:5}  {row['head']:4}  {row['step']:6}  {row['weighting']:7}  {rates}")


def write_papers(folder: Path, scores: dict[str, Any]) -> None:
    """Write scores.json and golden.json, then learning_curve.svg and card.md, made from the folder's files alone."""
    from seqdemo.scoring.card import write_card

    text = json.dumps(scores, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    checkpoint.write_atomically(folder / "scores.json", text.encode())
    write_golden(checkpoint.load(folder))
    write_card(folder)
