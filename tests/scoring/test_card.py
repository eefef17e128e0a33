"""A card says exactly what its folder's files say, and nothing when they change but it does not."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Tree

import pytest

from seqdemo.checkpoint import digest, load
from seqdemo.scoring.card import card, write_card
from seqdemo.training.learning_curve import learning_curve

SVG = "{http://www.w3.org/2000/svg}"


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture
def copy(trained: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained, tmp_path / trained.name))


def score_rows(text: str) -> list[list[str]]:
    """The cells of the scores table, without its head."""
    section = text.split("## Scores\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]


def test_the_scores_table_is_scores_json(trained: Path) -> None:
    scores = read(trained / "scores.json")
    rows = score_rows((trained / "card.md").read_text(encoding="utf-8"))
    also, split = read(trained / "config.json")["training"]["also"], scores["dev"]["split"]
    chose = f"{split} (chose the epoch)"
    if also and "accuracy" in scores["dev"]:
        chose = f"{split} of all corpora together (chose the epoch)"
    elif also:
        chose = f"{split} of {scores['corpus']} (chose the epoch, with those of the other corpora)"
    assert [row[0] for row in rows] == [chose, *scores["tests"]]
    for row, part in zip(rows, (scores["dev"], *scores["tests"].values()), strict=True):
        if "accuracy" in part:
            assert row[1:] == [
                str(part["n"]),
                *(f"{part[name]:.2%}".replace("%", " %") for name in ("accuracy", "ece")),
            ]
        else:
            assert row[1:] == [
                str(part["n"]),
                *(f"{part[n]:.2f}" for n in ("bleu", "bleu_lowercase_tokenised", "chrf")),
            ]


def test_the_card_tells_where_the_checkpoint_comes_from(trained: Path) -> None:
    config, scores, opened = read(trained / "config.json"), read(trained / "scores.json"), load(trained)
    text = (trained / "card.md").read_text(encoding="utf-8")
    training = config["training"]
    last = json.loads((trained / "metrics.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    weights = trained / "model.safetensors"
    for said in (
        f"# {config['name']}\n",
        f"| parameters | {opened.parameters:,} |",
        f"{weights.stat().st_size:,} bytes",
        f"| SHA-256 | `{digest(weights)}` |",
        training["command"],
        f"| seed | {training['seed']} |",
        f"| date | {training['date']} |",
        f"| minutes | {last['minutes']:.1f} for {last['epoch']} of {training['recipe']['epochs']} epochs |",
        f"| training examples | {training['examples']} |",
        f"epoch {training['epoch']}, the best on dev: accuracy {training['dev_accuracy']:.4f}",
        training["licence"],
        scores["command"],
        "(learning_curve.svg)",
    ):
        assert said in text, said
    for name, signature in scores["dev"].items():
        if name.endswith("_signature"):
            assert f"`{signature}`" in text


def test_a_changed_score_makes_the_card_stale(copy: Path) -> None:
    scores = read(copy / "scores.json")
    part = next(iter(scores["tests"].values()))
    part["accuracy" if "accuracy" in part else "chrf"] = 0.1234
    (copy / "scores.json").write_text(json.dumps(scores), encoding="utf-8")
    assert card(copy) != (copy / "card.md").read_text(encoding="utf-8")
    write_card(copy)
    assert card(copy) == (copy / "card.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("accuracy", "said"),
    [
        (0.85, "1.20 points above it"),
        (0.838, "**This model does not beat it**: it is level with it"),
        (0.83, "**This model does not beat it**: it is 0.80 points below"),
    ],
)
def test_a_model_below_the_floor_says_so(copy: Path, accuracy: float, said: str) -> None:
    scores = read(copy / "scores.json")
    if scores["corpus"] != "sst2":
        assert "n-grams" not in card(copy)
        return
    scores["tests"]["test"] |= {"accuracy": accuracy, "n": 1821}
    (copy / "scores.json").write_text(json.dumps(scores), encoding="utf-8")
    assert "has 83.8 % on `test`" in card(copy)
    assert said in card(copy)


def metrics(*accuracies: float) -> list[dict[str, Any]]:
    return [
        {"epoch": number, "train_loss": 1 / number, "dev_loss": 0.5, "dev_accuracy": accuracy}
        for number, accuracy in enumerate(accuracies, start=1)
    ]


def test_the_curve_shows_each_epoch_in_order_and_marks_the_kept_one() -> None:
    root = Tree.fromstring(learning_curve(metrics(0.5, 0.7, 0.9, 0.8), kept=3, unit="label"))
    lines = {line.get("class"): line for line in root.iter(f"{SVG}polyline")}
    first = next(root.iter(f"{SVG}polyline"))  # the upper panel: dev accuracy
    points = [tuple(map(float, point.split(","))) for point in first.attrib["points"].split()]
    assert [x for x, _ in points] == sorted({x for x, _ in points})
    heights = [-y for _, y in points]
    assert sorted(range(4), key=heights.__getitem__) == [0, 1, 3, 2]
    assert (heights[1] - heights[0]) == pytest.approx(heights[2] - heights[1], abs=0.2)
    marks = [line for line in root.iter(f"{SVG}line") if line.get("class") == "kept"]
    assert {float(mark.attrib["x1"]) for mark in marks} == {points[2][0]}
    assert set(lines) == {"dev", "training"}
    words = [text.text or "" for text in root.iter(f"{SVG}text")]
    for said in ("epoch", "dev accuracy (share of labels)", "loss (nats a label)", "kept: epoch 3", "training"):
        assert said in words


def test_ticks_sit_where_their_numbers_say() -> None:
    """Read the upper axis back: the tick labels' places give the drawn values again."""
    root = Tree.fromstring(learning_curve(metrics(0.52, 0.55, 0.61), kept=3, unit="label"))
    ticks = [
        (float(text.text or ""), float(text.attrib["y"]) - 4)
        for text in root.iter(f"{SVG}text")
        if text.get("text-anchor") == "end"
        and re.fullmatch(r"0\.\d+", text.text or "")
        and float(text.attrib["y"]) < 200
    ]
    (low, bottom), (high, top) = ticks[0], ticks[-1]
    points = next(root.iter(f"{SVG}polyline")).attrib["points"].split()
    values = [low + (bottom - float(point.split(",")[1])) / (bottom - top) * (high - low) for point in points]
    assert values == pytest.approx([0.52, 0.55, 0.61], abs=0.001)


@pytest.mark.parametrize("accuracies", [(0.5,), (0.5, 0.5, 0.5), tuple(0.3 + 0.001 * n for n in range(130))])
def test_one_epoch_flat_or_many(accuracies: tuple[float, ...]) -> None:
    root = Tree.fromstring(learning_curve(metrics(*accuracies), kept=1, unit="sub-word"))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for circle in root.iter(f"{SVG}circle"):
        assert 0 <= float(circle.attrib["cx"]) <= width
        assert 0 <= float(circle.attrib["cy"]) <= height


def test_no_epoch_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one epoch"):
        learning_curve([], kept=1, unit="label")


@pytest.mark.parametrize("trained", ["en-de-transformer"], indirect=True)
def test_a_card_tells_which_half_of_a_pair_a_machine_wrote(copy: Path) -> None:
    """Also where a stage that the training began with learnt from such pairs."""
    config = read(copy / "config.json")
    recipe = config["training"]["recipe"]
    recipe.update(also=["captions-en"], forward="en-de-seq2seq", begin="en-de-transformer-broad")
    config["training"]["translated_by"] = {"en-de-seq2seq": "2" * 64}
    config["training"]["begin"] = {"name": recipe["begin"], "sha256": "1" * 64}
    (copy / "config.json").write_text(json.dumps(config), encoding="utf-8")
    said = card(copy)
    for kind, side, maker in (
        ("German", "source", "`de-en-transformer`"),
        ("English", "target", f"`en-de-seq2seq` \\(SHA-256 of its weights: `{'2' * 64}`\\)"),
    ):
        assert re.search(rf"^{kind} captions [^`]*: {maker} put them into the {side} language", said, re.M)
    told = next(line for line in said.splitlines() if "It was trained on" in line)
    assert told.count("captions of photographs") == 1, "two corpora of one domain"
