"""classify, translate and score: a line in, a line out, so that they fit between other programs."""

from __future__ import annotations

import argparse
from typing import Any

from seqdemo.commands.lines import add_classifier, add_lines, answer_lines, as_json, read_lines, tell, write_lines
from seqdemo.commands.shared import lab_of
from seqdemo.problems import Problem
from seqdemo.records import ScoreRecord, TranslationRecord


def add_commands(commands: Any) -> None:
    """classify, translate and score."""
    classify = commands.add_parser("classify", help="say of each line to which class it belongs")
    add_classifier(classify)
    add_lines(classify, "one JSON record a line, with tokens, track, gates and attention")
    classify.set_defaults(run=run_classify)

    translate = commands.add_parser("translate", help="translate each line, sentence by sentence")
    _add_translator(translate)
    translate.add_argument(
        "--beam", type=int, default=5, metavar="N", help="beginnings kept at each step; 1 is greedy (default: 5)"
    )
    translate.add_argument("--batch", type=int, default=32, metavar="N", help="lines translated at once (default: 32)")
    translate.add_argument(
        "--prefix", default="", metavar="WORDS", help="what every translation must begin with; a line is one sentence"
    )
    translate.add_argument(
        "--n-best", type=int, default=1, metavar="N", help="for each line its N best translations, at most --beam"
    )
    add_lines(translate, "one JSON record a line, with tokens, alternatives and attention; a line is one sentence")
    translate.set_defaults(run=run_translate)

    score = commands.add_parser("score", help="say how probable a translator finds each given translation")
    _add_translator(score)
    add_lines(score, "one JSON record a line, with the probability and rank of every token")
    score.set_defaults(run=run_score)


def _add_translator(command: argparse.ArgumentParser) -> None:
    command.add_argument("--pair", required=True, help="for example en-de; --list shows all")
    command.add_argument("--model", help="for example transformer (default: the pair's first)")


def list_models(chosen: argparse.Namespace) -> int:
    """What --list shows: each task and pair with its models, tab-separated."""
    lab = lab_of(chosen)
    for title, table in (
        ("tasks (classify --task TASK --model MODEL)", lab.tasks()),
        ("pairs (translate --pair PAIR)", lab.pairs()),
    ):
        print(title)
        for name, models in table.items():
            print(f"  {name}\t{' '.join(models)}")
    return 0


def run_classify(chosen: argparse.Namespace) -> int:
    """label<TAB>probability for each line; an empty line stays empty. 1 where a line could not be read."""
    lab = lab_of(chosen)
    lab.chosen_models(chosen.task, [chosen.model])  # a wrong task or model is told before any line is read
    return answer_lines(
        chosen,
        read_lines(chosen.input),
        lambda line: lab.classify(line, chosen.task, [chosen.model])[0],
        lambda record: as_json(record) if chosen.json else f"{record.label}\t{record.probability:.6f}",
    )


def run_translate(chosen: argparse.Namespace) -> int:
    """As many lines as came; a line with nothing to translate stays as it is. With --json as `run_classify`.

    With --n-best: for each line that has a translation N lines, line number<TAB>score<TAB>translation.
    """
    lab = lab_of(chosen)
    lines = read_lines(chosen.input)
    if not (chosen.json or chosen.prefix or chosen.n_best != 1):
        translated = lab.translate_lines(
            lines, chosen.pair, chosen.model, chosen.beam, chosen.batch, lambda place, said: tell(place + 1, said)
        )
        write_lines(chosen.output, translated)
        return 0
    lab.translate_lines([], chosen.pair, chosen.model, chosen.beam, chosen.batch)
    if not 1 <= chosen.n_best <= chosen.beam:  # likewise told before any line is read
        raise Problem("bad_n_best", most=chosen.beam, came=chosen.n_best)
    asked: dict[str, Any] = {"prefix": chosen.prefix, "n_best": chosen.n_best}
    return answer_lines(
        chosen,
        lines,
        lambda line: lab.translate(line, chosen.pair, chosen.model, chosen.beam, **asked),
        as_json if chosen.json else lambda record: record.translation,
        None if chosen.json or chosen.n_best == 1 else _n_best,
    )


def _n_best(number: int, record: TranslationRecord) -> str:
    return "\n".join(f"{number}\t{one.score:.4f}\t{one.translation}" for one in record.alternatives)


def run_score(chosen: argparse.Namespace) -> int:
    """Each line: a sentence, a tab, its translation -> log-probability<TAB>the same per token."""
    lab = lab_of(chosen)
    lab.translate_lines([], chosen.pair, chosen.model)  # a wrong pair or model is told before any line is read

    def read(line: str) -> ScoreRecord:
        text, tab, translation = line.partition("\t")
        if not tab:
            raise Problem("no_tab")
        return lab.score_translation(text, translation, chosen.pair, chosen.model)

    return answer_lines(
        chosen,
        read_lines(chosen.input),
        read,
        lambda record: as_json(record) if chosen.json else f"{record.log_probability:.4f}\t{record.score:.4f}",
    )
