"""What is typed is read as far as it can be, and what could not be read is told; nothing is guessed in silence."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import torch

from seqdemo.classifying import classified, read_text
from seqdemo.lab import TorchLab, open_lab
from seqdemo.locales import translate_key
from seqdemo.problems import Problem
from seqdemo.training.recipes import RECIPES
from tests.benchmarks.classify_speed import sentence_of

CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"
TURNING = "The plot is thin and dull, but the acting is so wonderful that I loved it."


@pytest.fixture(scope="module")
def lab() -> TorchLab:
    return open_lab(CHECKPOINTS, "cpu")


def told(lab: TorchLab, text: str) -> dict[str, dict[str, str | int]]:
    return {notice.code: notice.values for notice in lab.classify(text, "sentiment-en", ["gru"])[0].notices}


@pytest.mark.parametrize("model", ["rnn", "lstm", "gru", "attention", "bilstm-attention"])
def test_flips_are_where_truncated_texts_change_their_label(lab: TorchLab, model: str) -> None:
    (record,) = lab.classify(TURNING, "sentiment-en", [model])
    opened = lab.classifiers["sentiment-en", model]
    ids = opened.tokenizer.encode(record.words)
    with torch.inference_mode():
        verdicts = [
            opened.network(torch.tensor([ids[:kept]]), torch.tensor([kept]))[0].softmax(-1).numpy()
            for kept in range(1, len(ids) + 1)
        ]
    assert np.abs(record.track - np.stack(verdicts)).max() < 1e-6
    leading = [int(verdict.argmax()) for verdict in verdicts]
    assert record.flips == tuple(place for place in range(1, len(ids)) if leading[place] != leading[place - 1])
    assert record.flips  # the sentence was made to turn


@pytest.mark.parametrize("model", ["rnn", "lstm", "gru", "attention", "bilstm-attention"])
@pytest.mark.parametrize("text", ["键盘太差了，不会再来。", "这家店的牛杂萝卜煲不好吃。"])
def test_a_chinese_track_is_that_of_the_first_words_as_they_were_cut(lab: TorchLab, model: str, text: str) -> None:
    (record,) = lab.classify(text, "sentiment-zh", [model])
    opened, reading = lab.classifiers["sentiment-zh", model], read_text(text, "sentiment-zh")
    assert reading.words == record.words
    for kept in range(1, len(record.words) + 1):
        alone = classified(reading._replace(words=record.words[:kept]), opened, record.source)
        assert np.abs(record.track[kept - 1] - alone.probabilities).max() < 1e-6


def test_the_first_words_typed_alone_may_be_cut_into_others() -> None:
    """So the track is of words, not of what someone had typed so far."""
    words = read_text("键盘太差了，不会再来。", "sentiment-zh").words
    assert words[:2] == ("键盘", "太差")
    assert read_text("".join(words[:2]), "sentiment-zh").words == ("键盘", "太", "差")


def test_two_thousand_words_are_cut_and_told(lab: TorchLab) -> None:
    found = told(lab, "good film " * 1000)
    assert found["cut_characters"] == {"limit": 1000, "came": 10_000}
    assert found["cut_words_of_rest"] == {"limit": 120, "came": 200}
    assert told(lab, "a good film " * 50) == {"cut_words": {"limit": 120, "came": 150}}


def test_languages_mixed_are_told(lab: TorchLab) -> None:
    found = told(lab, "I really loved this film 非常好")
    assert found["mixed_scripts"] == {"share": 13}
    assert found["unknown_words"]["words"] == "非常好"
    with pytest.raises(Problem, match="of another script"):
        lab.classify("I loved 这部电影真的非常好看", "sentiment-en")


@pytest.mark.parametrize("text", ["xqzvw vwzqx", "987654321", "xqzvw 😀", "1234567 89101112"])
def test_that_every_word_is_unknown_is_said(lab: TorchLab, text: str) -> None:
    with pytest.raises(Problem, match="Every word is unknown to the model"):
        lab.classify(text, "sentiment-en")


def test_emoji_and_digits_that_are_not_known_are_named(lab: TorchLab) -> None:
    found = told(lab, "A good film 😀 123456 😀")
    assert found["unknown_signs"] == {"count": 3, "signs": "😀, 123456"}
    with pytest.raises(Problem, match="no letters or digits"):
        lab.classify("😀🎉", "sentiment-en")


def test_a_phones_apostrophe_changes_no_answer(lab: TorchLab) -> None:
    for task, typed, plain in (
        ("sentiment-en", "This isn’t good.", "This isn't good."),
        ("sentiment-en", "It’s “ｇｏｏｄ” – donʼt miss it！", "It's \"good\" – don't miss it!"),
        ("question-en", "What’s the capital of France?", "What's the capital of France?"),
        ("sentiment-zh", "ＷＩＦＩ很差，房间很小。", "WIFI很差，房间很小。"),
    ):
        for one, other in zip(lab.classify(typed, task), lab.classify(plain, task), strict=True):
            assert one.text == typed
            assert one.words == other.words
            assert np.array_equal(one.track, other.track)


def test_a_latin_word_among_chinese_is_read(lab: TorchLab) -> None:
    for text in ("hotel很差", "ChatGPT很好", "这个 hotel 很 nice"):
        assert lab.classify(text, "sentiment-zh", ["gru"])[0].text == text
    with pytest.raises(Problem, match="Type a Chinese sentence"):
        lab.classify("This hotel is nice", "sentiment-zh")


def test_an_unknown_word_may_have_been_rare_in_training(lab: TorchLab) -> None:
    """A vocabulary keeps what came several times, so nobody can say that the rest never came."""
    assert all(RECIPES[opened.config.name].at_least > 1 for opened in lab.classifiers.values())
    for notice in lab.classify("A good film xqzvw 😀", "sentiment-en", ["gru"])[0].notices:
        assert "absent from the training text or too rare in it" in translate_key(
            "en", f"notice.{notice.code}", **notice.values
        )
        assert "或出现得太少" in translate_key("zh", f"notice.{notice.code}", **notice.values)


def test_a_text_without_words_is_told(lab: TorchLab) -> None:
    assert "no_words" in told(lab, "10 !")
    assert "no_words" not in told(lab, "10 films!")


def test_plain_text_has_nothing_to_tell(lab: TorchLab) -> None:
    assert told(lab, TURNING) == {}


LONG = {"en": "a good film ", "zh": "这个酒店很好，"}
ODD = {  # what is typed, by language -> what is told; every task's models answer alike
    "languages mixed": ({"en": "I like 这本书 sehr", "zh": "我喜欢 this hotel 的 lobby"}, "mixed_scripts"),
    "2,000 words": ({"en": LONG["en"] * 670, "zh": LONG["zh"] * 500}, "cut_words_of_rest"),
    "a word of 3,000 letters": ({"en": "x" * 3000, "zh": "狗" * 3000}, "cut_characters no_known_words"),
    "only unknown words": ({"en": "xqzvw wvzqx", "zh": "龘䶮 齉龗"}, "no_known_words"),
    "emoji and a word": ({"en": "😀 good 🎬", "zh": "😀很好🎬"}, "unknown_signs"),
    "emoji alone": ({"en": "😀🎬", "zh": "😀🎬"}, "no_letters"),
    "digits": ({"en": "987654321 123454321", "zh": "987654321 123454321"}, "no_known_words"),
    "known digits": ({"en": "10 !", "zh": "10 ！"}, "no_words"),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("task", ["sentiment-en", "question-en", "sentiment-zh", "topic-zh"])
def test_every_model_of_every_task_tells_what_it_cannot_read(lab: TorchLab, task: str, name: str) -> None:
    texts, expected = ODD[name]
    text = texts[task.split("-")[-1]]
    for model in lab.tasks()[task]:
        began = time.perf_counter()
        try:
            found = {notice.code for notice in lab.classify(text, task, [model])[0].notices}
        except Problem as problem:
            found = {problem.code}
        assert time.perf_counter() - began < 20
        assert found & set(expected.split()), (model, found)


@pytest.mark.parametrize("task", ["sentiment-en", "sentiment-zh", "question-en", "topic-zh"])
def test_the_benchmark_has_a_sentence_of_each_language(lab: TorchLab, task: str) -> None:
    text = sentence_of(45, task)
    assert len(text.split()) == 45
    assert lab.classify(text, task, ["gru"])[0].text == text


def test_another_language_in_the_same_letters_is_told(lab: TorchLab) -> None:
    assert "mostly_unknown" in told(lab, "Ein Mann fährt mit dem Fahrrad durch die Stadt.")
