"""A visitor's table: what is read, what is left out and told, and a clear word about each thing that is wrong."""

from __future__ import annotations

import csv
import io

import pytest

from seqdemo.bench.rows import FEWEST, FEWEST_PAIRS, Rows, read_rows, sample_rows
from seqdemo.bench.settings import SAMPLES
from seqdemo.locales import LANGUAGES
from seqdemo.problems import Problem
from seqdemo.serving.limits import MAX_CLASSES, MAX_FILE, MAX_ROWS


def table(*rows: tuple[str, str], head: tuple[str, str] = ("text", "label")) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows([head, *rows])
    return written.getvalue().encode()


def plain(number: int = 20, labels: tuple[str, ...] = ("good", "bad")) -> list[tuple[str, str]]:
    return [(f"Sentence number {place} about {label} things.", label) for place in range(number) for label in labels]


def code_of(data: bytes) -> str:
    with pytest.raises(Problem) as raised:
        read_rows(data)
    for language in LANGUAGES:
        said = raised.value.message(language)
        assert "{" not in said and len(said) < 300
    return raised.value.code


def texts(rows: Rows) -> list[str]:
    return [text for part in rows.parts.values() for _, text in part]


def test_a_plain_table_is_split_by_class_into_three_parts() -> None:
    rows = read_rows(table(*plain(20)))
    assert (rows.kind, rows.labels, rows.languages, rows.serves) == ("classifier", ("bad", "good"), ("en",), "own-en")
    assert {part: len(some) for part, some in rows.parts.items()} == {"train": 28, "dev": 6, "test": 6}
    assert all({label for label, _ in some} == {"good", "bad"} for some in rows.parts.values())
    assert rows.majority == 0.5 and rows.notices == ()
    assert read_rows(table(*plain(20))) == rows, "the split must not change from one reading to the next"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separators_and_unicode_codings(separator: str, coding: str) -> None:
    lines = [
        separator.join(row)
        for row in (("标签", "文本"), *((label, f"第{n}句{label}话") for n in range(9) for label in "好坏"))
    ]
    rows = read_rows("\r\n".join(lines).encode(coding))
    assert (rows.labels, rows.languages, rows.number) == (("坏", "好"), ("zh",), 18)


@pytest.mark.parametrize("name", SAMPLES)
def test_each_sample_is_read_whole(name: str) -> None:
    rows = sample_rows(name)
    assert rows.notices == () and rows.number >= 800 and rows.sample == name


# -- what is wrong with a table ------------------------------------------------------------------------


def test_one_class() -> None:
    assert code_of(table(*plain(20, ("good",)))) == "bench_one_class"


@pytest.mark.parametrize("head", [("text", "mood"), ("what", "label"), ("en", "text"), ("", "")])
def test_a_missing_column(head: tuple[str, str]) -> None:
    assert code_of(table(*plain(), head=head)) == "bench_columns"


@pytest.mark.parametrize("coding", ["gb18030", "latin-1"])
def test_a_wrong_encoding_is_told_and_not_guessed(coding: str) -> None:
    word = "好的句子" if coding == "gb18030" else "schön"
    assert code_of(table(*[(f"{word} {n}", str(n % 2)) for n in range(40)]).decode().encode(coding)) == "bench_encoding"


def test_a_hundred_thousand_rows() -> None:
    data = b"text,label\n" + b"".join(b"a%d,b\n" % number for number in range(100_000))
    assert len(data) < MAX_FILE, "else another limit is tested"
    assert code_of(data) == "bench_rows"
    assert MAX_ROWS < 100_000


def test_a_huge_file() -> None:
    assert code_of(b"text,label\n" + b"x" * MAX_FILE) == "bench_file_large"


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_nothing_at_all(data: bytes) -> None:
    assert code_of(data) == "bench_empty"


@pytest.mark.parametrize(
    "data", [b'text,label\n"never closed,good\n', b"text,label\n\x00,a\n", b"PK\x03\x04text,label\x00"]
)
def test_what_is_no_table(data: bytes) -> None:
    assert code_of(data) == "bench_not_table"


def test_empty_cells_and_short_lines_are_left_out_and_counted() -> None:
    data = table(*plain(20), ("", "good"), ("A text without a label.", ""), ("!!!", "bad")) + b"only one cell\n\n"
    rows = read_rows(data)
    assert [(notice.code, notice.values) for notice in rows.notices] == [("bench_left_empty", {"rows": 4})]
    assert rows.number == 40


def test_a_formula_is_text_and_never_computed() -> None:
    formula = '=HYPERLINK("http://example.org","x")&1+1'
    rows = read_rows(table(*plain(20), (formula, "good"), ("@SUM(1+1)*cmd|' /C calc'!A0", "bad")))
    assert formula in texts(rows) and rows.number == 42


def test_a_phones_apostrophe_is_learnt_as_it_will_be_read() -> None:
    rows = read_rows(table(*plain(), ("It’s ｇｏｏｄ", "good")))
    assert "It's good" in {text for some in rows.parts.values() for _, text in some}
    pairs = [(f"It’s number {place}", f"C’est {place}") for place in range(FEWEST_PAIRS)]
    read = read_rows(table(*pairs, head=("en", "de")))
    assert {one[:5] + other[:2] for one, other in read.parts["train"]} == {"It's C’"}


def test_a_text_stands_in_one_part_alone() -> None:
    doubled = [(text.upper() if copy else text, label) for text, label in plain(20) for copy in range(3)]
    rows = read_rows(table(*doubled))
    assert [(notice.code, notice.values) for notice in rows.notices] == [("bench_left_equal", {"rows": 80})]
    parts = [{text.casefold() for _, text in some} for some in rows.parts.values()]
    assert sum(map(len, parts)) == len(set.union(*parts)) == 40


def test_a_text_with_two_labels_is_left_out() -> None:
    rows = read_rows(table(*plain(20), ("It is what it is.", "good"), ("It is what it is.", "bad")))
    assert [(notice.code, notice.values) for notice in rows.notices] == [("bench_left_contrary", {"rows": 2})]
    assert "It is what it is." not in texts(rows)


def test_classes_that_differ_in_capitals_alone_are_told() -> None:
    rows = read_rows(table(*plain(), *[(f"Another sentence, number {place}.", "Good") for place in range(9)]))
    assert rows.labels == ("Good", "bad", "good")
    assert [(one.code, one.values) for one in rows.notices] == [
        ("bench_alike_classes", {"first": "Good", "other": "good"})
    ]


@pytest.mark.parametrize(("number", "language", "other"), [(12, "en", 12), (200, "zh", 40)])
def test_rows_in_another_script_are_told(number: int, language: str, other: int) -> None:
    chinese = [(f"第{place}句话是用中文写的", ("good", "bad")[place % 2]) for place in range(number)]
    rows = read_rows(table(*plain(), *chinese))
    assert rows.languages == (language,)
    assert [(one.code, one.values) for one in rows.notices] == [
        ("bench_other_script", {"rows": other, "total": 40 + number})
    ]


def test_labels_that_are_numbers_are_names_and_too_many_are_told() -> None:
    assert read_rows(table(*plain(20, ("0", "1")))).labels == ("0", "1")
    ratings = [(f"Sentence number {place}.", f"{place / 7:.3f}") for place in range(60)]
    assert code_of(table(*ratings)) == "bench_many_classes"
    assert MAX_CLASSES < 60


@pytest.mark.parametrize("labels", [("+", "-"), ("👍", "👎"), ("★★★", "★")])
def test_labels_that_are_signs_are_names_too(labels: tuple[str, str]) -> None:
    rows = [(f"Sentence number {place} about {word} things.", label) for place in range(20) for word, label in
            zip(("good", "bad"), labels, strict=True)]  # fmt: skip
    found = read_rows(table(*rows))
    assert found.labels == tuple(sorted(labels)) and found.notices == ()


def test_columns_that_are_swapped_are_noticed() -> None:
    long = [(label, f"{text} And some more words so that it is a sentence.") for text, label in plain()]
    assert code_of(table(*long)) == "bench_label_long"


def test_a_class_that_is_too_rare() -> None:
    assert code_of(table(*plain(20), *[(f"Rare {n}.", "odd") for n in range(FEWEST - 1)])) == "bench_rare_class"


def test_another_script() -> None:
    assert code_of(table(*[(f"предложение номер {n}", str(n % 2)) for n in range(40)])) == "bench_script"


def test_pairs_are_read_from_left_to_right() -> None:
    pairs = [(f"第{n}个句子", f"Sentence number {n}") for n in range(FEWEST_PAIRS)]
    rows = read_rows(table(*pairs, head=("zh", "en")))
    assert (rows.kind, rows.serves, rows.labels) == ("translator", "zh-en", ())
    assert code_of(table(*pairs[1:], head=("zh", "en"))) == "bench_few_pairs"
