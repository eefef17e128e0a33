"""What the page tells: of whom, and once."""

from __future__ import annotations

import json

import pytest

from seqdemo.components.message_view import message_payload
from seqdemo.records import Notice

CUT, ODD = Notice("cut_subwords", {"limit": 96, "came": 120}), Notice("unknown_pieces", {"pieces": "?"})


def notices(language: str = "en", **told: tuple[Notice, ...]) -> list[str]:
    of_models = {name.replace("_", "-"): some for name, some in told.items()}
    found: list[str] = json.loads(message_payload(of_models=of_models, language=language))["notices"]
    return found


def test_what_all_models_tell_is_told_once_and_of_nobody() -> None:
    told = notices(transformer=(CUT,), seq2seq=(CUT, CUT))
    assert told == ["Only the first 96 sub-words were read; 120 came."]


def test_what_some_models_tell_names_them() -> None:
    told = notices(transformer=(CUT,), seq2seq_attention=(CUT, ODD), seq2seq=(CUT, ODD))
    assert told[0].startswith("Only the first 96")
    assert told[1].startswith("Recurrent, with attention, Recurrent, without attention: Some characters")
    assert notices("zh", transformer=(), seq2seq=(ODD,))[0].startswith("循环网络，无注意力：")


def test_one_model_alone_is_not_named() -> None:
    assert notices(seq2seq=(ODD,))[0].startswith("Some characters")


@pytest.mark.parametrize(("language", "name"), [("en", "German → English"), ("zh", "德语 → 英语")])
def test_a_pair_is_named_in_the_readers_language(language: str, name: str) -> None:
    told = message_payload(notices=[Notice("other_language", {"pair": "de-en"})], language=language)
    assert name in json.loads(told)["notices"][0]
