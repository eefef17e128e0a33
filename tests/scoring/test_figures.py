"""Accuracy, BLEU and chrF against figures worked out by hand or known; what a page shows of them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from seqdemo.records import Aligner
from seqdemo.scoring import accuracy, bleu
from seqdemo.scoring.headline import aligner_of, headline

REFERENCES = ["Ein Mann liest eine Zeitung.", "Zwei Hunde spielen im Schnee."]


def test_accuracy_rows_are_truth_and_columns_are_predictions() -> None:
    scored = accuracy.score([1, 1, 1, 0, 2], [1, 0, 0, 0, 1], labels=3)
    assert scored == {"n": 5, "accuracy": 0.4, "confusion": [[1, 2, 0], [0, 1, 1], [0, 0, 0]]}


@pytest.mark.parametrize(("predicted", "wanted"), [([], []), ([1], [1, 0])])
def test_accuracy_of_nothing_or_of_other_examples_is_refused(predicted: list[int], wanted: list[int]) -> None:
    with pytest.raises(ValueError, match="predictions came"):
        accuracy.score(predicted, wanted, labels=2)


def test_a_perfect_translation_scores_100() -> None:
    scored = bleu.score(REFERENCES, REFERENCES)
    assert (scored["bleu"], scored["bleu_lowercase_tokenised"], scored["chrf"]) == (100, 100, 100)


def test_case_counts_in_bleu_and_chrf_but_not_in_the_lower_cased_figure() -> None:
    scored = bleu.score([line.lower() for line in REFERENCES], REFERENCES)
    assert scored["bleu"] < 70
    assert scored["chrf"] < 100
    assert scored["bleu_lowercase_tokenised"] == 100


def test_bleu_by_hand() -> None:
    """One of seven tokens is wrong (the full stop is one): 6/7, 4/6, 3/5 and 2/4 of the n-grams are right."""
    scored = bleu.score(["Ein Mann liest die alte Zeitung."], ["Ein Frosch liest die alte Zeitung."])
    expected = 100 * (6 / 7 * 4 / 6 * 3 / 5 * 2 / 4) ** 0.25
    assert scored["bleu"] == pytest.approx(expected, abs=0.006)


def test_signatures_name_the_settings() -> None:
    scored = bleu.score(REFERENCES, REFERENCES)
    assert scored["bleu_signature"].startswith("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:")
    assert scored["bleu_lowercase_tokenised_signature"].startswith("nrefs:1|case:lc|eff:no|tok:13a|smooth:exp|")
    assert scored["chrf_signature"].startswith("nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:")


def test_chinese_is_cut_at_every_character() -> None:
    """One of six characters is wrong (the full stop is one): 5/6, 3/5, 1/4 and none of 3 of the n-grams are
    right; sacrebleu counts half a one where there is none."""
    scored = bleu.score(["我喜欢猫。x"], ["我喜欢狗。x"], "zh")
    assert "tok:zh" in scored["bleu_signature"]
    expected = 100 * (5 / 6 * 3 / 5 * 1 / 4 * (1 / 2) / 3) ** 0.25
    assert scored["bleu"] == pytest.approx(expected, abs=0.006)
    assert bleu.score(["我喜欢猫。x"], ["我喜欢狗。x"])["bleu"] < scored["bleu"]


def test_bleu_of_other_lines_is_refused() -> None:
    with pytest.raises(ValueError, match="references"):
        bleu.score(REFERENCES[:1], REFERENCES)


def test_headline() -> None:
    assert headline({}) == {}
    assert headline({"corpus": "sst2", "tests": {"test": {"n": 1821, "accuracy": 0.8506}}}) == {
        "SST-2 test": "85.1 % accuracy"
    }
    tests = {"test_2016_flickr": {"n": 1000, "bleu": 37.94}, "test_2017_mscoco": {"n": 461, "bleu": 30.0}}
    assert headline({"corpus": "multi30k", "tests": tests}) == {
        "Multi30k test_2016_flickr": "37.9 BLEU",
        "Multi30k test_2017_mscoco": "30.0 BLEU",
    }


def test_headlines_need_neither_torch_nor_sacrebleu() -> None:
    code = "import sys, seqdemo.scoring.headline; print({'torch', 'sacrebleu'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_the_aligner_is_the_head_that_one_half_chose_with_its_error_on_the_other() -> None:
    rows = [
        {"layer": 3, "head": 4, "step": "output", "weighting": "norm", "chosen_on": 0.56, "aer": 0.6011},
        {"layer": 2, "head": 1, "step": "output", "weighting": "raw", "chosen_on": 0.58, "aer": 0.5903},
    ]
    found = aligner_of({"alignment": {"n": 50, "best": rows[0], "heads": rows}})
    assert found == Aligner(layer=3, head=4, step="output", weighting="norm", error_rate=0.6011, sentences=50)
    assert aligner_of({"tests": {}}) is None
