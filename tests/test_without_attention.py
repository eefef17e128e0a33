"""A translator that returns no attention at all: every other view and change works, and what it has not is said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from seqdemo import checkpoint
from seqdemo.components.attention_view import translator_attention_payload
from seqdemo.components.edits_view import edits_payload
from seqdemo.components.steps_view import steps_payload
from seqdemo.components.tree_view import best_path, tree_payload
from seqdemo.golden import write_golden
from seqdemo.interventions.changes import Begun, Changes, HeadOff, RowSet, WordHidden, WordReplaced, mark_of
from seqdemo.lab import TorchLab, open_lab
from seqdemo.locales import LANGUAGES
from seqdemo.models import TRANSLATORS
from seqdemo.problems import Problem
from seqdemo.records import TranslationRecord

ROOT = Path(__file__).resolve().parents[1]
TEXT = "Two dogs are running in the snow."
NAME = "seq2seq"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> TorchLab:
    """One translator with weights by chance, and the sub-words of the checkpoint that it is compared with."""
    folder = tmp_path_factory.mktemp("checkpoints")
    like = checkpoint.load(ROOT / "checkpoints" / "en-de-seq2seq-attention")
    torch.manual_seed(3)
    sizes = {"vocabulary": like.config.sizes["vocabulary"], "embedding": 16, "hidden": 12, "dropout": 0.0}
    network = TRANSLATORS[NAME].build(**sizes)
    config = replace(like.config, name=f"en-de-{NAME}", model=NAME, sizes=sizes, digests={})
    checkpoint.save(folder / config.name, config, network, like.tokenizer, source_words=like.source_words)
    write_golden(checkpoint.load(folder / config.name))
    return open_lab(folder, "cpu")


@pytest.fixture(scope="module")
def plain(lab: TorchLab) -> TranslationRecord:
    return lab.translate(TEXT, "en-de", NAME, beam=3)


def test_it_has_steps_and_a_tree_and_no_attention(plain: TranslationRecord) -> None:
    assert plain.attention == ()
    assert len(plain.tree) >= len(plain.steps) > 1
    assert len(best_path(plain)) == len(plain.steps)
    (model,) = json.loads(tree_payload([plain], language="en"))["models"]
    assert len(model["steps"]) == len(plain.tree)
    (model,) = json.loads(steps_payload([plain], language="en"))["models"]
    assert model["cross"] is None
    assert len(model["steps"]) == len(plain.steps)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_attention_view_says_who_has_none(plain: TranslationRecord, language: str) -> None:
    from seqdemo.figures.names import model_name

    content = json.loads(translator_attention_payload([plain], language=language))
    assert content["panels"] == []
    assert model_name(NAME, language) in content["absent"]


def test_words_are_replaced_and_taken_out(lab: TorchLab, plain: TranslationRecord) -> None:
    word = plain.source_tokens[1]
    for by in ("cats", ""):
        outcome = lab.retranslate(plain, Changes((WordReplaced(1, 1, word, by),)))
        assert outcome.dropped == ()
        assert outcome.changed.text == TEXT.replace("dogs ", f"{by} ".lstrip())
        assert outcome.changed.translation == lab.translate(outcome.changed.text, "en-de", NAME, beam=3).translation


def test_it_goes_on_from_an_alternative(lab: TorchLab, plain: TranslationRecord) -> None:
    begun = Begun(NAME, mark_of(TEXT), (plain.output_tokens[0], plain.steps[1].candidates[1].token))
    outcome = lab.retranslate(plain, Changes((begun,)))
    assert outcome.changed.output_tokens[:2] == begun.tokens


@pytest.mark.parametrize(
    "change",
    [
        WordHidden(1, 1, "▁dogs"),
        HeadOff(NAME, "cross", 0, 0),
        RowSet(NAME, "cross", 0, 0, 0, 0, "▁Zwei", "▁Two"),
        HeadOff("transformer", "cross", 0, 0),
    ],
)
def test_what_it_has_not_is_dropped_with_a_word_and_changes_not_one_bit(
    lab: TorchLab, plain: TranslationRecord, change: WordHidden | HeadOff | RowSet
) -> None:
    outcome = lab.retranslate(plain, Changes((change,)))
    assert outcome.changed is outcome.plain is plain
    mine = getattr(change, "model", NAME) == NAME
    assert len(outcome.dropped) == int(mine)
    content = json.loads(edits_payload([plain], [outcome], Changes(()), language="en", dropped=outcome.dropped))
    assert content["models"][0]["grids"] == []
    assert len(content["told"]) == int(mine)


def test_the_sum_of_a_token_is_there_and_that_of_a_cell_is_refused(lab: TorchLab, plain: TranslationRecord) -> None:
    asked = {"checkpoint": f"en-de-{NAME}", "text": TEXT, "beam": 3, "step": 1}
    token = plain.steps[1].candidates[1]
    found = lab.show_sum(asked | {"sort": "token", "token": token.token})
    assert found.value == pytest.approx(token.probability, abs=1e-5)
    assert len(found.snippet.strip().splitlines()) <= 6
    with pytest.raises(Problem):
        lab.show_sum(asked | {"sort": "attention", "kind": "cross", "heads": [[0, 0]], "rows": [0], "columns": [0]})
