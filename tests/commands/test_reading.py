"""classify and translate on the command line: a line in, a line out, as a script would use them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from seqdemo.commands import main
from seqdemo.lab import open_lab
from seqdemo.records import unpacked

ROOT = Path(__file__).resolve().parents[2]
CLASSIFY = ["classify", "--task", "sentiment-en", "--model", "lstm"]
TRANSLATE = ["translate", "--pair", "en-de"]


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


def test_a_line_in_a_label_and_a_probability_out(run: Any) -> None:
    code, out, _ = run(CLASSIFY, b"A warm, funny, engaging film.\n\nDull and lifeless.\n")
    lines = out.split("\n")
    assert (code, len(lines), lines[1], lines[3]) == (0, 4, "", "")
    records = [
        open_lab(ROOT / "checkpoints", "cpu").classify(text, "sentiment-en", ["lstm"])[0]
        for text in ("A warm, funny, engaging film.", "Dull and lifeless.")
    ]
    for line, record in zip((lines[0], lines[2]), records, strict=True):
        label, probability = line.split("\t")
        assert label == record.label
        assert float(probability) == pytest.approx(record.probability, abs=1e-5)


def test_as_many_lines_as_came_and_empty_ones_stay_empty(run: Any) -> None:
    given = "A dog runs.\n\n   \nTwo men talk.\n?!\n你好\nA\u2028b\n"
    code, out, err = run([*TRANSLATE, "--beam", "2", "--batch", "2"], given.encode())
    lines = out.removesuffix("\n").split("\n")
    assert [line[:16] for line in err.splitlines()] == ["seqdemo: line 5:", "seqdemo: line 6:"]  # and why they stay
    assert code == 0
    assert len(lines) == 7
    assert lines[1] == lines[2] == ""
    assert lines[4:6] == ["?!", "你好"]  # nothing to translate: left as it is
    assert lines[0] and lines[3]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("hello " * 5000, ["cut at 1000 characters; 30000 came", "first 96 sub-words were read"]),
        ("x" * 3000, ["cut at 1000 characters; 3000 came", "first 96 sub-words were read"]),
        ("A dog. " * 100, ["Only the first 20 sentences were translated"]),
        ("我喜欢这本书。", ["100% of the letters are of another script"]),
        (".", ["There are no letters"]),
    ],
)
def test_a_line_that_is_cut_or_left_is_told_with_its_number(run: Any, line: str, told: list[str]) -> None:
    code, out, err = run([*TRANSLATE, "--beam", "1"], f"A dog runs.\n{line}\n".encode())
    assert code == 0
    assert len(out.splitlines()) == 2
    for words in told:
        assert any(one.startswith("seqdemo: line 2: ") and words in one for one in err.splitlines())


def test_files_are_read_and_written(run: Any, tmp_path: Path) -> None:
    (tmp_path / "in").write_text("A dog runs.\nA cat sleeps.", encoding="utf-8")
    code, out, _ = run([*TRANSLATE, "--input", str(tmp_path / "in"), "--output", str(tmp_path / "out")])
    assert (code, out) == (0, "")
    assert len((tmp_path / "out").read_text(encoding="utf-8").splitlines()) == 2


def test_the_best_translations_and_a_forced_beginning(run: Any) -> None:
    given = b"A dog runs.\n\nTwo men talk.\n"
    code, out, _ = run([*TRANSLATE, "--beam", "4", "--n-best", "3"], given)
    rows = [line.split("\t") for line in out.splitlines()]
    assert code == 0
    assert [row[0] for row in rows] == ["1"] * 3 + ["3"] * 3
    lab = open_lab(ROOT / "checkpoints", "cpu")
    assert rows[0][2] == lab.translate("A dog runs.", "en-de", beam=4).translation
    assert float(rows[0][1]) >= float(rows[1][1]) >= float(rows[2][1])
    code, out, _ = run([*TRANSLATE, "--prefix", "Der"], given)
    lines = out.split("\n")
    assert (code, lines[1], len(lines)) == (0, "", 4)
    assert lines[0].startswith("Der") and lines[2].startswith("Der")


def test_given_translations_are_scored(run: Any) -> None:
    given = "A dog runs.\tEin Hund rennt.\n\nA dog runs.\tDie Suppe ist kalt.\n"
    code, out, _ = run(["score", "--pair", "en-de"], given.encode())
    lines = out.split("\n")
    assert (code, lines[1], len(lines)) == (0, "", 4)
    good, bad = ([float(value) for value in lines[number].split("\t")] for number in (0, 2))
    assert good[0] > bad[0] and good[1] > bad[1]
    code, out, _ = run(["score", "--pair", "en-de", "--json"], given.encode())
    record = json.loads(out.split("\n")[0])
    assert unpacked(record["log_probabilities"]).sum() == pytest.approx(good[0], abs=1e-3)
    code, out, err = run(["score", "--pair", "en-de"], b"A dog runs. Ein Hund rennt.\n")
    assert (code, out) == (1, "\n")
    assert "line 1: Each line must hold a sentence, a tab and its translation" in err


def test_json_carries_tokens_probabilities_and_attention(run: Any) -> None:
    code, out, _ = run([*TRANSLATE, "--json"], b"A dog runs.\n")
    record = json.loads(out)
    assert code == 0
    cross = next(grid for grid in record["attention"] if grid["kind"] == "cross")
    weights = unpacked(cross["weights"])
    assert weights.shape[2:] == (len(record["output_tokens"]), len(record["source_tokens"]))
    assert abs(weights.sum(-1) - 1).max() < 1e-4
    code, out, _ = run([*CLASSIFY, "--json"], b"A fine film.\n")
    record = json.loads(out)
    assert code == 0
    assert unpacked(record["track"]).shape == (len(record["words"]), 2)


def test_list_shows_tasks_pairs_and_models(run: Any) -> None:
    code, out, _ = run(["--list"])
    assert code == 0
    assert "sentiment-en\trnn lstm gru attention bilstm-attention" in out
    assert "en-de\ttransformer" in out


def test_help_teaches_by_example(run: Any) -> None:
    code, out, _ = run(["--help"])
    assert code == 0
    for command in ("classify", "translate", "train", "evaluate", "serve"):
        assert f"python -m seqdemo {command}" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["classify", "--task", "nothing", "--model", "lstm"], "There is no task called nothing. Tasks: sentiment-en"),
        (["classify", "--task", "sentiment-en", "--model", "cnn"], "There is no model called cnn"),
        (["translate", "--pair", "en-fr"], "There is no language pair called en-fr. Pairs: en-de"),
        ([*TRANSLATE, "--beam", "0"], "from 1 to 10; 0 came"),
        ([*TRANSLATE, "--beam", "1000"], "from 1 to 10; 1000 came"),
        ([*TRANSLATE, "--batch", "0"], "The batch must be"),
        ([*TRANSLATE, "--n-best", "6"], "from 1 to the beam, which is 5; 6 came"),
        (["score", "--pair", "en-fr"], "There is no language pair called en-fr. Pairs: en-de"),
        ([*TRANSLATE, "--input", "no-such-file"], "There is no file no-such-file"),
        (["--checkpoints", "no-such-folder", "--list"], "No checkpoint could be opened in no-such-folder"),
        (["train", "no-such-recipe"], "There is no recipe called no-such-recipe"),
        (["evaluate", "sentiment-en-lstm", "--data", "no-such-folder"], "There is no folder no-such-folder"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_on_stderr(run: Any, arguments: list[str], words: str) -> None:
    code, out, err = run(arguments, b"A dog.\n")
    assert code == 1
    assert out == ""
    assert words in err
    assert "Traceback" not in err


def test_a_line_that_cannot_be_read_is_named_and_the_rest_is_answered(run: Any) -> None:
    code, out, err = run(CLASSIFY, "A fine film.\n你好\nDull.\n".encode())
    lines = out.removesuffix("\n").split("\n")
    assert code == 1
    assert [bool(line) for line in lines] == [True, False, True]
    assert "line 2: This model reads English" in err


def test_a_file_that_is_not_utf8_is_told(run: Any, tmp_path: Path) -> None:
    (tmp_path / "latin1").write_bytes("Männer".encode("latin-1"))
    code, _, err = run([*TRANSLATE, "--input", str(tmp_path / "latin1")])
    assert code == 1
    assert "is not UTF-8" in err


def test_a_mistyped_command_is_an_error(run: Any) -> None:
    assert run(["clasify"])[0] == 2
    assert run([])[0] == 2


def test_it_stands_in_a_pipe() -> None:
    """As a process of its own, the way a shell script calls it."""
    done = subprocess.run(
        [sys.executable, "-m", "seqdemo", *CLASSIFY],
        input="A fine film.\n",
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    label, probability = done.stdout.strip().split("\t")
    assert label in ("positive", "negative")
    assert 0.5 <= float(probability) <= 1
