"""The README's table of models, from the checkpoints' own papers: nobody types a score.

    python assets/tables/make.py          (or: make table)

Reads checkpoints/*/config.json, scores.json and the header of model.safetensors; needs neither torch nor
a network. A test fails while the README says anything else.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # so that it runs from any folder, installed or not

from seqdemo.scoring.headline import TITLES, headline  # noqa: E402
from seqdemo.training.corpora import CORPORA  # noqa: E402
from seqdemo.training.recipes import RECIPES  # noqa: E402

README = ROOT / "README.md"
BEGIN, END = "<!-- models: made by assets/tables/make.py -->", "<!-- end of models -->"
NETWORKS = {
    "rnn": "recurrent, Elman's cell",
    "lstm": "recurrent, long short-term memory",
    "gru": "recurrent, gated recurrent unit",
    "attention": "Transformer encoder",
    "bilstm-attention": "bidirectional LSTM, attention over its states",
    "transformer": "Transformer encoder and decoder",
    "seq2seq-attention": "GRU encoder and decoder, additive attention",
    "seq2seq": "GRU encoder and decoder, one vector between them",
}


def parameters(weights: Path) -> int:
    """How many numbers a safetensors file holds. It begins with the length of a JSON header, 8 bytes, little-endian."""
    with weights.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return sum(math.prod(entry["shape"]) for name, entry in header.items() if name != "__metadata__")


def row(folder: Path) -> str:
    """One checkpoint as a line of the table."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    papers = folder / "scores.json"
    scores = headline(json.loads(papers.read_text(encoding="utf-8"))) if papers.is_file() else {}
    weights = folder / "model.safetensors"
    cells = (
        f"[{folder.name}](checkpoints/{folder.name}/card.md)",
        NETWORKS.get(config["model"], config["model"]),
        f"{parameters(weights):,}",
        f"{weights.stat().st_size / 1e6:.1f} MB",
        "<br>".join(f"{test}: {score}" for test, score in scores.items()) or "not evaluated yet",
    )
    return f"| {' | '.join(cells)} |"


def table(checkpoints: Path = ROOT / "checkpoints") -> str:
    """The table and the floor under it, in the order of the recipes; checkpoints without a recipe follow by name."""
    order = list(RECIPES)
    folders = sorted(
        (path.parent for path in checkpoints.glob("*/config.json")),
        key=lambda folder: (order.index(folder.name) if folder.name in order else len(order), folder.name),
    )
    floors = ", ".join(
        f"{100 * corpus.ngram_floor:.1f} % on {TITLES[corpus.name]}"
        for corpus in CORPORA.values()
        if corpus.ngram_floor
        and any(corpus.name in (RECIPES[folder.name].corpus, *RECIPES[folder.name].also) for folder in folders)
    )
    head = "| checkpoint | network | parameters | weights | test scores |\n|---|---|---:|---:|---|"
    below = (
        "\nFor comparison: a bag of n-grams, logistic regression over single words and pairs of words, has\n"
        f"{floors} (test parts; `python -m tests.benchmarks.ngram_floor --data DIR`). A network below that has learnt\n"
        "less than a count of words."
    )
    return "\n".join((head, *map(row, folders), below))


def inserted(readme: str, made: str) -> str:
    """The README's text with the table between the markers replaced."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"README.md has lost its markers {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{made}\n{END}{after}"


if __name__ == "__main__":
    README.write_text(inserted(README.read_text(encoding="utf-8"), table()), encoding="utf-8")
