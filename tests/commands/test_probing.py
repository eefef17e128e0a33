"""explain, faithfulness, attention-explanation and units on the command line: what the lab says, a line a text."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from seqdemo.commands import main
from seqdemo.lab import open_lab
from seqdemo.records import unpacked

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfdbinary: Any) -> Any:
    """run(arguments, input bytes) -> (exit code, standard output, standard error)."""

    def call(arguments: list[str], given: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        try:
            code = main(arguments)
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return call


EXPLAIN = ["explain", "--task", "sentiment-en", "--model", "lstm"]


def test_explain_says_of_each_word_how_much_it_counts(run: Any) -> None:
    code, out, err = run(EXPLAIN, b"It is good, not bad.\n\n")
    lines = out.split("\n")
    label, *words = lines[0].split("\t")
    (record,) = open_lab(ROOT / "checkpoints", "cpu").classify("It is good, not bad.", "sentiment-en", ["lstm"])
    assert (code, lines[1], label) == (0, "", record.label)
    assert [word.rsplit(" ", 1)[0] for word in words] == list(record.words)
    code, out, _ = run([*EXPLAIN, "--json"], b"It is good, not bad.\n")
    told = json.loads(out)
    values = unpacked(told["values"])
    assert [f"{value:.4f}" for value in values] == [word.rsplit(" ", 1)[1] for word in words]
    assert float(values.sum()) == pytest.approx(told["score"] - told["baseline"], abs=0.05)  # completeness
    said = f"score minus baseline {told['score'] - told['baseline']:.4f}; the words add up to {values.sum():.4f}"
    assert err.strip() == f"seqdemo: {said}"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--method", "magic"], "There is no method called magic for lstm. Methods: gradient_times_input"),
        (["--label", "neutral"], "The task sentiment-en has no class called neutral. Classes: negative, positive"),
    ],
)
def test_explain_names_what_there_is(run: Any, more: list[str], words: str) -> None:
    code, out, err = run([*EXPLAIN, *more], b"A fine film.\n")
    assert (code, out.strip()) == (1, "")
    assert words in err


def test_only_a_recurrent_model_has_a_river(run: Any) -> None:
    code, out, _ = run([*EXPLAIN, "--method", "gradient_river"], b"A fine film.\n")
    assert code == 0
    assert all(float(word.rsplit(" ", 1)[1]) >= 0 for word in out.strip().split("\t")[1:])
    code, _, err = run([*EXPLAIN[:-1], "attention", "--method", "gradient_river"], b"A fine film.\n")
    assert code == 1
    assert "Methods: gradient_times_input, integrated_gradients, occlusion." in err


ASKED = ["--task", "sentiment-en", "--model"]


def test_faithfulness_says_of_each_explanation_what_is_lost(run: Any) -> None:
    code, out, _ = run(["faithfulness", *ASKED, "gru"], b"It is good, not bad.\n\n")
    lines = out.split("\n")
    label, *values = lines[0].split("\t")
    record = open_lab(ROOT / "checkpoints", "cpu").faithfulness("It is good, not bad.", "sentiment-en", "gru")
    assert (code, label, lines[1]) == (0, record.label, "")
    for told, curve in zip(values, record.curves, strict=True):
        method, lost, left = told.split(" ")
        assert method == curve.method
        assert (float(lost), float(left)) == pytest.approx((curve.comprehensiveness, curve.sufficiency), abs=1e-4)


def test_attention_explanation_ends_with_its_verdict(run: Any) -> None:
    code, out, _ = run(["attention-explanation", *ASKED, "bilstm-attention"], b"It is good, not bad.\n")
    label, *trials, verdict = out.strip().split("\t")
    assert (code, label) == (0, "positive")
    assert [trial.split(" ")[0] for trial in trials] == ["uniform", "shuffled", "adversarial"]
    assert verdict.startswith("For bilstm-attention and this text")
    code, out, _ = run(["attention-explanation", *ASKED, "bilstm-attention", "--json"], b"It is good, not bad.\n")
    assert json.loads(out)["verdict"]["code"].startswith("attention_text_")
    code, _, err = run(["attention-explanation", *ASKED, "gru"], b"It is good, not bad.\n")
    assert code == 1
    assert "Models: bilstm-attention." in err


def test_units_ranks_by_words_and_by_class(run: Any) -> None:
    code, out, err = run(["units", *ASKED, "lstm", "--words", "not,never"])
    rows = [line.split("\t") for line in out.splitlines()]
    assert (code, len(rows)) == (0, 15)
    assert [row[2] for row in rows[10:]] == ["drawn at random"] * 5
    distances = [abs(float(row[1]) - 0.5) for row in rows[:10]]
    assert distances == sorted(distances, reverse=True)
    assert "are never, not; the best by chance:" in err
    code, out, _ = run(["units", *ASKED, "lstm", "--label", "negative", "--json"])
    assert (code, json.loads(out)["by"]) == (0, "label")


def test_units_shows_one_over_a_text_and_holds_it(run: Any) -> None:
    code, out, _ = run(["units", *ASKED, "gru", "--unit", "6", "--hold", "1"], b"It is good.\n")
    answer, *values = out.strip().split("\t")
    record = open_lab(ROOT / "checkpoints", "cpu").unit("It is good.", "sentiment-en", "gru", 5, 1.0)
    assert code == 0
    assert answer.split(" -> ")[1].split(" ")[1] == f"{record.held_track[-1].max():.4f}"
    assert values == [f"{word} {value:.4f}" for word, value in zip(record.words, record.values, strict=True)]
    for number in ("500", "161", "0", "-1"):
        code, _, err = run(["units", *ASKED, "gru", "--unit", number], b"It is good.\n")
        assert (code, f"has the units 1 to 160; {number} came" in err) == (1, True)
    for number in ("1", "160"):
        code, out, _ = run(["units", *ASKED, "gru", "--unit", number, "--json"], b"It is good.\n")
        assert (code, json.loads(out)["unit"]) == (0, int(number) - 1)


def test_the_command_line_the_page_and_the_card_count_units_alike(run: Any) -> None:
    _, out, _ = run(["units", *ASKED, "lstm", "--label", "negative"])
    number, area = out.splitlines()[0].split("\t")
    card = (ROOT / "checkpoints" / "sentiment-en-lstm" / "card.md").read_text(encoding="utf-8")
    assert f"| `negative` | {number} ({float(area):.2f})" in card
    ranking = open_lab(ROOT / "checkpoints", "cpu").units("sentiment-en", "lstm", label="negative")
    assert int(number) == ranking.units[0].unit + 1


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["--words", ","], "No word is named in “,”. Name words with commas between them"),
        (["--words", ""], "No word is named"),
        (["--label", ""], 'no class called "". Classes: negative, positive'),
        (["--hold", "0.5"], "Add --unit N, or leave --hold out"),
        (["--words", "not,zzzq"], "ranked on: zzzq. Leave them out"),
    ],
)
def test_units_guesses_nothing(run: Any, asked: list[str], told: str) -> None:
    code, out, err = run(["units", *ASKED, "lstm", *asked])
    assert (code, out) == (1, "")
    assert told in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([*EXPLAIN[:2], "nonsense", "--model", "x"], "no task called nonsense"),
        ([*EXPLAIN, "--method", "magic"], "no method called magic"),
        ([*EXPLAIN, "--label", "neutral"], "no class called neutral"),
        (["faithfulness", *EXPLAIN[1:], "--label", "neutral"], "no class called neutral"),
        (["attention-explanation", *EXPLAIN[1:]], "lstm"),
        (["units", *EXPLAIN[1:], "--unit", "0"], "has the units 1 to 160"),
        (["units", *EXPLAIN[1:], "--unit", "1", "--hold", "2"], "from -1 to 1"),
        (["units", *EXPLAIN[1:], "--input", "nowhere.txt"], "a ranking reads none"),
    ],
)
@pytest.mark.parametrize("given", [b"", b"It is good.\nIt is bad.\n"])
def test_what_is_wrong_with_every_line_is_told_once_and_before_any(
    run: Any, arguments: list[str], words: str, given: bytes
) -> None:
    code, out, err = run(arguments, given)
    assert (code, out) == (1, "") and err.count("seqdemo: ") == 1 and words in err


@pytest.mark.parametrize("name", ["README.md/within", "x" * 300, "/proc/self/mem"])
def test_input_that_cannot_be_read_is_told(run: Any, name: str) -> None:
    code, out, err = run([*EXPLAIN, "--input", name])
    assert (code, out) == (1, "") and "cannot be read" in err and "Traceback" not in err
