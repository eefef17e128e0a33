"""What the commands that read lines share: a line in, a line out, the rest to standard error."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from seqdemo.commands.shared import add_device
from seqdemo.locales import translate_key
from seqdemo.problems import Problem
from seqdemo.records import Notice, to_json


def add_classifier(command: argparse.ArgumentParser) -> None:
    """--task and --model."""
    command.add_argument("--task", required=True, help="for example sentiment-en; --list shows all")
    command.add_argument("--model", required=True, help="for example lstm; --list shows all")


def add_lines(command: argparse.ArgumentParser, json_help: str) -> None:
    """--input, --output, --json and --device."""
    command.add_argument("--input", metavar="FILE", help="UTF-8 text, a line each (default: standard input)")
    command.add_argument("--output", metavar="FILE", help="where to write (default: standard output)")
    command.add_argument("--json", action="store_true", help=json_help)
    add_device(command)


def answer_lines(
    chosen: argparse.Namespace,
    lines: list[str],
    read: Callable[[str], Any],
    written: Callable[[Any], str],
    numbered: Callable[[int, Any], str] | None = None,
) -> int:
    """A record for each line, written as text; nothing for an empty line. 1 where a line could not be read.

    numbered: writes a record with its line's number, for answers of several lines; then nothing at all is written
    for a line without an answer.
    """
    nothing = "{}" if chosen.json else ""
    results, failed = [], False
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            results.append(nothing)
            continue
        try:
            record = read(line)
        except Problem as problem:
            tell(number, problem)
            results.append(nothing)
            failed = True
            continue
        for notice in record.notices:
            tell(number, notice)
        results.append(numbered(number, record) if numbered else written(record))
    write_lines(chosen.output, [line for line in results if line or not numbered])
    return int(failed)


def as_json(record: Any) -> str:
    """One line, in the letters of the text."""
    return json.dumps(to_json(record), ensure_ascii=False)


def tell(number: int, said: Notice | Problem) -> None:
    """What a user should know of a line, counted from 1, to standard error."""
    words = str(said) if isinstance(said, Problem) else translate_key("en", f"notice.{said.code}", **said.values)
    print(f"seqdemo: line {number}: {words}", file=sys.stderr)


def read_lines(name: str | None) -> list[str]:
    """The lines of a UTF-8 file or of standard input, cut at line feeds only, without them."""
    try:
        data = sys.stdin.buffer.read() if name is None else Path(name).read_bytes()
        text = data.decode("utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        raise Problem("input_missing", file=str(name)) from None
    except UnicodeDecodeError:
        raise Problem("input_encoding", file=name or "standard input") from None
    except OSError as error:
        raise Problem("input_failed", file=name or "standard input", reason=error.strerror or str(error)) from None
    return text.removesuffix("\n").replace("\r\n", "\n").split("\n") if text else []


def write_lines(name: str | None, lines: list[str]) -> None:
    """To a file or to standard output. Raises Problem where there is no room, or no such place."""
    text = "".join(line + "\n" for line in lines)
    try:
        if name is None:
            sys.stdout.buffer.write(text.encode())
            sys.stdout.flush()
        else:
            Path(name).write_text(text, encoding="utf-8", newline="\n")
    except BrokenPipeError:  # whoever reads has seen enough: `commands.main` sees to it
        raise
    except OSError as error:
        raise Problem("output_failed", file=name or "standard output", reason=error.strerror or str(error)) from None
