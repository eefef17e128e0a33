"""The layout of the data folder, read: good files, every kind of bad one, and the samples that ship with the tests."""

from __future__ import annotations

import gzip
import importlib.util
from pathlib import Path

import numpy as np
import pytest
from sklearn.decomposition import PCA

from seqdemo.problems import Problem
from seqdemo.training.corpora import CORPORA, VECTORS
from seqdemo.training.reading import (
    data_folder,
    narrowed,
    read_dictionary,
    read_labelled,
    read_lines,
    read_pairs,
    read_vectors,
    vector_words,
)

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
SST2, MULTI30K = CORPORA["sst2"], CORPORA["multi30k"]


def put(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode()))


def test_samples_are_what_their_script_writes() -> None:
    spec = importlib.util.spec_from_file_location("write_samples", SAMPLES / "write_samples.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    there = sorted(str(path.relative_to(SAMPLES / "corpora")) for path in (SAMPLES / "corpora").rglob("*.gz"))
    assert there == sorted([*script.files(), "vectors/glove6b-50d.vocab.txt.gz"])
    words, table = script.vectors(script.files())
    assert vector_words(SAMPLES / "corpora", VECTORS["glove6b-50d"]) == words.split()
    there = np.load(SAMPLES / "corpora" / "vectors" / "glove6b-50d.f16.npy")
    np.testing.assert_array_equal(there, table.astype(np.float16))
    for name, text in script.files().items():
        assert gzip.decompress((SAMPLES / "corpora" / name).read_bytes()).decode() == text, name


@pytest.mark.parametrize("name", [name for name, one in CORPORA.items() if one.layout == "lines" and not one.written])
def test_samples_hold_every_split_and_share_no_sentence(name: str) -> None:
    corpus, folder = CORPORA[name], SAMPLES / "corpora"
    seen: set[str] = set()
    for split in filter(None, (corpus.train, corpus.dev, *corpus.tests)):
        if corpus.labels:
            rows = read_labelled(folder, corpus, split)
            texts = [text for _, text in rows]
            assert {label for label, _ in rows} == set(range(len(corpus.labels)))
        else:
            sides = [read_lines(folder, corpus, split, language) for language in corpus.languages]
            assert len({len(side) for side in sides}) == 1
            texts = sides[0]
        assert 30 <= len(texts) <= 60
        assert not seen & set(texts)
        seen |= set(texts)


def test_a_dictionary_gives_words_and_their_first_sense_and_leaves_out_what_only_explains() -> None:
    corpus = CORPORA["cedict"]
    assert read_pairs(SAMPLES / "corpora", corpus, corpus.train, "zh", "en") == (
        ["苹果", "跑步", "图书馆", "高兴", "天气", "火车"],
        ["apple", "run", "library", "happy", "weather", "train"],
    )
    english, chinese = read_pairs(SAMPLES / "corpora", corpus, corpus.train, "en", "zh")
    assert (english[0], chinese[0]) == ("apple", "苹果")


def test_a_dictionary_with_a_broken_row_names_the_line(tmp_path: Path) -> None:
    put(tmp_path, "cc-cedict/cedict.tsv.gz", "traditional\tsimplified\tpinyin\tenglish\n蘋果\t苹果\tping2 guo3\n")
    with pytest.raises(Problem) as caught:
        read_dictionary(tmp_path, CORPORA["cedict"], "cedict")
    assert caught.value.values["line"] == 2


def test_a_token_without_a_vector_gets_the_mean_of_its_characters(tmp_path: Path) -> None:
    (tmp_path / "vectors").mkdir()
    put(tmp_path, "vectors/tencent-char-zh-200d.vocab.txt.gz", "a\n书\n好\n")
    np.save(tmp_path / "vectors/tencent-char-zh-200d.f16.npy", np.array([[9, 9], [1, 2], [3, 6]], dtype=np.float16))
    found = read_vectors(tmp_path, VECTORS["tencent-char-zh-200d"], ["好书", "书", "坏书", "坏", "aa", "a"])
    np.testing.assert_array_equal(found, [[2, 4], [1, 2], [1, 2], [0, 0], [0, 0], [9, 9]])


def test_narrowed_vectors_are_the_leading_principal_components() -> None:
    vectors = np.random.default_rng(1).normal(size=(30, 6)).astype(np.float32)
    vectors[4] = 0
    found = narrowed(vectors, 3)
    known = np.abs(vectors).sum(axis=1) > 0
    expected = PCA(3).fit_transform(vectors[known])
    np.testing.assert_allclose(np.abs(found[known]), np.abs(expected), atol=1e-4)  # float32, two libraries
    assert not found[4].any()


def test_lines_are_read_as_they_stand(tmp_path: Path) -> None:
    put(tmp_path, "multi30k/val.de.gz", "Zwei Hunde. \n\n\u2028&amp; drei\r\n")  # U+2028 is no line end here
    assert read_lines(tmp_path, MULTI30K, "val", "de") == ["Zwei Hunde. ", "", "\u2028&amp; drei\r"]


def test_sides_of_unlike_length_are_refused(tmp_path: Path) -> None:
    put(tmp_path, "multi30k/val.en.gz", "A dog.\nA cat.\n")
    put(tmp_path, "multi30k/val.de.gz", "Ein Hund.\n")
    with pytest.raises(Problem, match="has 2 lines and the de side 1"):
        read_pairs(tmp_path, MULTI30K, "val", "en", "de")
    put(tmp_path, "multi30k/val.de.gz", "Ein Hund.\nEine Katze.\n")
    assert read_pairs(tmp_path, MULTI30K, "val", "en", "de") == (["A dog.", "A cat."], ["Ein Hund.", "Eine Katze."])


def test_a_third_column_is_left_out(tmp_path: Path) -> None:
    put(tmp_path, "sst2/dev.tsv.gz", "label\ttext\tsource\n1\tFine .\tpaper\n0\tPoor .\tradio\n")
    assert read_labelled(tmp_path, SST2, "dev") == [(1, "Fine ."), (0, "Poor .")]


@pytest.mark.parametrize("row", ["2\ttoo high", "-1\tnegative number", "positive\tword", "1 no tab", ""])
def test_a_bad_row_is_named(tmp_path: Path, row: str) -> None:
    put(tmp_path, "sst2/dev.tsv.gz", f"label\ttext\n1\tFine .\n{row}\n0\tPoor .\n")
    with pytest.raises(Problem) as raised:
        read_labelled(tmp_path, SST2, "dev")
    assert raised.value.code == "data_row"
    assert raised.value.values["line"] == 3
    assert "dev.tsv.gz" in str(raised.value) and "Labels: 0, 1." in str(raised.value)


def test_lines_left_empty_at_the_end_are_no_rows_and_a_missing_header_costs_no_example(tmp_path: Path) -> None:
    put(tmp_path, "sst2/dev.tsv.gz", "label\ttext\n1\tFine .\n\n\n")
    assert read_labelled(tmp_path, SST2, "dev") == [(1, "Fine .")]
    put(tmp_path, "sst2/dev.tsv.gz", "1\tFine .\n0\tPoor .\n")
    with pytest.raises(Problem, match="the first line is an example"):
        read_labelled(tmp_path, SST2, "dev")


@pytest.mark.parametrize("damage", ["cut", "no gzip", "no UTF-8", "empty", "empty inside"])
def test_a_damaged_file_is_named(tmp_path: Path, damage: str) -> None:
    whole = gzip.compress(b"A dog.\n" * 50)
    bad = {
        "cut": whole[:-10],
        "no gzip": b"A dog.\n",
        "no UTF-8": gzip.compress(b"\xff\xfe"),
        "empty": b"",
        "empty inside": gzip.compress(b""),
    }
    path = tmp_path / "multi30k" / "val.en.gz"
    path.parent.mkdir()
    path.write_bytes(bad[damage])
    with pytest.raises(Problem, match=r"val\.en\.gz") as raised:
        read_lines(tmp_path, MULTI30K, "val", "en")
    assert raised.value.code == "data_file_damaged"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"val\.en\.gz") as raised:
        read_lines(tmp_path, MULTI30K, "val", "en")
    assert raised.value.code == "data_file_missing"


def test_the_folder_comes_from_the_argument_then_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SEQDEMO_DATA", raising=False)
    assert data_folder(None) is None
    monkeypatch.setenv("SEQDEMO_DATA", str(tmp_path / "not there"))
    assert data_folder(str(tmp_path)) == tmp_path
    with pytest.raises(Problem, match="not there"):
        data_folder(None)
