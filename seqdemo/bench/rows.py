"""A table that somebody brings -> rows to learn from, or a clear word about what is wrong with it.

A CSV or TSV in UTF-8. Its first line names the columns: text and label for a classifier, two of en, de, zh for a
translator (the first of them is translated from). Cells are text and nothing else: a formula is never computed.
"""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from seqdemo.bench.settings import OWN, SAMPLES
from seqdemo.problems import Problem
from seqdemo.records import Notice
from seqdemo.serving.limits import MAX_CLASSES, MAX_FILE, MAX_ROWS
from seqdemo.text.as_read import as_read
from seqdemo.text.limits import clean, foreign_share

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "samples"
NAMES = {
    "text": ("text", "sentence", "文本", "句子"),
    "label": ("label", "class", "category", "标签", "类别"),
    "en": ("en", "english", "英文", "英语"),
    "de": ("de", "german", "deutsch", "德文", "德语"),
    "zh": ("zh", "chinese", "中文", "汉语"),
}
LANGUAGES = ("en", "de", "zh")
FEWEST = 5  # examples of a class: they have to be learnt from, judged by and tested on
FEWEST_PAIRS = 40
MAX_LABEL = 40  # characters
SPLIT_SEED = 1  # the test part is the same whatever the training's seed
SHARES = {"dev": 0.15, "test": 0.15}  # the rest is learnt from


@dataclass(frozen=True)
class Rows:
    """Rows to learn from, in parts. Equal texts stand in one part alone, since each stands there once."""

    languages: tuple[str, ...]  # of the text; or source and target
    parts: dict[str, tuple[tuple[str, str], ...]]  # "train", "dev", "test" -> (label, text) or (source, target)
    labels: tuple[str, ...] = ()  # in alphabetical order; () for a translator
    notices: tuple[Notice, ...] = ()  # what was left out, or is probably not meant
    sample: str = ""  # its name, where it is one of ours

    @property
    def kind(self) -> str:
        return "classifier" if self.labels else "translator"

    @property
    def serves(self) -> str:
        return f"{OWN}-{self.languages[0]}" if self.labels else "-".join(self.languages)

    @property
    def number(self) -> int:
        return sum(map(len, self.parts.values()))

    @property
    def majority(self) -> float:
        """The share of the test part that the class most frequent in it has: what always saying it would have right."""
        counts = Counter(label for label, _ in self.parts["test"])
        return max(counts.values()) / sum(counts.values())


def sample_rows(name: str) -> Rows:
    """One of the samples that were written for this project. Raises Problem where there is none of that name."""
    if name not in SAMPLES:
        raise Problem("bench_settings", came=name[:40])
    rows = read_rows((FOLDER / f"{name}.tsv").read_bytes())
    return Rows(rows.languages, rows.parts, rows.labels, rows.notices, name)


def read_rows(data: bytes) -> Rows:
    """Bytes of a file -> rows. Raises Problem, which says what came and what to do."""
    if len(data) > MAX_FILE:
        raise Problem("bench_file_large", came=f"{len(data) / 1e6:.1f}", most=f"{MAX_FILE / 1e6:g}")
    names, lines = _table(_decoded(data))
    places = {
        role: next((place for place, name in enumerate(names) if name in known), None) for role, known in NAMES.items()
    }
    spoken = sorted((place, role) for role, place in places.items() if role in LANGUAGES and place is not None)
    if places["text"] is not None and places["label"] is not None:
        return _labelled([_cells(line, places["label"], places["text"], named=True) for line in lines])
    if len(spoken) == 2:
        languages = (spoken[0][1], spoken[1][1])
        return _pairs([_cells(line, spoken[0][0], spoken[1][0]) for line in lines], languages)
    raise Problem("bench_columns", came=", ".join(name[:20] for name in names[:6]))


def _decoded(data: bytes) -> str:
    """Raises Problem where it is neither UTF-8 nor, by its first two bytes, UTF-16: guessing would garble texts."""
    coding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(coding)
    except UnicodeDecodeError:
        raise Problem("bench_encoding") from None
    if "\0" in text:
        raise Problem("bench_not_table")
    return text


def _table(text: str) -> tuple[list[str], list[list[str]]]:
    """Names of the columns in lower case, and the lines below that are not blank. Raises Problem."""
    first = text.lstrip().split("\n", 1)[0]
    separator = max("\t,;", key=first.count)
    if not first.strip():
        raise Problem("bench_empty")
    lines: list[list[str]] = []
    try:
        for line in csv.reader(io.StringIO(text.lstrip()), delimiter=separator, strict=True):
            if any(cell.strip() for cell in line):
                lines.append(line)
    except csv.Error:
        raise Problem("bench_not_table") from None
    if len(lines) - 1 > MAX_ROWS:
        raise Problem("bench_rows", came=len(lines) - 1, most=MAX_ROWS)
    return [name.strip().lower() for name in lines[0]], lines[1:]


def _cells(line: Sequence[str], *places: int, named: bool = False) -> tuple[str, str]:
    """Two cells of a line, cleaned; "" where there is none or nothing readable in it. named: the first is a label."""
    first, second = (line[place] if place < len(line) else "" for place in places)
    return _cleaned(first, signs=named), _cleaned(second)


def _cleaned(cell: str, *, signs: bool = False) -> str:
    try:
        return clean(cell, signs=signs)[0]
    except Problem:
        return ""


def _labelled(rows: Sequence[tuple[str, str]]) -> Rows:
    long = next((label for label, _ in rows if len(label) > MAX_LABEL), None)
    if long is not None:
        raise Problem("bench_label_long", label=long[:20], most=MAX_LABEL)
    whole = [(label, text) for label, text in rows if label and text]
    said: dict[str, set[str]] = {}
    for label, text in whole:
        said.setdefault(text.casefold(), set()).add(label)
    once = {text.casefold(): (label, text) for label, text in reversed(whole) if len(said[text.casefold()]) == 1}
    kept = list(reversed(once.values()))
    contrary = sum(len(said[text.casefold()]) > 1 for _, text in whole)
    counts = Counter(label for label, _ in kept)
    if len(counts) < 2:
        raise Problem("bench_one_class", label=next(iter(counts), "–"), rows=len(kept))
    if len(counts) > MAX_CLASSES:
        raise Problem("bench_many_classes", came=len(counts), most=MAX_CLASSES)
    rarest = min(counts, key=lambda label: (counts[label], label))
    if counts[rarest] < FEWEST:
        raise Problem("bench_rare_class", label=rarest, came=counts[rarest], fewest=FEWEST)
    notices = _left_out(empty=len(rows) - len(whole), equal=len(whole) - contrary - len(kept), contrary=contrary)
    language = _language([text for _, text in kept])
    kept = [(label, as_read(text, language)) for label, text in kept]
    notices = (*notices, *_alike(sorted(counts)), *_other_script([text for _, text in kept], language))
    parts: dict[str, list[tuple[str, str]]] = {"train": [], "dev": [], "test": []}
    for label in sorted(counts):
        for part, some in _split([row for row in kept if row[0] == label]).items():
            parts[part] += some
    return Rows((language,), {part: tuple(some) for part, some in parts.items()}, tuple(sorted(counts)), notices)


def _pairs(rows: Sequence[tuple[str, str]], languages: tuple[str, str]) -> Rows:
    whole = [(as_read(source, languages[0]), target) for source, target in rows if source and target]
    kept = list({source.casefold(): (source, target) for source, target in reversed(whole)}.values())[::-1]
    if len(kept) < FEWEST_PAIRS:
        raise Problem("bench_few_pairs", came=len(kept), fewest=FEWEST_PAIRS)
    notices = _left_out(empty=len(rows) - len(whole), equal=len(whole) - len(kept), contrary=0)
    return Rows(languages, {part: tuple(some) for part, some in _split(kept).items()}, (), notices)


def _left_out(*, empty: int, equal: int, contrary: int) -> tuple[Notice, ...]:
    found = (
        (empty, Notice("bench_left_empty", {"rows": empty})),
        (equal, Notice("bench_left_equal", {"rows": equal})),
        (contrary, Notice("bench_left_contrary", {"rows": contrary})),
    )
    return tuple(notice for number, notice in found if number)


def _alike(labels: Sequence[str]) -> tuple[Notice, ...]:
    """Tells of the first two classes that differ in capital letters alone."""
    first: dict[str, str] = {}
    for label in labels:
        if (other := first.setdefault(label.casefold(), label)) != label:
            return (Notice("bench_alike_classes", {"first": other, "other": label}),)
    return ()


def _other_script(texts: Sequence[str], language: str) -> tuple[Notice, ...]:
    """Tells how many rows are cut into words by the rules of a language that they are not in."""
    rows = sum(foreign_share(text, language) > 0.5 for text in texts)
    return (Notice("bench_other_script", {"rows": rows, "total": len(texts)}),) if rows else ()


def _split(rows: Sequence[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    """Shuffled into parts, at least one row to each of "dev" and "test"."""
    shuffled = list(rows)
    random.Random(SPLIT_SEED).shuffle(shuffled)
    parts: dict[str, list[tuple[str, str]]] = {}
    for part, share in SHARES.items():
        number = max(1, round(share * len(rows)))
        parts[part], shuffled = shuffled[:number], shuffled[number:]
    return {"train": shuffled, **parts}


def _language(texts: Sequence[str]) -> str:
    """ "zh" or "en", by the script of most letters: by it texts are cut into words. Raises Problem for another."""
    some = "".join(texts)[:100_000]
    found = next((language for language in ("zh", "en") if foreign_share(some, language) < 0.5), None)
    if found is None or not any(character.isalpha() for character in some):
        raise Problem("bench_script")
    return found
