"""Parsing, filling and what may be seen, on a small lesson of the tests' own."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from seqdemo.lab import TorchLab
from seqdemo.lessons.facts import experiment, facts, require, scores
from seqdemo.lessons.fill import DOINGS, fill, holds, walk
from seqdemo.lessons.parse import lesson, parse
from seqdemo.lessons.screen import Progress, answer_of, screen
from seqdemo.problems import Problem

TEXT = """# Small

About {{experiment:one:n}}.

## First
[state](?task=sentiment-en&text=A+fine+film.&models=rnn&step=2)
[highlight](reading)
[claim]({{experiment:one:n}} > 1)

Text with $x$.

## Second
[chart](head-pruning)

### predict
Which?

- left: to the left
- right: to the right
answer: right if {{experiment:one:n}} > 1 else left

### outcome
The secret is {{experiment:one:secret}}.

## exercises

### How many?
{{experiment:one:n}} and the SOLUTION.

### Why?
Because.

## reading

- A paper, section 1.
"""
FOUND = {"n": 3, "secret": "SESAME"}


def look_up(kind: str, subject: str) -> Any:
    assert (kind, subject) == ("experiment", "one")
    return FOUND


def small(language: str = "en") -> Any:
    return parse("L9", language, TEXT)


def test_a_file_becomes_a_lesson() -> None:
    taught = small()
    assert (taught.title, taught.places, len(taught.exercises)) == ("Small", 3, 2)
    first, second = taught.steps
    assert first.state == {"task": "sentiment-en", "text": "A fine film.", "models": "rnn", "step": "2"}
    assert (first.highlight, first.text, first.claims) == ("reading", "Text with $x$.", ("{{experiment:one:n}} > 1",))
    assert second.chart == "head-pruning"
    assert second.prediction.choices == (("left", "to the left"), ("right", "to the right"))
    assert "answer" not in second.prediction.question


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("# Small", "Small"), "first line"),
        (("## reading", "## rading"), "are needed"),
        (("### outcome", "### outcme"), "come together"),
        (("answer: right if {{experiment:one:n}} > 1 else left\n", ""), "answer"),
        (("answer: right if {{experiment:one:n}} > 1 else left", "answer: up"), "'up' came"),
        (("- left: to the left\n", ""), "two or more"),
        (("](?task", "](task"), "begins with"),
    ],
)
def test_a_file_of_another_shape_is_refused_by_name(change: tuple[str, str], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse("L9", "en", TEXT.replace(*change))


def test_an_outcome_is_in_no_screen_before_it_is_revealed() -> None:
    before = screen(small(), Progress("L9", 2), look_up)
    assert "SESAME" not in repr(before)
    assert (before.chart, before.state, before.more) == (None, None, True)
    assert before.choices == (("left", "to the left"), ("right", "to the right"))
    voted = screen(small(), Progress("L9", 2, votes={"L9.2": {"left": 2}}), look_up)
    assert "SESAME" not in repr(voted) and "to the left: **2**" in voted.tally
    after = screen(small(), Progress("L9", 2, revealed={"L9.2": 1}), look_up)
    assert "SESAME" in after.outcome and "to the right" in after.outcome and after.chart == "head-pruning"


def test_answers_of_exercises_come_one_by_one() -> None:
    assert "SOLUTION" not in repr(screen(small(), Progress("L9", 3), look_up))
    one = screen(small(), Progress("L9", 3, revealed={"L9.3": 1}), look_up)
    assert "SOLUTION" in one.text and "Because" not in one.text and one.more
    assert not screen(small(), Progress("L9", 3, revealed={"L9.3": 2}), look_up).more


def test_the_right_answer_is_computed() -> None:
    prediction = small().steps[1].prediction
    assert answer_of(prediction, look_up) == "right"
    assert answer_of(prediction, lambda kind, subject: {"n": 0}) == "left"


def test_a_state_may_stand_where_an_experiment_says() -> None:
    taught = parse("L9", "en", TEXT.replace("&step=2", "&step={{experiment:one:n}}"))
    shown = screen(taught, Progress("L9", 1), look_up).state
    assert shown == {"task": "sentiment-en", "text": "A fine film.", "models": "rnn", "step": "3"}


def test_an_answer_may_ask_more_than_once() -> None:
    answer = "answer: up if {{experiment:one:n}} > 9 else right if {{experiment:one:n}} > 2 else left"
    text = TEXT.replace("answer: right if {{experiment:one:n}} > 1 else left", answer)
    prediction = parse("L9", "en", text.replace("- left: to", "- up: upwards\n- left: to")).steps[1].prediction
    assert prediction is not None
    found = [answer_of(prediction, lambda kind, subject, n=n: {"n": n}) for n in (10, 3, 1)]
    assert found == ["up", "right", "left"]


def test_chinese_lines_meet_without_a_blank() -> None:
    text = TEXT.replace("Text with $x$.", "第一行\n第二行\n{{experiment:one:n}}\n个。")
    assert parse("L9", "zh", text).steps[0].text == "第一行第二行 {{experiment:one:n}} 个。"
    assert parse("L9", "en", text).steps[0].text.count("\n") == 3


def test_references_are_followed_and_shown() -> None:
    values = {"rows": [{"p": 0.5}, {"p": np.float32(0.25)}], "named": {"a": 1, "b": 3}}

    def find(kind: str, subject: str) -> Any:
        return values

    assert fill('{{x:y "a, b: c":rows[1].p|percent}}', find, "en") == "25.0\u00a0%"
    assert fill("{{x:y:rows[1].p|percent}}", find, "zh") == "25.0%"
    assert fill("{{x:y:rows.*.p|highest|.2f}} {{x:y:named|best}} {{x:y:named|worst}}", find, "en") == "0.50 b a"
    assert walk(values, "named.*") == {"a": 1, "b": 3}
    assert holds("{{x:y:named.b}} > {{x:y:named.a}}", find) and not holds("{{x:y:named.b}} == 2", find)
    assert set(DOINGS) >= {"percent", "label", "mean", "best"}
    with pytest.raises(KeyError):
        fill("{{x:y:rows[0].q}}", find, "en")


def test_what_is_not_there_is_a_problem_that_names_it(lab: TorchLab, tmp_path: Any) -> None:
    for call in (
        lambda: experiment("no-such-thing", tmp_path),
        lambda: experiment("../../etc/passwd", tmp_path),
        lambda: scores(lab.sources()[0], tmp_path),
        lambda: require(lab, {"task": "sentiment-en", "models": "rnn,phrenology"}),
        lambda: require(lab, {"pair": "en-xx"}),
        lambda: facts(lab)("classify", 'sentiment-en/phrenology/"A fine film."'),
        lambda: facts(lab)("source", "no-such-checkpoint"),
    ):
        with pytest.raises(Problem) as told:
            call()
        assert told.value.code == "lesson_needs"


def test_scores_of_other_weights_are_not_quoted(lab: TorchLab, tmp_path: Any) -> None:
    source = lab.sources()[0]
    (tmp_path / source.checkpoint).mkdir()
    path = tmp_path / source.checkpoint / "scores.json"
    path.write_text(json.dumps({"model_sha256": source.sha256, "dev": 1}))
    assert scores(source, tmp_path)["dev"] == 1
    path.write_text(json.dumps({"model_sha256": "0" * 64, "dev": 1}))
    with pytest.raises(Problem):
        scores(source, tmp_path)


def test_facts_are_what_the_lab_computes(lab: TorchLab) -> None:
    look = facts(lab)
    record = lab.classify("It is good, not bad.", "sentiment-en", ["lstm"])[0]
    said = fill('{{classify:sentiment-en/lstm/"It is good, not bad.":probability|.6f}}', look, "en")
    assert float(said) == pytest.approx(record.probability, abs=1e-6)
    looks = look("looks", 'sentiment-en/bilstm-attention/"It is good, not bad."')
    seen = lab.classify("It is good, not bad.", "sentiment-en", ["bilstm-attention"])[0].attention
    assert list(looks.values()) == pytest.approx(seen.weights[-1, :, -1].mean(axis=0).tolist(), abs=1e-6)
    told = look("translate", 'en-de/transformer/3/"Two dogs are running."')
    assert told.translation == lab.translate("Two dogs are running.", "en-de", "transformer", 3).translation


def test_a_lesson_that_we_do_not_have_is_an_error() -> None:
    with pytest.raises(KeyError, match="L7"):
        lesson("L7", "en")
