"""A Markdown table, the first row its head."""

from __future__ import annotations

from typing import Any


def table(*rows: tuple[Any, ...]) -> str:
    """Rows of cells -> lines, each with its end.

    >>> print(table(("a", "b"), (1, 2)), end="")
    | a | b |
    |---|---|
    | 1 | 2 |
    """
    head, *body = [f"| {' | '.join(map(str, row))} |\n" for row in rows]
    return head + f"|{'---|' * len(rows[0])}\n" + "".join(body)
