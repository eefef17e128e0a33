"""Halves of pairs made by a real translator for sentences that people wrote."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from pathlib import Path

import pytest

from seqdemo import checkpoint
from seqdemo.decoding.batch import translate_ids
from seqdemo.training import synthetic
from seqdemo.training.corpora import CORPORA
from seqdemo.training.reading import read_lines
from seqdemo.training.synthetic import synthetic_pairs

REPO = Path(__file__).resolve().parents[2]
DATA, TRANSLATOR = REPO / "tests" / "samples" / "corpora", REPO / "checkpoints" / "en-de-transformer"
CAPTIONS = CORPORA["captions-en"]


@pytest.fixture(scope="module")
def back(tmp_path_factory) -> tuple[Path, list[str], list[str]]:
    folder = tmp_path_factory.mktemp("back")
    sources, targets = synthetic_pairs(CAPTIONS, DATA, TRANSLATOR, folder, "de", "en", say=lambda _: None)
    return folder, sources, targets


def test_targets_are_what_people_wrote_and_sources_what_the_translator_makes_of_them(back):
    _, sources, targets = back
    assert set(targets) <= set(read_lines(DATA, CAPTIONS, "train_task2", "en"))
    assert len(targets) >= 20
    opened = checkpoint.load(TRANSLATOR)
    alone = translate_ids(opened.network, [opened.tokenizer.encode(targets[3])], beam=1, batch=1)
    assert sources[3] == opened.tokenizer.decode(alone[0])


def test_the_other_way_round_people_wrote_the_sources_and_a_beam_search_the_targets(tmp_path):
    sources, targets = synthetic_pairs(CAPTIONS, DATA, TRANSLATOR, tmp_path, "en", "de", say=lambda _: None)
    assert set(sources) <= set(read_lines(DATA, CAPTIONS, "train_task2", "en"))
    assert len(sources) == len(targets) >= 20
    opened = checkpoint.load(TRANSLATOR)
    alone = translate_ids(opened.network, [opened.tokenizer.encode(line) for line in sources], beam=5, batch=128)
    assert targets == [opened.tokenizer.decode(ids) for ids in alone]


def test_what_was_made_is_kept_and_made_again_for_other_weights(back, monkeypatch):
    folder, sources, targets = back
    monkeypatch.setattr(synthetic, "translate_ids", lambda network, ids, **_: [[] for _ in ids])
    again = synthetic_pairs(CAPTIONS, DATA, TRANSLATOR, folder, "de", "en", say=lambda _: None)
    assert again == (sources, targets), "the translator was not asked again"
    papers = folder / "captions-en.json"
    papers.write_text(json.dumps({**json.loads(papers.read_text()), "weights": "0" * 64}))
    anew = synthetic_pairs(CAPTIONS, DATA, TRANSLATOR, folder, "de", "en", say=lambda _: None)
    assert anew == ([], []), "asked again, it says nothing, and sentences without a source are left out"


def test_a_source_of_another_length_is_left_out(tmp_path):
    lines = sorted({line.strip() for line in read_lines(DATA, CAPTIONS, "train_task2", "en")})
    opened = checkpoint.load(TRANSLATOR)
    looped = ["so " * 80 if number == 2 else "Ein Hund läuft im Park herum." for number in range(len(lines))]
    (tmp_path / "captions-en.de.gz").write_bytes(gzip.compress("\n".join(looped).encode()))
    (tmp_path / "captions-en.json").write_text(json.dumps({"weights": opened.sha256, "sentences": len(lines)}))
    found, kept = synthetic_pairs(CAPTIONS, DATA, TRANSLATOR, tmp_path, "de", "en", say=lambda _: None)
    assert lines[2] not in kept and len(found) == len(kept) >= len(lines) - 3


def test_a_line_with_a_word_that_the_translator_never_read_teaches_no_writing(tmp_path):
    """What it read it translates; of another word it makes something, and with an even face."""
    lines = sorted({line.strip() for line in read_lines(DATA, CAPTIONS, "train_task2", "en")})
    home = tmp_path / "narrow"
    shutil.copytree(TRANSLATOR, home)
    words = (home / "source_words.txt").read_text(encoding="utf-8").split("\n")
    unread = next(word for word in lines[4].lower().split() if word in words and len(word) > 3)
    (home / "source_words.txt").write_text("\n".join(word for word in words if word != unread), encoding="utf-8")
    config = json.loads((home / "config.json").read_text(encoding="utf-8"))
    config["digests"]["source_words.txt"] = checkpoint.digest(home / "source_words.txt")
    (home / "config.json").write_text(json.dumps(config), encoding="utf-8")
    before, _ = synthetic_pairs(CAPTIONS, DATA, TRANSLATOR, tmp_path / "all", "en", "de", say=lambda _: None)
    after, _ = synthetic_pairs(CAPTIONS, DATA, home, tmp_path / "known", "en", "de", say=lambda _: None)
    assert lines[4] in before
    assert after == [line for line in before if unread not in re.findall(r"\w+", line.lower())]
