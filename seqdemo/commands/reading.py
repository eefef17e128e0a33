"""classify and translate: a line in, a line out, so that they fit between other programs."""

from __future__ import annotations

import argparse
from typing import Any

from seqdemo.commands.lines import add_classifier, add_lines, answer_lines, as_json, read_lines, write_lines
from seqdemo.commands.shared import lab_of


def add_commands(commands: Any) -> None:
    """classify and translate."""
    classify = commands.add_parser("classify", help="say of each line to which class it belongs")
    add_classifier(classify)
    add_lines(classify, "one JSON record a line, with tokens, track, gates and attention")
    classify.set_defaults(run=run_classify)

    translate = commands.add_parser("translate", help="translate each line")
    translate.add_argument("--pair", required=True, help="for example en-de; --list shows all")
    translate.add_argument("--model", help="for example transformer (default: the pair's first)")
    translate.add_argument(
        "--beam", type=int, default=5, metavar="N", help="beginnings kept at each step; 1 is greedy (default: 5)"
    )
    translate.add_argument("--batch", type=int, default=32, metavar="N", help="lines translated at once (default: 32)")
    add_lines(translate, "one JSON record a line, with tokens, alternatives and attention")
    translate.set_defaults(run=run_translate)


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
    """As many lines as came; a line with nothing to translate stays as it is. With --json as `run_classify`."""
    lab = lab_of(chosen)
    lines = read_lines(chosen.input)
    if not chosen.json:
        translated = lab.translate_lines(lines, chosen.pair, chosen.model, chosen.beam, chosen.batch)
        write_lines(chosen.output, translated)
        return 0
    lab.translate_lines([], chosen.pair, chosen.model, chosen.beam, chosen.batch)
    return answer_lines(
        chosen, lines, lambda line: lab.translate(line, chosen.pair, chosen.model, chosen.beam), as_json
    )
