"""card.md: what a checkpoint is, where it comes from, what it scores and what it cannot do.

    python -m seqdemo evaluate NAME --data DIR --write

Every number is read from the folder's own files (config.json, metrics.jsonl, scores.json, the weights'
sizes and digest); the words about licence and limits come from the tables, so a card that no longer says
what its files say is found by a test that writes it again.
"""

from __future__ import annotations

import inspect
import json
import math
import sys
from pathlib import Path
from typing import Any

from safetensors import safe_open

from seqdemo.checkpoint import CONFIG, WEIGHTS, write_atomically
from seqdemo.models import MODELS
from seqdemo.training.corpora import CORPORA, Corpus
from seqdemo.training.learning_curve import learning_curve

CURVE = "learning_curve.svg"
LIMITS = {
    "classifier": (
        "It knows the classes it was trained on and nothing between them: a neutral text gets one of them too.",
        "It was trained on English film reviews. On other subjects, other languages or long texts it answers just as "
        "surely, with no ground for it. The probability is not calibrated.",
        "A word that it did not see in training is read as `<unk>`. Irony is beyond it.",
        "It is made for looking inside a network. Decide nothing about people with it.",
    ),
    "translator": (
        "It was trained on captions of photographs: short, present-tense descriptions of what can be seen. Questions, "
        "conversation, news or anything abstract come out wrong, often fluently so.",
        "It translates one sentence at a time, in one direction. Names, numbers and words that captions lack are "
        "guessed; what the source leaves open (a person's gender, for example) is decided without asking.",
        "It has seen no sentence much longer than a caption; such input may come out cut short or repeated.",
        "It is made for looking inside a network. Use nothing it writes without reading it.",
    ),
}
FIGURES = {"accuracy": "accuracy", "bleu": "BLEU", "bleu_lowercase_tokenised": "BLEU, lower-cased", "chrf": "chrF2"}


def write_card(folder: Path) -> None:
    """Write learning_curve.svg and card.md from the other files of the folder."""
    config = _json(folder / CONFIG)
    unit = "label" if config["kind"] == "classifier" else "sub-word"
    picture = learning_curve(_metrics(folder), kept=int(config["training"]["epoch"]), unit=unit)
    write_atomically(folder / CURVE, picture.encode())
    write_atomically(folder / "card.md", card(folder).encode())


def card(folder: Path) -> str:
    """The text of card.md; reads the folder, writes nothing."""
    config, scores = _json(folder / CONFIG), _json(folder / "scores.json")
    corpus = CORPORA[config["training"]["recipe"]["corpus"]]
    parts = (
        f"# {config['name']}\n",
        _summary(config, corpus),
        f"![Learning curve: dev accuracy and loss over the epochs]({CURVE})\n",
        "## The network\n",
        _network(folder, config),
        "## Scores\n",
        _scores(scores, corpus, config["kind"]),
        "## Training\n",
        _training(config, _metrics(folder)),
        "## Data and licence\n",
        _data(config, corpus),
        "## What it cannot do\n",
        "".join(f"- {limit}\n" for limit in LIMITS[config["kind"]]),
    )
    return "\n".join(parts)


def _summary(config: dict[str, Any], corpus: Corpus) -> str:
    if config["kind"] == "classifier":
        return f"Reads a sentence and says `{'` or `'.join(config['labels'])}` (task `{config['serves']}`).\n"
    source, target = config["serves"].split("-")
    return f"Translates from `{source}` to `{target}`, with no target supplied (pair `{config['serves']}`).\n"


def _network(folder: Path, config: dict[str, Any]) -> str:
    row = MODELS[config["model"]]
    described = (inspect.getdoc(sys.modules[row.model.__module__]) or "").split("\n")[0]
    file = folder / WEIGHTS
    return _table(
        ("", ""),
        ("model", f"`{config['model']}`: {described}"),
        ("sizes", ", ".join(f"{name} {value}" for name, value in config["sizes"].items())),
        ("parameters", f"{_parameters(file):,}"),
        ("file", f"`{WEIGHTS}`, {file.stat().st_size:,} bytes, float16"),
        ("SHA-256", f"`{config['digests'][WEIGHTS]}`"),
        ("reads", f"{config['tokenizer']}, cut by {config['tokenizer_version']}"),
    )


def _scores(scores: dict[str, Any], corpus: Corpus, kind: str) -> str:
    parts = {f"{scores['dev']['split']} (chose the epoch)": scores["dev"], **scores["tests"]}
    figures = [name for name in FIGURES if name in scores["dev"]]
    text = _table(
        ("part", "examples", *(FIGURES[name] for name in figures)),
        *(
            (
                f"`{split}`" if part is not scores["dev"] else split,
                f"{part['n']:,}",
                *(_shown(n, part[n]) for n in figures),
            )
            for split, part in parts.items()
        ),
    )
    signatures = [
        f"- {FIGURES[name]}: `{scores['dev'][f'{name}_signature']}`\n" for name in figures if name != "accuracy"
    ]
    if signatures:
        text += f"\nBeam search, width {scores['beam']}. sacrebleu signatures:\n\n" + "".join(signatures)
        text += (
            "\nPapers on Multi30k mostly report lower-cased BLEU of tokenised text: compare them with that column.\n"
        )
    text += _floor(scores, corpus)
    text += f"\nComputed on {scores['date']} from the file with SHA-256 `{scores['model_sha256']}`. "
    return text + f"To compute them again:\n\n```\n{scores['command']}\n```\n"


def _floor(scores: dict[str, Any], corpus: Corpus) -> str:
    """How it stands against a bag of n-grams, said plainly; nothing where the corpus has no such floor."""
    if corpus.ngram_floor is None:
        return ""
    test = corpus.tests[0]
    accuracy, count = scores["tests"][test]["accuracy"], scores["tests"][test]["n"]
    ahead = 100 * (accuracy - corpus.ngram_floor)
    about = 196 * math.sqrt(accuracy * (1 - accuracy) / count)  # half of a 95 % interval, normal approximation
    if round(ahead, 2) > 0:
        verdict = f"This model is {ahead:.2f} points above it."
    elif round(ahead, 2) < 0:
        verdict = f"**This model does not beat it**: it is {-ahead:.2f} points below."
    else:
        verdict = "**This model does not beat it**: it is level with it."
    return (
        f"\nA bag of n-grams (TF-IDF and logistic regression, no network; `tests/benchmarks/ngram_floor.py`) has "
        f"{100 * corpus.ngram_floor:.1f} % on `{test}`. {verdict} With {count:,} examples an accuracy is uncertain by "
        f"about {about:.1f} points either way (95 %).\n"
    )


def _training(config: dict[str, Any], metrics: list[dict[str, Any]]) -> str:
    training = config["training"]
    recipe = {key: value for key, value in training["recipe"].items() if value and key not in NOT_SETTINGS}
    last = metrics[-1]
    return (
        f"```\n{training['command']}\n```\n\n"
        + _table(
            ("", ""),
            ("date", training["date"]),
            ("seed", training["seed"]),
            ("device", f"{training['device']}, torch {training['torch']}"),
            ("minutes", f"{last['minutes']:.1f} for {last['epoch']} of {training['recipe']['epochs']} epochs"),
            ("kept", f"epoch {training['epoch']}, the best on dev: accuracy {training['dev_accuracy']:.4f}"),
            ("training examples", f"{training['examples']:,}"),
        )
        + "\nAccuracy in this table and in the picture is the share of "
        + (
            "labels"
            if config["kind"] == "classifier"
            else "target sub-words, each predicted from the right ones before it,"
        )
        + " that are right, of the weights before they were rounded to float16. The training loss includes dropout"
        + (" and label smoothing" if training["recipe"]["smoothing"] else "")
        + ", the dev loss does not.\n\nSettings: "
        + ", ".join(f"{key} {_plain(value)}" for key, value in recipe.items())
        + ".\n"
    )


NOT_SETTINGS = {"name", "kind", "serves", "model", "corpus", "sizes", "seed"}  # told elsewhere in the card


def _data(config: dict[str, Any], corpus: Corpus) -> str:
    training = config["training"]
    vectors = (
        f"Its word vectors began as {training['vectors']}. Their licence: {training['vectors_licence']}.\n\n"
        if training.get("vectors")
        else ""
    )
    return (
        f"Trained on: {training['corpus']}. Licence of the text: {training['licence']}.\n\n{vectors}"
        f"{corpus.weights_note} The text itself is not part of this project.\n"
    )


def _parameters(weights: Path) -> int:
    with safe_open(str(weights), framework="numpy") as file:
        return sum(math.prod(file.get_slice(name).get_shape()) for name in file.keys())  # noqa: SIM118


def _shown(figure: str, value: float) -> str:
    return f"{100 * value:.2f} %" if figure == "accuracy" else f"{value:.2f}"


def _plain(value: Any) -> str:
    return " and ".join(map(str, value)) if isinstance(value, list) else str(value)


def _table(*rows: tuple[Any, ...]) -> str:
    head, *body = [f"| {' | '.join(map(str, row))} |\n" for row in rows]
    return head + f"|{'---|' * len(rows[0])}\n" + "".join(body)


def _json(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def _metrics(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]
