"""The command line: one file a family of commands. Errors go to stderr in one sentence; exit codes are non-zero.

Exit codes: 0 done; 1 cannot be done as asked; 2 the command itself was mistyped (argparse).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from seqdemo import __version__
from seqdemo.commands import checking, experimenting, making, probing, reading, serving
from seqdemo.problems import Problem

EXAMPLES = """examples:
  echo "A warm, funny, engaging film." | python -m seqdemo classify --task sentiment-en --model lstm
  echo "A man rides a bicycle." | python -m seqdemo translate --pair en-de --beam 5
  python -m seqdemo translate --pair en-de --input captions.en --output captions.de
  echo "A man rides a bicycle." | python -m seqdemo translate --pair en-de --prefix "Auf einem" --n-best 3
  printf "A man rides.\\tEin Mann reitet.\\n" | python -m seqdemo score --pair en-de
  echo "It is good, not bad." | python -m seqdemo explain --task sentiment-en --model lstm
  echo "It is good, not bad." | python -m seqdemo faithfulness --task sentiment-en --model lstm
  echo "It is good, not bad." | python -m seqdemo attention-explanation --task sentiment-en --model bilstm-attention
  python -m seqdemo units --task sentiment-en --model lstm --words not,never,no
  python -m seqdemo --list
  python -m seqdemo train sentiment-en-lstm --data DIR
  python -m seqdemo evaluate sentiment-en-lstm --data DIR
  python -m seqdemo experiment memory-distance
  python -m seqdemo export en-de-transformer --to ctranslate2
  python -m seqdemo selftest
  python -m seqdemo serve --port 7860 --language zh
"""


def parser() -> argparse.ArgumentParser:
    """The whole command surface; tests and the README's check read it."""
    top = argparse.ArgumentParser(
        prog="python -m seqdemo",
        description="Sequence models that show how they read: classify, translate, train, evaluate, serve.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"seqdemo {__version__}")
    top.add_argument("--list", action="store_true", help="show tasks, language pairs and models, then stop")
    top.add_argument("--checkpoints", metavar="DIR", help="folder of checkpoints (default: the one beside app.py)")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    for family in (reading, probing, making, checking, experimenting, serving):
        family.add_commands(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    top = parser()
    chosen = top.parse_args(arguments)
    try:
        if chosen.list:
            return reading.list_models(chosen)
        if chosen.command is None:
            top.print_help(sys.stderr)
            return 2
        return int(chosen.run(chosen))
    except Problem as problem:
        print(f"seqdemo: {problem}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # `... | head` has seen enough
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        print("seqdemo: stopped; a training goes on with --resume", file=sys.stderr)
        return 130
