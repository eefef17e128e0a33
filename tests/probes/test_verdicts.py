"""The sentence about attention follows from the numbers, tells them, and can be said in both languages."""

from __future__ import annotations

import pytest

from seqdemo.locales import LANGUAGES, strings, translate_key
from seqdemo.probes.verdicts import about_seed, about_text, about_texts


def numbers(found: float, tau: float | None, seed: float = 0.02) -> dict:
    return {
        "tolerance": 0.01,
        "uniform": {"distance": 0.1, "change": 0.04, "flips": 0.1234},
        "adversarial": {"distance": 0.6, "change": 0.007, "flips": 0.0, "found": found},
        "tau": {"gradient": 0.4, "leave_one_out": tau},
        "seed": {"seed": 7, "distance": seed, "change": 0.01, "flips": 0.03},
    }


@pytest.mark.parametrize(
    ("found", "tau", "code"),
    [
        (0.9, None, "attention_unranked"),
        (0.1, None, "attention_unranked"),
        (0.9, 0.0, "attention_no"),
        (0.9, -0.6, "attention_no"),
        (0.9, 0.5, "attention_partly"),
        (0.1, 0.5, "attention_yes"),
        (0.1, 0.1, "attention_unclear"),
        (0.5, 0.25, "attention_partly"),
        (0.499, 0.249, "attention_unclear"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_verdict_over_texts_is_made_of_the_numbers(found, tau, code, language):
    notice = about_texts(numbers(found, tau), "bilstm-attention", "some reviews, dev", 200)
    assert notice.code == code
    said = translate_key(language, f"notice.{code}", **notice.values)
    for value in ("bilstm-attention", "some reviews, dev", "200", f"{100 * found:.0f}%", "12%", "1%"):
        assert value in said
    assert (tau is None or f"{tau:.2f}" in said) and "{" not in said


@pytest.mark.parametrize(
    ("distance", "flips", "tau", "code"),
    [
        (0.5, False, 0.6, "attention_text_partly"),
        (0.5, True, -0.2, "attention_text_no"),
        (0.5, False, None, "attention_text_unranked"),
        (0.1, True, None, "attention_text_unranked"),
        (0.1, False, 0.6, "attention_text_yes"),
        (0.1, False, 0.1, "attention_text_unclear"),
        (0.1, True, 0.6, "attention_text_needed"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_verdict_on_a_text_is_made_of_its_numbers(distance, flips, tau, code, language):
    notice = about_text("bilstm-attention", distance=distance, far=0.17, flips=flips, tau=tau)
    assert notice.code == code
    said = translate_key(language, f"notice.{code}", **notice.values)
    assert "bilstm-attention" in said and f"{distance:.2f}" in said and "{" not in said
    assert tau is None or f"{tau:.2f}" in said


@pytest.mark.parametrize(("distance", "code"), [(0.02, "attention_seed_alike"), (0.4, "attention_seed_unlike")])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_second_seed_is_held_against_the_adversary(distance, code, language):
    notice = about_seed(numbers(0.9, 0.1, seed=distance))
    assert notice.code == code
    said = translate_key(language, f"notice.{code}", **notice.values)
    assert all(value in said for value in ("7", f"{distance:.2f}", "0.60")) and "{" not in said


def test_every_sentence_can_be_reached():
    keys = {key for key in strings("en") if key.startswith("notice.attention_")}
    assert len(keys) == 5 + 6 + 2
