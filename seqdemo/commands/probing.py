"""explain, faithfulness, attention-explanation and units: what an answer rests on, asked line by line."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from seqdemo.commands.lines import add_classifier, add_lines, answer_lines, as_json, read_lines, write_lines
from seqdemo.commands.shared import lab_of
from seqdemo.evidence import AttentionExplanationRecord, FaithfulnessRecord, UnitRankingRecord, UnitRecord
from seqdemo.locales import translate_key
from seqdemo.problems import Problem
from seqdemo.protocols import counted_from_one, unit_from_one
from seqdemo.records import COMPLETE, AttributionRecord
from seqdemo.text.named_words import named_words


def add_commands(commands: Any) -> None:
    """explain, faithfulness, attention-explanation and units."""
    explain = commands.add_parser("explain", help="say of each word of a line how much the answer rests on it")
    add_classifier(explain)
    explain.add_argument(
        "--method",
        default="integrated_gradients",
        help="gradient_times_input, integrated_gradients (default) or occlusion; for recurrent models also "
        "gradient_river (length of d score / d state after each word) and gradient_river_words (of d score / d vector "
        "of each word)",
    )
    explain.add_argument("--label", help="the class to ask about (default: the one that the model answers)")
    add_lines(explain, "one JSON record a line, with score and baseline")
    explain.set_defaults(run=run_explain)

    faithful = commands.add_parser("faithfulness", help="test each explanation of a line by taking its words away")
    add_classifier(faithful)
    faithful.add_argument("--label", help="the class to ask about (default: the one that the model answers)")
    add_lines(faithful, "one JSON record a line, with deletion and insertion curves")
    faithful.set_defaults(run=run_faithfulness)

    attention = commands.add_parser(
        "attention-explanation", help="say of each line whether other attention weights give the same answer"
    )
    add_classifier(attention)
    add_lines(attention, "one JSON record a line, with all weights and answers")
    attention.set_defaults(run=run_attention_explanation)

    units = commands.add_parser(
        "units", help="rank hidden units, counted from 1, or show one over each line and hold it still"
    )
    add_classifier(units)
    asked = units.add_mutually_exclusive_group()
    asked.add_argument("--label", help="rank the units that tell this class from the rest (default: the last class)")
    asked.add_argument("--words", metavar="WORD,WORD", help="rank the units that tell these words from others")
    asked.add_argument("--unit", type=int, metavar="N", help="read lines and show this unit (from 1) after each word")
    units.add_argument("--hold", type=float, metavar="VALUE", help="with --unit: hold it at a value from -1 to 1")
    add_lines(units, "JSON records instead of lines; in them units are counted from 0")
    units.set_defaults(run=run_units)


def run_explain(chosen: argparse.Namespace) -> int:
    """label, then word<SPACE>value for each word, tab-separated; 1 where a line could not be read."""
    lab = lab_of(chosen)  # what is wrong with every line is told before any is read, here and below
    lab.require_question(chosen.task, chosen.model, method=chosen.method, label=chosen.label)
    return answer_lines(
        chosen,
        read_lines(chosen.input),
        lambda line: lab.explain(line, chosen.task, chosen.model, chosen.method, chosen.label),
        as_json if chosen.json else _explained,
    )


def _explained(record: AttributionRecord) -> str:
    if record.method == COMPLETE:  # the others need not add up
        whole, added = record.score - record.baseline, float(record.values.sum())
        print(f"seqdemo: score minus baseline {whole:.4f}; the words add up to {added:.4f}", file=sys.stderr)
    values = (f"{word} {value:.4f}" for word, value in zip(record.words, record.values, strict=True))
    return "\t".join((record.label, *values))


def run_faithfulness(chosen: argparse.Namespace) -> int:
    """label, then method<SPACE>comprehensiveness<SPACE>sufficiency for each, tab-separated; random order last."""
    lab = lab_of(chosen)
    lab.require_question(chosen.task, chosen.model, label=chosen.label)
    return answer_lines(
        chosen,
        read_lines(chosen.input),
        lambda line: lab.faithfulness(line, chosen.task, chosen.model, chosen.label),
        as_json if chosen.json else _erased,
    )


def _erased(record: FaithfulnessRecord) -> str:
    values = (f"{one.method} {one.comprehensiveness:.4f} {one.sufficiency:.4f}" for one in record.curves)
    return "\t".join((record.label, *values))


def run_attention_explanation(chosen: argparse.Namespace) -> int:
    """label, then name<SPACE>distance<SPACE>change for each replacement of the weights, then the verdict."""
    lab = lab_of(chosen)
    lab.require_attention(chosen.task, chosen.model)
    return answer_lines(
        chosen,
        read_lines(chosen.input),
        lambda line: lab.attention_explanation(line, chosen.task, chosen.model),
        as_json if chosen.json else _replaced,
    )


def _replaced(record: AttentionExplanationRecord) -> str:
    values = (f"{one.name} {one.distance:.4f} {one.change:.4f}" for one in record.trials[1:])
    verdict = translate_key("en", f"notice.{record.verdict.code}", **record.verdict.values)
    return "\t".join((record.label, *values, verdict))


def run_units(chosen: argparse.Namespace) -> int:
    """A ranking: unit<TAB>area for each. With --unit: word<SPACE>value for each word of each line, and answers.

    Units are counted from 1; in a record from 0. Raises Problem for what would have to be guessed.
    """
    lab = lab_of(chosen)
    if chosen.unit is not None:
        with counted_from_one(chosen.unit):
            lab.require_unit(chosen.task, chosen.model, chosen.unit - 1, chosen.hold)
        return answer_lines(
            chosen,
            read_lines(chosen.input),
            lambda line: unit_from_one(lab, line, chosen.task, chosen.model, chosen.unit, chosen.hold),
            as_json if chosen.json else _unit,
        )
    if chosen.hold is not None:
        raise Problem("hold_without_unit")
    if chosen.input is not None:
        raise Problem("input_without_unit")
    words = [] if chosen.words is None else named_words(chosen.words)
    ranking = lab.units(chosen.task, chosen.model, label=chosen.label, words=words)
    write_lines(chosen.output, [as_json(ranking)] if chosen.json else _ranking(ranking))
    return 0


def _ranking(found: UnitRankingRecord) -> list[str]:
    chance = f"{found.inside} of {found.inside + found.outside} are {found.asked}; the best by chance: "
    print(f"seqdemo: {chance}{0.5 + found.chance / 2:.4f} or {0.5 - found.chance / 2:.4f}", file=sys.stderr)
    lines = [f"{one.unit + 1}\t{one.area:.4f}" for one in found.units]
    return [*lines, *(f"{one.unit + 1}\t{one.area:.4f}\tdrawn at random" for one in found.random)]


def _unit(record: UnitRecord) -> str:
    values = [f"{word} {value:.4f}" for word, value in zip(record.words, record.values, strict=True)]
    answers = [record.track[-1], *([] if record.held_track is None else [record.held_track[-1]])]
    said = [f"{record.labels[int(one.argmax())]} {float(one.max()):.4f}" for one in answers]
    return "\t".join((" -> ".join(said), *values))
