"""A translator in the lab: forced beginnings, n-best, passages, given translations, and text that cannot be served."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seqdemo.lab import TorchLab, open_lab
from seqdemo.problems import Problem
from seqdemo.records import PassageRecord, RecordError, to_json
from seqdemo.text.limits import MAX_CHARACTERS, MAX_SENTENCES, MAX_SUBWORDS

CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"
CAPTION = "A man in a red shirt is reading a book."


@pytest.fixture(scope="module")
def lab() -> TorchLab:
    return open_lab(CHECKPOINTS, "cpu")


def codes(record: Any) -> list[str]:
    return [notice.code for notice in record.notices]


def test_a_translation_begins_as_it_is_told(lab: TorchLab) -> None:
    free = lab.translate(CAPTION, "en-de")
    forced = lab.translate(CAPTION, "en-de", prefix="Der Mann ")
    assert forced.prefix == "Der Mann"
    assert forced.translation.startswith("Der Mann")
    assert not free.translation.startswith("Der Mann")
    assert forced.log_probability < free.log_probability
    assert lab.translate(CAPTION, "en-de", prefix="  ").translation == free.translation
    assert lab.translate(CAPTION, "en-de", prefix=free.translation).translation == free.translation


def test_the_best_translations_are_listed(lab: TorchLab) -> None:
    record = lab.translate(CAPTION, "en-de", n_best=5)
    assert len(record.alternatives) == 5
    assert record.alternatives[0].translation == record.translation
    assert record.alternatives[0].log_probability == pytest.approx(record.log_probability, abs=1e-3)
    scores = [one.score for one in record.alternatives]
    assert scores == sorted(scores, reverse=True)
    assert len({one.translation for one in record.alternatives}) == 5


def test_the_tree_holds_the_translation(lab: TorchLab) -> None:
    """Walked along its kept members, the best translation is in the tree, with the probabilities of its steps."""
    record = lab.translate(CAPTION, "en-de")
    place, total = 0, 0.0
    for number, (token, step) in enumerate(zip(record.output_tokens, record.tree, strict=False)):
        total += float(np.log(record.steps[number].probability))
        member = next(one for one in step if (one.token, one.parent) == (token, place))
        assert member.log_probability == pytest.approx(total, abs=1e-3)
        assert member.fate == ("ended" if token == "</s>" else "kept")
        if member.fate == "kept":
            place = [one for one in step if one.fate == "kept"].index(member)
    assert json.loads(json.dumps(to_json(record)))["tree"][0][0]["parent"] == 0


@pytest.mark.parametrize("beam", [1, 5])
def test_scoring_what_it_wrote_gives_its_own_probability(lab: TorchLab, beam: int) -> None:
    record = lab.translate(CAPTION, "en-de", beam=beam)
    scored = lab.score_translation(CAPTION, record.translation, "en-de")
    assert scored.output_tokens == record.output_tokens
    assert scored.log_probability == pytest.approx(record.log_probability, abs=1e-3)
    assert np.exp(scored.log_probabilities) == pytest.approx([step.probability for step in record.steps], abs=1e-4)
    assert scored.preferred == tuple(step.candidates[0].token for step in record.steps)
    assert [rank == 0 for rank in scored.ranks] == [
        token == best for token, best in zip(scored.output_tokens, scored.preferred, strict=True)
    ]
    if beam == 1:
        assert set(scored.ranks) == {0}
    worse = lab.score_translation(CAPTION, "Zwei Hunde schlafen.", "en-de")
    assert worse.score < scored.score


TEXT = 'A dog runs. "Two men talk!" Mr. Smith is reading a book. ?!'


def test_a_passage_is_translated_sentence_by_sentence(lab: TorchLab) -> None:
    record = lab.translate_passage(TEXT, "en-de")
    assert [one.text for one in record.sentences] == [
        "A dog runs.",
        '"Two men talk!"',
        "Mr. Smith is reading a book. ?!",
    ]
    for one in record.sentences:
        alone = lab.translate(one.text, "en-de")
        assert (one.translation, one.output_tokens) == (alone.translation, alone.output_tokens)
        assert one.notices == alone.notices
        for ours, theirs in zip(one.attention, alone.attention, strict=True):
            assert np.abs(ours.weights - theirs.weights).max() < 1e-5
    assert record.translation == " ".join(one.translation for one in record.sentences)
    assert lab.translate_lines([TEXT], "en-de") == [record.translation]
    assert list(record.all_notices) == [notice for one in record.sentences for notice in one.notices]


@pytest.mark.parametrize("pair", ["en-de", "en-zh"])
def test_a_phones_quotes_change_no_translation(lab: TorchLab, pair: str) -> None:
    typed, plain = "He said, “I’m tired.”", 'He said, "I\'m tired."'
    for model in lab.pairs()[pair]:
        found, expected = lab.translate(typed, pair, model), lab.translate(plain, pair, model)
        assert (found.text, found.translation) == (typed, expected.translation)
        assert (found.source_tokens, found.notices) == (expected.source_tokens, expected.notices)
        assert lab.translate_lines([typed], pair, model) == lab.translate_lines([plain], pair, model)
        scored = [lab.score_translation(text, found.translation, pair, model) for text in (typed, plain)]
        assert scored[0].log_probability == scored[1].log_probability
    assert "“" in lab.translate("„Gut“, sagte er.", "de-en").text


def test_a_passage_needs_a_sentence() -> None:
    with pytest.raises(RecordError, match="at least one"):
        PassageRecord("a", "en-de", (), " ")


def test_too_many_sentences_are_told(lab: TorchLab) -> None:
    record = lab.translate_passage("A dog runs. " * 40, "en-de", beam=1)
    assert len(record.sentences) == MAX_SENTENCES
    (notice,) = record.notices
    assert (notice.code, notice.values) == ("cut_sentences", {"limit": MAX_SENTENCES, "came": 40})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dog " * 5000, ["cut_characters", "cut_subwords"]),
        ("x" * 3000, ["cut_characters", "cut_subwords"]),
        ("A dog runs. " * 500, ["cut_characters", "cut_sentences"]),
        ("A" + "!?" * 400, []),
    ],
)
def test_huge_input_meets_a_stated_limit_and_no_hang(lab: TorchLab, text: str, expected: list[str]) -> None:
    began = time.perf_counter()
    record = lab.translate_passage(text, "en-de")
    assert time.perf_counter() - began < 20
    assert record.translation
    assert set(expected) <= {notice.code for notice in record.all_notices}
    assert len(record.text) <= MAX_CHARACTERS
    assert all(len(one.source_tokens) <= MAX_SUBWORDS + 1 for one in record.sentences)


OWN = {
    "en": ("the small dog that we saw yesterday runs over a green field, ", "Donau"),
    "de": ("der kleine Hund, den wir gestern sahen, läuft über eine grüne Wiese, ", "Donau"),
    "zh": ("我们昨天看见的小狗在跑，", "狗"),
}
BAD = {
    "5,000 words": lambda language: OWN[language][0] * 460,
    "a word of 3,000 letters": lambda language: OWN[language][1] * (3000 // len(OWN[language][1])),
    "one mark": lambda language: "。" if language == "zh" else ".",
    "another script": lambda language: OWN["zh" if language != "zh" else "en"][0],
    "figures": lambda language: "12345 67890",
}
ANSWERS = {
    "5,000 words": "cut_characters",
    "a word of 3,000 letters": "cut_subwords",
    "one mark": "no_letters",
    "figures": "no_words",
}


@pytest.mark.parametrize("name", BAD)
def test_every_translator_answers_bad_input_in_words_and_in_time(lab: TorchLab, name: str) -> None:
    for (pair, model), opened in lab.translators.items():
        language = opened.config.serves.split("-")[0]
        expected = ANSWERS.get(name, "not_chinese" if language == "zh" else "other_script")
        began = time.perf_counter()
        try:
            found = {notice.code for notice in lab.translate_passage(BAD[name](language), pair, model).all_notices}
        except Problem as problem:
            found = {problem.code}
        assert time.perf_counter() - began < 30
        assert expected in found, (pair, model, found)


@pytest.mark.parametrize(
    ("pair", "text", "turned"),
    [
        ("en-de", "Ein Mann fährt mit dem Fahrrad durch die Stadt.", "de-en"),
        ("de-en", "A man rides a bicycle through the town.", "en-de"),
        ("de-en", "She is looking for her umbrella.", "en-de"),
        ("en-de", "Wo ist der Bahnhof?", "de-en"),
    ],
)
def test_the_other_language_of_the_pair_is_told_with_the_pair_to_choose(
    lab: TorchLab, pair: str, text: str, turned: str
) -> None:
    for record in (lab.translate(text, pair), lab.translate_passage(text, pair).sentences[0]):
        (told,) = (notice for notice in record.notices if notice.code == "other_language")
        assert told.values == {"pair": turned}
    assert "other_language" not in codes(lab.translate(text, turned))


@pytest.mark.parametrize(
    ("pair", "text"),
    [
        ("en-de", "Tom!"),
        ("en-de", "Angst."),
        ("de-en", "Hallo Tom, ok?"),
        ("zh-en", "汤姆在 NBA 打篮球打了好多年。"),
        ("de-en", "Xqzvw?"),
    ],
)
def test_names_and_what_nobody_knows_are_no_other_language(lab: TorchLab, pair: str, text: str) -> None:
    assert "other_language" not in codes(lab.translate(text, pair))


LOOPING = ("Tom Tom Tom.", "I wish I were as young as you.", "1,000,000,000", "Ok", "It's getting colder.", "a b c d e")


def test_out_of_its_depth_it_neither_loops_nor_falls_silent(lab: TorchLab) -> None:
    for text, line in zip(LOOPING, lab.translate_lines(LOOPING, "en-de"), strict=True):
        words = line.split()
        assert words
        most = 3 if text.startswith("Tom") else 2
        assert not any(words[place : place + most + 1] == [words[place]] * (most + 1) for place in range(len(words)))


@pytest.mark.parametrize(
    ("code", "ask"),
    [
        ("other_script", lambda lab: lab.translate("我喜欢这本书。", "en-de")),
        ("other_script", lambda lab: lab.translate_passage("我喜欢这本书。你呢？", "en-de")),
        ("no_letters", lambda lab: lab.translate_passage("!", "en-de")),
        ("empty_text", lambda lab: lab.score_translation("A dog.", " ", "en-de")),
        ("prefix_script", lambda lab: lab.score_translation("A dog.", "狗在跑。", "en-de")),
        ("translation_too_long", lambda lab: lab.score_translation("A dog.", "Hund " * 150, "en-de")),
        ("prefix_script", lambda lab: lab.translate("A dog.", "en-de", prefix="你好")),
        ("prefix_unknown", lambda lab: lab.translate("A dog.", "en-de", prefix="Ein 狗 Hund")),
        ("prefix_too_long", lambda lab: lab.translate("A dog.", "en-de", prefix="Ein Hund " * 20)),
        ("no_letters", lambda lab: lab.translate("A dog.", "en-de", prefix="?!")),
        ("bad_n_best", lambda lab: lab.translate("A dog.", "en-de", n_best=0)),
        ("bad_n_best", lambda lab: lab.translate("A dog.", "en-de", beam=3, n_best=4)),
        ("bad_n_best", lambda lab: lab.translate("A dog.", "en-de", n_best="two")),
        ("bad_beam", lambda lab: lab.translate_passage("A dog.", "en-de", beam=1000)),
        ("bad_beam", lambda lab: lab.translate_passage("A dog.", "en-de", beam=0)),
        ("unknown_pair", lambda lab: lab.score_translation("A dog.", "Ein Hund.", "de-fr")),
    ],
)
def test_what_cannot_be_served_is_told(lab: TorchLab, code: str, ask: Any) -> None:
    with pytest.raises(Problem) as caught:
        ask(lab)
    assert caught.value.code == code
    for language in ("en", "zh"):
        assert "{" not in caught.value.message(language)


def test_signs_may_begin_a_translation_with_words(lab: TorchLab) -> None:
    assert lab.translate(CAPTION, "en-de", prefix="- Ein").translation.startswith("- Ein")
