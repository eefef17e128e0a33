"""What a visitor changes has the effect that a second computation says; what no longer fits is dropped with a word."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from seqdemo.decoding.batch import score_ids, search
from seqdemo.experiments.head_pruning import without
from seqdemo.interventions.changes import (
    Begun,
    Change,
    Changes,
    HeadOff,
    RowSet,
    Typed,
    UnitHeld,
    WordHidden,
    WordReplaced,
    mark_of,
)
from seqdemo.interventions.outcome import TranslationOutcome
from seqdemo.lab import TorchLab, open_lab
from seqdemo.problems import Problem
from seqdemo.records import TranslationRecord
from seqdemo.text.subwords import END

CHECKPOINTS = Path(__file__).resolve().parents[1] / "checkpoints"
TEXT = "A little girl in a red dress is playing with a brown dog."
GERMAN = "Ein kleines Mädchen in einem roten Kleid spielt mit einem braunen Hund."


@pytest.fixture(scope="module")
def lab() -> TorchLab:
    return open_lab(CHECKPOINTS, "cpu")


@pytest.fixture(scope="module")
def plain(lab: TorchLab) -> TranslationRecord:
    return lab.translate(TEXT, "en-de")


def again(lab: TorchLab, plain: TranslationRecord, *made: Change) -> TranslationOutcome:
    return lab.retranslate(plain, Changes(made))


def codes(outcome: TranslationOutcome) -> list[str]:
    return [notice.code for notice in outcome.dropped]


def ids(lab: TorchLab, tokens: tuple[str, ...], pair: str = "en-de") -> list[int]:
    return [lab.translators[pair, "transformer"].tokenizer.id_of(token) for token in tokens]  # type: ignore[union-attr,misc]


def scored(lab: TorchLab, network: Any, source: tuple[str, ...], target: tuple[str, ...]) -> float:
    """The log-probability of a target, end mark included, by a network that is given."""
    (rows,) = score_ids(network, [ids(lab, source[:-1])], [ids(lab, target[:-1])])
    return float(rows.gather(1, torch.tensor([*ids(lab, target[:-1]), END])[:, None]).sum())


def test_no_change_is_the_very_same_record(lab: TorchLab, plain: TranslationRecord) -> None:
    outcome = again(lab, plain)
    assert outcome.changed is plain
    assert outcome.dropped == ()
    assert len(set(vars(outcome.scores).values())) == 1
    assert outcome.scores.plain_old == pytest.approx(plain.log_probability, abs=1e-4)


def test_heads_off_equal_a_copy_with_changed_weights(lab: TorchLab, plain: TranslationRecord) -> None:
    opened = lab.translators["en-de", "transformer"]
    heads = [("cross", 2, 0), ("cross", 2, 1), ("cross", 1, 1), ("encoder_self", 0, 3), ("decoder_self", 1, 2)]
    outcome = again(lab, plain, *(HeadOff("transformer", *head) for head in heads))
    copied = without(opened.network, heads)  # type: ignore[arg-type]
    reference = search(copied, [ids(lab, plain.source_tokens[:-1])], beam=5).hypotheses[0][0]
    assert ids(lab, outcome.changed.output_tokens) == [*reference.ids, END]
    assert outcome.changed.log_probability == pytest.approx(reference.log_probability, abs=1e-5 * 20)
    assert outcome.scores.changed_old == pytest.approx(
        scored(lab, copied, plain.source_tokens, plain.output_tokens), abs=1e-5
    )
    assert outcome.scores.plain_new == pytest.approx(
        scored(lab, opened.network, plain.source_tokens, outcome.changed.output_tokens), abs=1e-5
    )
    assert outcome.inside


def test_a_row_is_set_in_the_changed_run(lab: TorchLab, plain: TranslationRecord) -> None:
    grid = plain.grid("cross")
    assert grid is not None
    row = RowSet("transformer", "cross", 0, 1, 5, 2, grid.queries[5], grid.keys[2])
    outcome = again(lab, plain, row)
    assert outcome.applied == (row,)
    shown = outcome.changed.grid("cross")
    assert shown is not None
    assert shown.weights[0, 1, 5].tolist() == [float(place == 2) for place in range(len(grid.keys))]
    assert np.abs(shown.weights[0, 1, :5] - grid.weights[0, 1, :5]).max() < 1e-5
    assert outcome.scores.changed_old != pytest.approx(outcome.scores.plain_old, abs=1e-4)


def test_a_replaced_word_is_the_sentence_typed_so(lab: TorchLab, plain: TranslationRecord) -> None:
    outcome = again(lab, plain, WordReplaced(5, 5, "▁red", "very green"), WordReplaced(1, 1, "▁little", ""))
    typed = lab.translate("A girl in a very green dress is playing with a brown dog.", "en-de")
    assert outcome.changed.text == typed.text
    assert outcome.changed.output_tokens == typed.output_tokens
    assert outcome.changed.log_probability == pytest.approx(typed.log_probability, abs=1e-5)
    for ours, theirs in zip(outcome.changed.attention, typed.attention, strict=True):
        assert np.abs(ours.weights - theirs.weights).max() < 1e-5


def test_words_are_found_in_what_a_phone_wrote(lab: TorchLab) -> None:
    record = lab.translate("The girl isn’t playing with “Tom’s” dog.", "en-de")
    place = record.source_tokens.index("▁dog")
    outcome = again(lab, record, WordReplaced(place, place, "▁dog", "cat"), HeadOff("transformer", "cross", 0, 1))
    assert outcome.dropped == ()
    assert outcome.changed.source_tokens == (*record.source_tokens[:place], "▁cat", *record.source_tokens[place + 1 :])


def test_a_hidden_word_is_looked_at_by_nobody_and_keeps_its_place(lab: TorchLab, plain: TranslationRecord) -> None:
    """Reference: the padding mark at its place, which every mask leaves out."""
    opened = lab.translators["en-de", "transformer"]
    outcome = again(lab, plain, WordHidden(5, 5, "▁red"))
    source = ids(lab, plain.source_tokens[:-1])
    source[5] = 0
    reference = search(opened.network, [source], beam=5).hypotheses[0][0]
    assert ids(lab, outcome.changed.output_tokens) == [*reference.ids, END]
    assert outcome.changed.log_probability == pytest.approx(reference.log_probability, abs=1e-4)
    for kind in ("encoder_self", "cross"):
        grid = outcome.changed.grid(kind)
        assert grid is not None
        assert grid.weights[..., 5].max() == 0
    assert len(outcome.changed.source_tokens) == len(plain.source_tokens)


def test_a_change_finds_its_token_behind_a_replaced_word(lab: TorchLab, plain: TranslationRecord) -> None:
    grid = plain.grid("cross")
    assert grid is not None
    row = RowSet("transformer", "cross", 2, 0, 0, 12, grid.queries[0], "▁dog")
    outcome = again(lab, plain, WordReplaced(1, 1, "▁little", "very very small"), row, WordHidden(11, 11, "▁brown"))
    shown = outcome.changed.grid("cross")
    assert shown is not None
    place = outcome.changed.source_tokens.index("▁dog")
    assert place == 14
    assert shown.weights[2, 0, 0, place] == 1
    assert shown.weights[:, :, 1:, place - 1].max() == 0


def test_a_change_finds_its_word_between_words_taken_out(lab: TorchLab, plain: TranslationRecord) -> None:
    out = (WordReplaced(0, 0, "▁A", ""), WordReplaced(1, 1, "▁little", ""), WordReplaced(3, 3, "▁in", "wearing"))
    outcome = again(lab, plain, *out, WordHidden(2, 2, "▁girl"), WordHidden(4, 4, "▁a"))
    assert outcome.dropped == ()
    assert outcome.changed.text == "girl wearing a red dress is playing with a brown dog."
    grid = outcome.changed.grid("cross")
    assert grid is not None
    hidden = [token for place, token in enumerate(grid.keys) if grid.weights[..., place].max() == 0]
    assert hidden == ["▁girl", "▁a"]


def test_a_key_that_was_itself_replaced_is_dropped(lab: TorchLab, plain: TranslationRecord) -> None:
    grid = plain.grid("cross")
    assert grid is not None
    row = RowSet("transformer", "cross", 2, 0, 0, 12, grid.queries[0], "▁dog")
    outcome = again(lab, plain, WordReplaced(12, 12, "▁dog", "cat"), row)
    assert outcome.applied == (WordReplaced(12, 12, "▁dog", "cat"),)
    assert codes(outcome) == ["edit_dropped_row"]


@pytest.mark.parametrize("step", [0, 2, 7])
def test_decoding_goes_on_from_an_alternative(lab: TorchLab, plain: TranslationRecord, step: int) -> None:
    """Reference: the search itself with these ids forced; the score by teacher forcing."""
    opened = lab.translators["en-de", "transformer"]
    other = plain.steps[step].candidates[2].token
    begun = (*plain.output_tokens[:step], other)
    outcome = again(lab, plain, Begun("transformer", mark_of(TEXT), begun))
    source = ids(lab, plain.source_tokens[:-1])
    reference = search(opened.network, [source], beam=5, prefixes=[ids(lab, begun)]).hypotheses[0][0]
    assert outcome.changed.output_tokens[: step + 1] == begun
    assert ids(lab, outcome.changed.output_tokens) == [*reference.ids, END]
    assert outcome.scores.plain_new == outcome.scores.changed_new
    assert outcome.scores.changed_new == pytest.approx(
        scored(lab, opened.network, plain.source_tokens, outcome.changed.output_tokens), abs=1e-5
    )
    assert not outcome.inside


def test_a_typed_beginning_is_a_prefix(lab: TorchLab, plain: TranslationRecord) -> None:
    outcome = again(lab, plain, Typed("Im Park"))
    typed = lab.translate(TEXT, "en-de", prefix="Im Park")
    assert outcome.changed.output_tokens == typed.output_tokens
    assert outcome.changed.translation.startswith("Im Park")


def test_a_beginning_that_is_a_whole_translation_ends_there(lab: TorchLab, plain: TranslationRecord) -> None:
    whole = ("▁Ein", "▁Hund", ".", "</s>")
    outcome = again(lab, plain, Begun("transformer", mark_of(TEXT), whole))
    assert outcome.changed.output_tokens == whole


OTHER = "Two men are sitting on a bench."


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (WordReplaced(5, 5, "▁red", "blue"), "edit_dropped_word"),
        (WordHidden(1, 1, "▁little"), "edit_dropped_word"),
        (WordHidden(14, 14, "</s>"), "edit_dropped_word"),
        (WordHidden(400, 401, "▁red"), "edit_dropped_word"),
        (HeadOff("transformer", "cross", 3, 0), "edit_dropped_head"),
        (HeadOff("transformer", "cross", 0, 4), "edit_dropped_head"),
        (HeadOff("transformer", "pooling", 0, 0), "edit_dropped_head"),
        (RowSet("transformer", "cross", 0, 0, 5, 5, "▁roten", "▁red"), "edit_dropped_row"),
        (RowSet("transformer", "decoder_self", 0, 0, 0, 1, "▁Ein", "▁Ein"), "edit_dropped_row"),
        (Begun("transformer", mark_of(TEXT), ("▁Ein", "▁Hund")), "edit_dropped_begun"),
        (Begun("transformer", mark_of(OTHER), ("▁Ein", "no such piece")), "edit_dropped_begun"),
        (Begun("transformer", mark_of(OTHER), ("</s>", "▁Ein")), "edit_dropped_begun"),
        (Begun("transformer", mark_of(OTHER), ("▁Ein", "<pad>")), "edit_dropped_begun"),
        (Begun("transformer", mark_of(OTHER), ("▁Ein",) * 60), "edit_dropped_begun"),
        (UnitHeld("transformer", 0, 0.5), "edit_dropped_other"),
    ],
    ids=str,
)
def test_what_does_not_fit_another_text_is_dropped_with_a_word(lab: TorchLab, change: Change, code: str) -> None:
    plain = lab.translate(OTHER, "en-de")
    outcome = again(lab, plain, change)
    assert outcome.changed is plain
    assert outcome.applied == ()
    assert codes(outcome) == [code]


def test_of_two_changes_about_one_place_one_is_kept(lab: TorchLab, plain: TranslationRecord) -> None:
    first, second = WordReplaced(4, 5, "▁a▁red", "the blue"), WordHidden(5, 5, "▁red")
    outcome = again(lab, plain, first, second, Typed("Der"), Typed("Das"))
    assert outcome.applied == (first, Typed("Das"))
    assert codes(outcome) == ["edit_dropped_clash"]


def test_another_models_changes_are_left_alone(lab: TorchLab, plain: TranslationRecord) -> None:
    outcome = again(lab, plain, HeadOff("gru-attention", "cross", 0, 0))
    assert (outcome.applied, outcome.dropped) == ((), ())


def test_a_row_that_now_stands_behind_other_words_says_so(lab: TorchLab, plain: TranslationRecord) -> None:
    grid = plain.grid("cross")
    assert grid is not None
    row = RowSet("transformer", "cross", 0, 0, 9, 3, grid.queries[9], grid.keys[3])
    begun = Begun("transformer", mark_of(TEXT), (*plain.output_tokens[:4], plain.steps[4].candidates[1].token))
    assert codes(again(lab, plain, row, begun)) == ["edit_other_words"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (WordReplaced(0, 12, "".join(("▁A",)), "x"), None),
        (Typed("你好"), "prefix_script"),
        (Typed("Hund " * 90), "prefix_too_long"),
    ],
)
def test_what_cannot_be_translated_is_a_problem_in_words(
    lab: TorchLab, plain: TranslationRecord, change: Change, code: str | None
) -> None:
    if code is None:
        assert codes(again(lab, plain, change)) == ["edit_dropped_word"]
        return
    with pytest.raises(Problem) as caught:
        again(lab, plain, change)
    assert caught.value.code == code


def test_hostile_words_and_bytes_are_found_again(lab: TorchLab) -> None:
    text = "The dog 狗狗 ${alert(1)} says 🐶 , ok"
    for pair, wanted in (("en-de", "▁says"), ("de-en", "▁dog")):
        plain = lab.translate(text, pair)
        place = plain.source_tokens.index(wanted) if wanted in plain.source_tokens else 1
        word = plain.source_tokens[place]
        outcome = again(lab, plain, WordReplaced(place, place, word, "kind"))
        assert outcome.changed.text.replace(" kind", word.replace("▁", " "), 1) == plain.text


def test_greedy_search_can_be_changed_too(lab: TorchLab) -> None:
    plain = lab.translate(TEXT, "en-de", beam=1)
    outcome = again(lab, plain, WordReplaced(12, 12, "▁dog", "cat"))
    assert "Katze" in outcome.changed.translation
    assert replace(outcome.changed, notices=()).beam == 1


def test_a_recurrent_translator_is_changed_where_it_looks(lab: TorchLab) -> None:
    """Row set, head off, word hidden: what is told, and that the set row is what the changed record shows."""
    plain = lab.translate(TEXT, "en-de", "seq2seq-attention")
    grid = plain.grid("cross")
    assert grid is not None
    query, key = 1, 11
    row = RowSet("seq2seq-attention", "cross", 0, 0, query, key, grid.queries[query], grid.keys[key])
    found = again(lab, plain, row)
    assert (found.applied, codes(found)) == ((row,), [])
    changed = found.changed.grid("cross")
    assert changed is not None
    np.testing.assert_array_equal(changed.weights[0, 0, query], np.eye(len(grid.keys))[key])
    off = HeadOff("seq2seq-attention", "cross", 0, 0)
    blind = again(lab, plain, off)
    assert blind.applied == (off,)
    assert blind.scores.changed_old < blind.scores.plain_old - 1  # blind, it finds its own translation much less likely
    word = WordHidden(4, 4, plain.source_tokens[4])
    hidden = again(lab, plain, word)
    assert (hidden.applied, hidden.changed.source_tokens) == ((word,), plain.source_tokens)
    seen = hidden.changed.grid("cross")
    assert seen is not None
    assert float(seen.weights[..., 4].max()) == 0
    stray = HeadOff("seq2seq-attention", "encoder_self", 0, 0)
    assert codes(again(lab, plain, stray)) == ["edit_dropped_head"]
