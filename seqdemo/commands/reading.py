"""classify, explain and translate: a line in, a line out, so that they fit between other programs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from seqdemo.commands.shared import add_device, lab_of
from seqdemo.locales import translate_key
from seqdemo.problems import Problem
from seqdemo.records import Notice, to_json


def add_commands(commands: Any) -> None:
    """classify, explain and translate."""
    classify = commands.add_parser("classify", help="say of each line to which class it belongs")
    _add_classifier(classify)
    _add_lines(classify, "one JSON record a line, with tokens, track, gates and attention")
    classify.set_defaults(run=run_classify)

    explain = commands.add_parser("explain", help="say of each word of a line how much the answer rests on it")
    _add_classifier(explain)
    explain.add_argument(
        "--method",
        default="integrated_gradients",
        help="gradient_times_input, integrated_gradients (default), occlusion, or gradient_river (recurrent models)",
    )
    explain.add_argument("--label", help="the class to ask about (default: the one that the model answers)")
    _add_lines(explain, "one JSON record a line, with score and baseline")
    explain.set_defaults(run=run_explain)

    translate = commands.add_parser("translate", help="translate each line")
    translate.add_argument("--pair", required=True, help="for example en-de; --list shows all")
    translate.add_argument("--model", help="for example transformer (default: the pair's first)")
    translate.add_argument(
        "--beam", type=int, default=5, metavar="N", help="beginnings kept at each step; 1 is greedy (default: 5)"
    )
    translate.add_argument("--batch", type=int, default=32, metavar="N", help="lines translated at once (default: 32)")
    _add_lines(translate, "one JSON record a line, with tokens, alternatives and attention")
    translate.set_defaults(run=run_translate)


def _add_classifier(command: argparse.ArgumentParser) -> None:
    command.add_argument("--task", required=True, help="for example sentiment-en; --list shows all")
    command.add_argument("--model", required=True, help="for example lstm; --list shows all")


def _add_lines(command: argparse.ArgumentParser, json_help: str) -> None:
    command.add_argument("--input", metavar="FILE", help="UTF-8 text, a line each (default: standard input)")
    command.add_argument("--output", metavar="FILE", help="where to write (default: standard output)")
    command.add_argument("--json", action="store_true", help=json_help)
    add_device(command)


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
    return _answer_lines(
        chosen,
        read_lines(chosen.input),
        lambda line: lab.classify(line, chosen.task, [chosen.model])[0],
        lambda record: _json(record) if chosen.json else f"{record.label}\t{record.probability:.6f}",
    )


def run_explain(chosen: argparse.Namespace) -> int:
    """label, then word<SPACE>value for each word, tab-separated; 1 where a line could not be read."""
    lab = lab_of(chosen)
    return _answer_lines(
        chosen,
        read_lines(chosen.input),
        lambda line: lab.explain(line, chosen.task, chosen.model, chosen.method, chosen.label),
        lambda record: (
            _json(record)
            if chosen.json
            else "\t".join(
                [
                    record.label,
                    *(f"{word} {value:.4f}" for word, value in zip(record.words, record.values, strict=True)),
                ]
            )
        ),
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
    return _answer_lines(chosen, lines, lambda line: lab.translate(line, chosen.pair, chosen.model, chosen.beam), _json)


def _answer_lines(
    chosen: argparse.Namespace, lines: list[str], read: Callable[[str], Any], written: Callable[[Any], str]
) -> int:
    """A record for each line, written as text; nothing for an empty line. 1 where a line could not be read."""
    nothing = "{}" if chosen.json else ""
    results, failed = [], False
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            results.append(nothing)
            continue
        try:
            record = read(line)
        except Problem as problem:
            print(f"seqdemo: line {number}: {problem}", file=sys.stderr)
            results.append(nothing)
            failed = True
            continue
        _tell(number, record.notices)
        results.append(written(record))
    write_lines(chosen.output, results)
    return int(failed)


def _json(record: Any) -> str:
    return json.dumps(to_json(record), ensure_ascii=False)


def _tell(number: int, notices: Iterable[Notice]) -> None:
    for notice in notices:
        print(
            f"seqdemo: line {number}: {translate_key('en', f'notice.{notice.code}', **notice.values)}", file=sys.stderr
        )


def read_lines(name: str | None) -> list[str]:
    """The lines of a UTF-8 file or of standard input, cut at line feeds only, without them."""
    try:
        data = sys.stdin.buffer.read() if name is None else Path(name).read_bytes()
        text = data.decode("utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        raise Problem("input_missing", file=str(name)) from None
    except UnicodeDecodeError:
        raise Problem("input_encoding", file=name or "standard input") from None
    return text.removesuffix("\n").replace("\r\n", "\n").split("\n") if text else []


def write_lines(name: str | None, lines: list[str]) -> None:
    """To a file, whole or not at all, or to standard output."""
    text = "".join(line + "\n" for line in lines)
    if name is None:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.flush()
        return
    try:
        Path(name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise Problem("output_failed", file=name, reason=error.strerror or str(error)) from None
