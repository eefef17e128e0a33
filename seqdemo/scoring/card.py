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
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from safetensors import safe_open

from seqdemo.checkpoint import CONFIG, WEIGHTS, write_atomically
from seqdemo.models import MODELS
from seqdemo.scoring.card_probes import inside
from seqdemo.scoring.headline import SHARES, in_place, main_figure, shown
from seqdemo.scoring.reliability_curve import reliability_curve
from seqdemo.scoring.tables import table
from seqdemo.text.limits import MAX_WORDS
from seqdemo.text.subwords import Subwords
from seqdemo.training.corpora import CORPORA, Corpus, corpora_of, parts_to_test
from seqdemo.training.encoders import ENCODERS
from seqdemo.training.learning_curve import learning_curve
from seqdemo.training.recipes import STAGES

CURVE, RELIABILITY = "learning_curve.svg", "reliability.svg"
LIMITS = {
    "classifier": (
        "It knows the classes it was trained on and nothing between them: a text that fits none gets one of them too.",
        "{domain} On other subjects, other languages or long texts it may be wrong and sound as sure: its "
        "probabilities were calibrated on its own dev part, and hold for such text alone.",
        "A word that is absent from its training text, or too rare in it, is read as `<unk>`; of a Chinese one "
        "the characters are read first. Irony is beyond it.",
        "It is made for looking inside a network. Decide nothing about people with it.",
    ),
    "translator": (
        "{domain} Anything else comes out wrong, often fluently so.",
        "It translates one sentence at a time, in one direction. Names, numbers and words that its text lacks are "
        "guessed; what the source leaves open (a person's gender, for example) is decided without asking.",
        "It has seen few sentences of more than thirty words; such input may come out cut short or repeated.",
        "It is made for looking inside a network. Use nothing it writes without reading it.",
    ),
}
FIGURES = {
    "accuracy": "accuracy",
    "ece": "calibration error",
    "bleu": "BLEU",
    "bleu_lowercase_tokenised": "BLEU, lower-cased",
    "chrf": "chrF2",
}


NORMALISES = (
    "Its sub-words make some characters plain before they are read (NFKC: a full-width comma becomes a comma, several "
    "blanks one), so such a text does not come back from them exactly. How many of its training sentences that "
    "concerns is counted by `python -m tests.benchmarks.round_trip --data DIR --name {name}`."
)


READ_FIRST = (
    " Before the first label it learnt, in {epochs} epochs, to say which word {asked}; all but its read-out began with "
    "what that taught it."
)
GOES_ON, FILLS_IN = "comes next in the same text (Dai and Le 2015)", "was hidden in the same text (Devlin et al. 2019)"


def write_card(folder: Path) -> None:
    """Write learning_curve.svg, reliability.svg (classifiers) and card.md from the other files of the folder."""
    config = _json(folder / CONFIG)
    unit = "label" if config["kind"] == "classifier" else "sub-word"
    picture = learning_curve(_metrics(folder), kept=int(config["training"]["epoch"]), unit=unit)
    write_atomically(folder / CURVE, picture.encode())
    if config["kind"] == "classifier":
        write_atomically(folder / RELIABILITY, reliability(_json(folder / "scores.json")).encode())
    write_atomically(folder / "card.md", card(folder).encode())


def reliability(scores: dict[str, Any]) -> str:
    """The picture of how far probabilities can be believed on the first test, from scores.json."""
    part, first = next(iter(scores["tests"].items()))
    return reliability_curve(first["reliability"], part=part)


def card(folder: Path) -> str:
    """The text of card.md; reads the folder, writes nothing."""
    config, scores = _json(folder / CONFIG), _json(folder / "scores.json")
    corpora = corpora_of(config["training"]["recipe"])
    corpus = corpora[0]
    parts = (
        f"# {config['name']}\n",
        _summary(config, corpus),
        f"![Learning curve: dev accuracy and loss over the epochs]({CURVE})\n",
        "## The network\n",
        _network(folder, config),
        "## Scores\n",
        _scores(scores, corpora) + inside(scores, config["model"], corpus.title.split(" (")[0]),
        "## Training\n",
        _training(config, _metrics(folder)),
        "## Data and licence\n",
        _data(config, corpora),
        "## What it cannot do\n",
        _limits(config, corpora, folder),
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
    return table(
        ("", ""),
        ("model", f"`{config['model']}`: {described}"),
        ("sizes", ", ".join(f"{name} {value}" for name, value in config["sizes"].items())),
        ("parameters", f"{_parameters(file):,}"),
        ("file", f"`{WEIGHTS}`, {file.stat().st_size:,} bytes, float16"),
        ("SHA-256", f"`{config['digests'][WEIGHTS]}`"),
        ("reads", f"{config['tokenizer']}, cut by {config['tokenizer_version']}"),
    )


def _scores(scores: dict[str, Any], corpora: tuple[Corpus, ...]) -> str:
    parts = {_chose(scores, corpora): scores["dev"], **scores["tests"]}
    figures = [name for name in FIGURES if name in scores["dev"]]
    text = table(
        ("part", "examples", *(FIGURES[name] for name in figures)),
        *(
            (
                f"`{split}`" if part is not scores["dev"] else split,
                f"{part['n']:,}",
                *(shown(n, part[n]) for n in figures),
            )
            for split, part in parts.items()
        ),
    )
    signatures = [
        f"- {FIGURES[name]}: `{scores['dev'][f'{name}_signature']}`\n" for name in figures if name not in SHARES
    ]
    if signatures:
        text += f"\nBeam search, width {scores['beam']}. sacrebleu signatures:\n\n" + "".join(signatures)
        if any(corpus.name == "multi30k" for corpus in corpora):
            text += (
                "\nPapers on Multi30k mostly report lower-cased BLEU of tokenised text: compare them with that "
                "column.\n"
            )
    if "ece" in scores["dev"]:
        text += (
            f"\n![Reliability: stated probability against the share that is right]({RELIABILITY})\n\n"
            "The calibration error is the mean distance of the points from the diagonal, weighted by their examples "
            "(expected calibration error, 15 bins). The temperature that the logits are divided by was chosen on dev. "
            f"Texts are scored whole; the page reads the first {MAX_WORDS} words of one.\n"
        )
    text += _floor(scores, corpora) + _spread(scores)
    if "alignment" in scores:
        text += _alignment(scores["alignment"])
    if "elsewhere" in scores:
        other = scores["elsewhere"]
        text += (
            f"\nOutside its domain: {100 * other['accuracy']:.1f} % of {other['n']} sentences about "
            f"{', '.join(other['about'])}, written for this project (`{other['file']}`).\n"
        )
    text += f"\nComputed on {scores['date']} from the file with SHA-256 `{scores['model_sha256']}`. "
    return text + f"To compute them again:\n\n```\n{scores['command']}\n```\n"


def _chose(scores: dict[str, Any], corpora: tuple[Corpus, ...]) -> str:
    """What the row of the dev part is called. Of several corpora the dev parts together chose the epoch."""
    split, several = scores["dev"]["split"], sum(bool(corpus.dev) for corpus in corpora) > 1
    if several and "accuracy" not in scores["dev"]:  # of a translator the home corpus alone is translated
        return f"{split} of {corpora[0].name} (chose the epoch, with those of the other corpora)"
    return f"{split}{' of all corpora together' if several else ''} (chose the epoch)"


def _alignment(found: dict[str, Any]) -> str:
    """The best head and, for each way of reading, the best head and the spread of all of them."""
    ways: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in found["heads"]:  # in order of the even sentences: the first of a way is its best
        ways.setdefault((row["step"], row["weighting"]), []).append(row)
    ways_table = table(
        ("read at", "weights", "best head", "its error rate", "all heads"),
        *(
            (
                f"{step} step",
                "norm-weighted" if weighting == "norm" else "raw",
                f"layer {rows[0]['layer']}, head {rows[0]['head']}",
                f"{100 * rows[0]['aer']:.1f} %",
                f"{100 * min(row['aer'] for row in rows):.1f} to {100 * max(row['aer'] for row in rows):.1f} %",
            )
            for (step, weighting), rows in ways.items()
        ),
    )
    return (
        f"\nWord alignment: the head that agrees best with {found['n']} sentences aligned by people is "
        f"{in_place(found['best'])}. Heads were chosen on every other sentence; the alignment error rate is that of "
        f"the rest (0 % would be agreement, and such sentences are far from what it was trained on). To compute it "
        f"again, add `--alignment` to the command below.\n\n{ways_table}"
    )


def _spread(scores: dict[str, Any]) -> str:
    """Mean and deviation over seeds; nothing where one seed was trained."""
    rows = scores.get("seeds", ())
    if len(rows) < 2:
        return ""
    figure = main_figure(scores["dev"])
    columns = {scores["dev"]["split"]: [row["dev"] for row in rows]}
    columns |= {name: [row["tests"][name] for row in rows] for name in scores["tests"]}
    summary = [f"{shown(figure, mean(one))} ± {shown(figure, stdev(one))}" for one in columns.values()]
    lines = [
        (f"{row['seed']}{'' if number else ' (this file)'}", *(shown(figure, one[number]) for one in columns.values()))
        for number, row in enumerate(rows)
    ]
    by_seed = table(("seed", *(f"`{name}`" for name in columns)), *lines, ("mean ± deviation", *summary))
    return f"\nThe same recipe with other seeds ({FIGURES[figure]}; sample standard deviation):\n\n{by_seed}"


def _floor(scores: dict[str, Any], corpora: tuple[Corpus, ...]) -> str:
    """How it stands against a bag of n-grams, said plainly; nothing where no corpus has such a floor."""
    lines = [
        _against(scores["tests"][name], name, corpus.ngram_floor)
        for name, (corpus, split) in parts_to_test(corpora).items()
        if corpus.ngram_floor and split == corpus.tests[0]
    ]
    if not lines:
        return ""
    return (
        "\nAgainst a bag of n-grams (TF-IDF and logistic regression, no network; "
        f"`tests/benchmarks/ngram_floor.py`):\n\n{''.join(lines)}"
    )


def _against(part: dict[str, Any], name: str, floor: float) -> str:
    accuracy, count = part["accuracy"], part["n"]
    ahead = 100 * (accuracy - floor)
    about = 196 * math.sqrt(accuracy * (1 - accuracy) / count)  # half of a 95 % interval, normal approximation
    if round(ahead, 2) > 0:
        verdict = f"This model is {ahead:.2f} points above it."
    elif round(ahead, 2) < 0:
        verdict = f"**This model does not beat it**: it is {-ahead:.2f} points below."
    else:
        verdict = "**This model does not beat it**: it is level with it."
    return (
        f"- The bag has {100 * floor:.1f} % on `{name}`. {verdict} With {count:,} examples an accuracy is uncertain by "
        f"about {about:.1f} points either way (95 %).\n"
    )


def _training(config: dict[str, Any], metrics: list[dict[str, Any]]) -> str:
    training = config["training"]
    settings = training["recipe"].items()
    recipe = {key: value for key, value in settings if value and key not in NOT_SETTINGS and (key, value) != ONCE}
    last = metrics[-1]
    of = " of labels" if training["recipe"].get("language") else ""
    return (
        f"```\n{training['command']}\n```\n\n"
        + table(
            ("", ""),
            ("date", training["date"]),
            ("seed", training["seed"]),
            ("device", f"{training['device']}, torch {training['torch']}"),
            ("minutes", f"{last['minutes']:.1f} for {last['epoch']} of {training['recipe']['epochs']} epochs{of}"),
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
        + (
            " and label smoothing"
            if training["recipe"]["smoothing"] and not training["recipe"].get("temperature")
            else ""
        )
        + ", the dev loss does not."
        + _read_first(config)
        + _oversampled(training["recipe"])
        + "\n\nSettings: "
        + ", ".join(f"{key} {_plain(value)}" for key, value in recipe.items())
        + ".\n"
    )


def _read_first(config: dict[str, Any]) -> str:
    epochs = config["training"]["recipe"].get("language")
    asked = GOES_ON if config["model"] in ("rnn", "lstm", "gru") else FILLS_IN
    return READ_FIRST.format(epochs=epochs, asked=asked) if epochs else ""


def _oversampled(recipe: dict[str, Any]) -> str:
    """Which corpora a network saw more often than the others while it learnt the labels."""
    often = recipe.get("oversample", {}).items()
    told = [f"{CORPORA[name].title.split(',')[0]} {times} times" for name, times in often]
    return f" An epoch of labels goes through {' and '.join(told)}, through the rest once." if told else ""


PEERS_SAID = {
    "attention": "a Transformer encoder",
    "lstm": "an LSTM",
    "bag": "a bag of one to three signs with logistic regression",
} | {encoder.name: f"{encoder.title}, fine-tuned on the corpus" for encoder in ENCODERS.values()}
ONCE = ("repeats", 1)  # no repetition: not worth a word
NOT_SETTINGS = {"name", "kind", "serves", "model", "corpus", "also", "sizes", "seed", "oversample"}  # told elsewhere


def _data(config: dict[str, Any], corpora: tuple[Corpus, ...]) -> str:
    training = config["training"]
    origins = (
        f"Its word vectors began as {training['vectors']}. Their licence: {training['vectors_licence']}.\n\n"
        if training.get("vectors")
        else ""
    )
    texts = [(training["corpus"], training["licence"]), *training.get("also", ())]
    trained = " ".join(f"Trained on: {title}. Licence of the text: {licence}." for title, licence in texts)
    if training.get("teacher"):
        teacher = training["teacher"]
        origins += (
            f"Its targets were the answers of a teacher to {training['examples']:,} texts: the corpus, changed copies "
            f"of its sentences and {teacher['elsewhere']}. The teacher is {teacher['title']}, fine-tuned on the corpus "
            f"to a dev accuracy of {100 * teacher['dev_accuracy']:.2f} %; licence: {teacher['licence']}. It is not "
            "part of this project.\n\n"
        )
    if training.get("peers"):
        peers = training["peers"]
        told = "; ".join(
            f"{PEERS_SAID[part]}, of {100 / peers['folds'][part]:g} % of the texts each time, {100 * share:.1f} % right"
            f", weight {peers['weights'][part]:.2f}"
            for part, share in peers["right"].items()
        )
        origins += (
            f"{100 * peers['share']:g} % of each of its targets are the weighted mean answer of peers, the rest is the "
            f"label. Each peer was asked only about texts that it had not learnt from ({told}; together "
            f"{100 * peers['together']:.1f} %). They are not part of this project's checkpoints."
        )
        encoders = [ENCODERS[part] for part in peers["right"] if part in ENCODERS]
        origins += "".join(f" Licence of {one.title}: {one.licence}." for one in encoders) + "\n\n"
    if training.get("begin"):
        begin, share = training["begin"], training["recipe"].get("keep")
        kept = (
            f", and {100 * share:g} % of what was learnt there is kept: the weights are a mean of both" if share else ""
        )
        origins += (
            f"Its weights and sub-words began as those of `{begin['name']}` (SHA-256 of its weights: "
            f"`{begin['sha256']}`){kept}.\n\n"
        )
    origins += "".join(_made_by_machine(training["recipe"], training.get("translated_by", {})).values())
    notes = " ".join(corpus.weights_note for corpus in corpora if corpus.weights_note)
    return f"{trained}\n\n{origins}{notes} The text itself is not part of this project.\n"


def _made_by_machine(recipe: Mapping[str, Any], digests: Mapping[str, str]) -> dict[str, str]:
    """Corpus -> what a card says of its sentences that nobody translated, for a recipe and the stages before it.

    digests: of the checkpoints that translated them, where they were written down.
    """
    stage = STAGES.get(recipe.get("begin", ""))
    said = _made_by_machine(asdict(stage), {}) if stage else {}
    target = recipe["serves"].split("-")[-1]
    for corpus in corpora_of(recipe):
        if not corpus.written:
            continue
        back = corpus.written == target
        side, maker = ("source", recipe["back"]) if back else ("target", recipe["forward"])
        people, machine = ("learnt to write", "read") if back else ("read", "learnt to write")
        weights = f" (SHA-256 of its weights: `{digests[maker]}`)" if maker in digests else ""
        said[corpus.name] = (
            f"{corpus.title}: `{maker}`{weights} put them into the {side} language. "
            f"What was {people} there was written by people, what was {machine} was not.\n\n"
        )
    return said


def _limits(config: dict[str, Any], corpora: tuple[Corpus, ...], folder: Path) -> str:
    domains = dict.fromkeys(corpus.domain for corpus in corpora)
    told = [one for one in domains if not any(other != one and other.startswith(one) for other in domains)]
    domain = f"It was trained on {' and on '.join(told)}."
    if config["training"].get("teacher"):  # which answered for other text as well
        domain += " What its teacher said of other text (above) does not make it a judge of that."
    limits = [limit.format(domain=domain) for limit in LIMITS[config["kind"]]]
    subwords = folder / "subwords.model"
    if subwords.exists() and not Subwords.load(subwords).exact:
        limits.append(NORMALISES.format(name=config["name"]))
    return "".join(f"- {limit}\n" for limit in limits)


def _parameters(weights: Path) -> int:
    with safe_open(str(weights), framework="numpy") as file:
        return sum(math.prod(file.get_slice(name).get_shape()) for name in file.keys())  # noqa: SIM118


def _plain(value: Any) -> str:
    return " and ".join(map(str, value)) if isinstance(value, list) else str(value)


def _json(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def _metrics(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]
