"""Faithfulness and attention of one text: the records hold what the network does, and refuse nonsense."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.spatial.distance import jensenshannon

from seqdemo.lab import TorchLab, open_lab
from seqdemo.locales import translate_key
from seqdemo.models.edits import ClassifierEdits
from seqdemo.probes.faithfulness import random_orders
from seqdemo.problems import Problem
from seqdemo.protocols import Probes
from seqdemo.records import RecordError, to_json
from seqdemo.text.vocabulary import UNKNOWN

CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"
SENTENCE = "The plot is thin, but the acting is wonderful."
MODELS = ("rnn", "lstm", "gru", "attention", "bilstm-attention")


@pytest.fixture(scope="module")
def lab() -> TorchLab:
    return open_lab(CHECKPOINTS, "cpu")


def test_the_lab_keeps_the_protocol_of_probes(lab: TorchLab) -> None:
    asked: Probes = lab
    assert asked.faithfulness(SENTENCE, "sentiment-en", "gru").words[0] == "The"


def test_every_question_that_is_offered_is_answered_and_no_other(lab: TorchLab) -> None:
    ways = {
        "faithfulness": lambda model: lab.faithfulness(SENTENCE, "sentiment-en", model),
        "attention_explanation": lambda model: lab.attention_explanation(SENTENCE, "sentiment-en", model),
        "unit": lambda model: lab.unit(SENTENCE, "sentiment-en", model, 0),
    }
    for method in (
        "gradient_times_input",
        "integrated_gradients",
        "occlusion",
        "gradient_river",
        "gradient_river_words",
    ):
        ways[method] = lambda model, method=method: lab.explain(SENTENCE, "sentiment-en", model, method)
    offered = lab.questions("sentiment-en")
    assert tuple(offered) == MODELS
    for model, names in offered.items():
        assert set(names) <= set(ways)
        for name, ask in ways.items():
            if name in names:
                assert ask(model).source.model == model
            else:
                with pytest.raises(Problem):
                    ask(model)


@pytest.mark.parametrize("model", MODELS)
def test_curves_begin_and_end_where_classify_does(lab: TorchLab, model: str) -> None:
    record = lab.faithfulness(SENTENCE, "sentiment-en", model)
    (read,) = lab.classify(SENTENCE, "sentiment-en", [model])
    assert (record.label, record.words) == (read.label, read.words)
    assert record.probability == pytest.approx(read.probability, abs=1e-5)
    for curve in record.curves:
        assert curve.deletion[0] == pytest.approx(record.probability, abs=1e-5)
        assert curve.insertion[-1] == pytest.approx(record.probability, abs=1e-5)
        assert curve.deletion[-1] == pytest.approx(curve.insertion[0], abs=1e-5)  # no word is left in either
    assert [curve.method for curve in record.curves][-1] == "random"
    assert record.curve("random").orders == 20
    assert record.curve("random").deletion_deviation[1:-1].min() > 0
    assert record.curve("occlusion").deletion_deviation.max() == 0


def test_deviations_are_those_of_a_sample_as_on_the_cards(lab: TorchLab) -> None:
    """Of 20 seeds: each order anew, by plain re-reading."""
    text, opened = "The plot is thin.", lab.classifiers["sentiment-en", "gru"]
    record = lab.faithfulness(text, "sentiment-en", "gru")
    ids, label = opened.tokenizer.encode(record.words), opened.config.labels.index(record.label)
    found = []
    for order in random_orders(len(ids)).tolist():
        row = []
        for count in range(len(ids)):
            kept = [number for place, number in enumerate(ids) if place not in order[:count]]
            with torch.inference_mode():
                row.append(float(opened.network(torch.tensor([kept]), torch.tensor([len(kept)]))[0].softmax(-1)[label]))
        found.append(row)
    wanted = np.std(found, axis=0, ddof=1)
    assert np.abs(record.curve("random").deletion_deviation[:-1] - wanted).max() < 1e-5
    lost = [row[0] - np.mean([row[max(1, int(np.ceil(share * len(ids))))] for share in record.shares]) for row in found]
    assert record.curve("random").comprehensiveness_deviation == pytest.approx(np.std(lost, ddof=1), abs=1e-5)
    assert record.curve("occlusion").sufficiency_deviation == 0


def test_occlusion_hides_a_word_of_several_pieces_whole(lab: TorchLab) -> None:
    text, opened = "麻婆豆腐好", lab.classifiers["sentiment-zh", "attention"]
    record = lab.explain(text, "sentiment-zh", "attention", "occlusion")
    label = opened.config.labels.index(record.label)
    ids = opened.tokenizer.encode(opened.tokenizer.pieces(record.words))
    assert (record.words[0], len(ids)) == ("麻婆豆腐", 5)  # four pieces and one
    with torch.inference_mode():
        texts = torch.tensor([ids, [UNKNOWN] * 4 + ids[4:]])
        whole, hidden = opened.network(texts, torch.tensor([5, 5]))[:, label].tolist()
    assert record.values[0] == pytest.approx(whole - hidden, abs=1e-5)


@pytest.mark.parametrize("text", ["麻婆豆腐好", "这家店的牛杂萝卜煲不好吃。"])
def test_other_weights_of_a_chinese_text_stand_on_its_words(lab: TorchLab, text: str) -> None:
    record = lab.attention_explanation(text, "sentiment-zh", "bilstm-attention")
    words = len(record.words)
    assert np.abs(record.trial("uniform").weights - 1 / words).max() < 1e-6
    own = record.trial("own").weights
    for trial in record.trials[1:]:
        assert trial.distance == pytest.approx(jensenshannon(own, trial.weights) ** 2, abs=1e-5)
    assert np.abs(np.sort(record.trial("shuffled").weights) - np.sort(own)).max() < 1e-6
    opened = lab.classifiers["sentiment-zh", "bilstm-attention"]
    pieces = [opened.tokenizer.encode(opened.tokenizer.pieces([word])) for word in record.words]
    assert max(map(len, pieces)) > 1
    ids = torch.tensor([[number for word in pieces for number in word]])
    length = torch.tensor([ids.shape[1]])
    with torch.inference_mode():
        inner = opened.network.trace(ids, length).attention[0][0, 0, -1].split([len(word) for word in pieces])
        for trial in record.trials:
            weights = torch.cat(
                [part / part.sum() * float(share) for part, share in zip(inner, trial.weights, strict=True)]
            )
            edits = ClassifierEdits(attention=(weights[None, None, None],))
            answer = opened.network(ids, length, edits)[0].softmax(-1).numpy()
            assert np.abs(answer - trial.probabilities).max() < 1e-5


@pytest.mark.parametrize("text", ["good good", "good film", "good good good good"])
def test_too_few_different_words_are_no_disagreement(lab: TorchLab, text: str) -> None:
    record = lab.attention_explanation(text, "sentiment-en", "bilstm-attention")
    assert record.verdict.code == "attention_text_unranked"
    assert next(one for one in record.correlations if one.measure == "leave_one_out").tau is None
    said = {one: translate_key(one, "notice.attention_text_unranked", **record.verdict.values) for one in ("en", "zh")}
    assert "too few different words to rank" in said["en"] and "不同的词太少" in said["zh"]


def test_the_river_at_a_word_read_as_several_pieces_is_the_length_of_them_all(lab: TorchLab) -> None:
    """Autograd, with all pieces of a word moved together, is the reference."""
    text, opened = "这家店的牛杂萝卜煲不好吃。", lab.classifiers["sentiment-zh", "gru"]
    record = lab.explain(text, "sentiment-zh", "gru", "gradient_river_words")
    pieces = [opened.tokenizer.pieces([word]) for word in record.words]
    assert max(map(len, pieces)) > 1
    network = opened.network
    ids = torch.tensor([opened.tokenizer.encode([piece for word in pieces for piece in word])])
    vectors = network.embedding(ids).detach().requires_grad_()
    logits = network.read(vectors, torch.tensor([ids.shape[1]]))[0]
    (logits[opened.config.labels.index(record.label)] - logits.mean()).backward()
    of_words = vectors.grad[0].split([len(word) for word in pieces])
    np.testing.assert_allclose(record.values, [float(part.norm()) for part in of_words], rtol=1e-4)


def test_a_curve_is_the_text_without_its_words(lab: TorchLab) -> None:
    curve = lab.faithfulness(SENTENCE, "sentiment-en", "lstm").curve("integrated_gradients")
    (read,) = lab.classify(SENTENCE, "sentiment-en", ["lstm"])
    opened = lab.classifiers["sentiment-en", "lstm"]
    values = lab.explain(SENTENCE, "sentiment-en", "lstm", "integrated_gradients").values
    assert [values[place] for place in curve.order] == sorted(values, reverse=True)
    gone = set(curve.order[:3])
    ids = opened.tokenizer.encode([word for place, word in enumerate(read.words) if place not in gone])
    with torch.inference_mode():
        logits = opened.network(torch.tensor([ids]), torch.tensor([len(ids)]))[0]
    assert curve.deletion[3] == pytest.approx(float(logits.softmax(-1)[read.labels.index(read.label)]), abs=1e-5)


@pytest.mark.parametrize("model", MODELS)
def test_the_values_behind_a_curve_are_those_that_explain_gives(lab: TorchLab, model: str) -> None:
    record = lab.faithfulness(SENTENCE, "sentiment-en", model)
    for curve in record.curves[:-1]:
        assert curve.order == tuple(np.argsort(-curve.values, kind="stable"))
        if curve.method != "attention":
            alone = lab.explain(SENTENCE, "sentiment-en", model, curve.method)
            assert np.abs(curve.values - alone.values).max() < 1e-6
    whole = lab.explain(SENTENCE, "sentiment-en", model, "integrated_gradients")
    assert (record.score, record.baseline) == pytest.approx((whole.score, whole.baseline), abs=1e-5)
    assert abs(whole.gap) < (2e-2 if model == "attention" else 1e-3)  # completeness; ReLUs bend the way
    card = json.loads((CHECKPOINTS / f"sentiment-en-{model}" / "scores.json").read_text(encoding="utf-8"))["probes"]
    assert record.texts == card["n"] == 200
    for curve in record.curves:
        row = card["faithfulness"]["methods"][curve.method]
        assert curve.over_texts == (row["comprehensiveness"], row["sufficiency"])


def test_another_class_may_be_asked_about(lab: TorchLab) -> None:
    record = lab.faithfulness(SENTENCE, "sentiment-en", "gru", "negative")
    assert record.label == "negative"
    assert record.probability < 0.5


def test_attention_trials_are_what_the_network_answers(lab: TorchLab) -> None:
    record = lab.attention_explanation(SENTENCE, "sentiment-en", "bilstm-attention")
    (read,) = lab.classify(SENTENCE, "sentiment-en", ["bilstm-attention"])
    opened = lab.classifiers["sentiment-en", "bilstm-attention"]
    own = record.trial("own")
    assert [trial.name for trial in record.trials] == ["own", "uniform", "shuffled", "adversarial"]
    assert np.abs(own.weights - read.attention.weights[0, 0, -1]).max() < 1e-6
    assert np.abs(own.probabilities - read.probabilities).max() < 1e-5
    assert (own.change, own.distance) == (pytest.approx(0, abs=1e-5), pytest.approx(0, abs=1e-6))
    ids = torch.tensor([opened.tokenizer.encode(record.words)])
    for trial in record.trials:
        edits = ClassifierEdits(attention=(torch.from_numpy(trial.weights)[None, None, None],))
        with torch.inference_mode():
            answer = opened.network(ids, torch.tensor([ids.shape[1]]), edits)[0].softmax(-1).numpy()
        assert np.abs(answer - trial.probabilities).max() < 1e-5
        assert trial.change == pytest.approx(np.abs(answer - read.probabilities).sum() / 2, abs=1e-5)
        assert trial.flips == (answer.argmax() != read.probabilities.argmax())
    assert record.trial("adversarial").change <= record.tolerance + 1e-6
    changes = np.sort(record.shuffled_changes)
    assert record.trial("shuffled").change == pytest.approx(changes[49], abs=1e-6)  # the lower median of 100


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_verdict_says_for_which_model_and_data_it_holds(lab: TorchLab, language: str) -> None:
    record = lab.attention_explanation(SENTENCE, "sentiment-en", "bilstm-attention")
    said = translate_key(language, f"notice.{record.verdict.code}", **record.verdict.values)
    assert "bilstm-attention" in said and "{" not in said
    assert f"{record.trial('adversarial').distance:.2f}" in said
    over_texts = translate_key(language, f"notice.{record.corpus[0].code}", **record.corpus[0].values)
    assert "bilstm-attention" in over_texts and "Stanford Sentiment Treebank" in over_texts and "200" in over_texts
    seed = translate_key(language, f"notice.{record.corpus[1].code}", **record.corpus[1].values)
    assert "2" in seed and "{" not in seed


@pytest.mark.parametrize(
    ("code", "ask"),
    [
        ("no_pooling", lambda lab: lab.attention_explanation(SENTENCE, "sentiment-en", "lstm")),
        ("no_pooling", lambda lab: lab.attention_explanation(SENTENCE, "sentiment-en", "attention")),
        ("too_few_words", lambda lab: lab.attention_explanation("good", "sentiment-en", "bilstm-attention")),
        ("unknown_label", lambda lab: lab.faithfulness(SENTENCE, "sentiment-en", "lstm", "neutral")),
        ("no_known_words", lambda lab: lab.faithfulness("xqzvw", "sentiment-en", "lstm")),
        ("unknown_model", lambda lab: lab.faithfulness(SENTENCE, "sentiment-en", "cnn")),
    ],
)
def test_what_cannot_be_asked_is_told(lab: TorchLab, code: str, ask: object) -> None:
    with pytest.raises(Problem) as caught:
        ask(lab)  # type: ignore[operator]
    assert caught.value.code == code
    assert "{" not in caught.value.message("zh")


def test_one_word_can_be_faithful(lab: TorchLab) -> None:
    record = lab.faithfulness("wonderful", "sentiment-en", "gru")
    assert all(curve.deletion.shape == (2,) for curve in record.curves)


def test_the_records_are_plain_json_and_refuse_nonsense(lab: TorchLab) -> None:
    faithful = lab.faithfulness(SENTENCE, "sentiment-en", "gru")
    attention = lab.attention_explanation(SENTENCE, "sentiment-en", "bilstm-attention")
    for record in (faithful, attention):
        assert json.loads(json.dumps(to_json(record), allow_nan=False))["words"] == list(record.words)
    with pytest.raises(RecordError, match="deletion: shape"):
        replace(faithful, words=faithful.words[:3])
    twice = replace(faithful.curves[0], order=(0,) * len(faithful.words))
    with pytest.raises(RecordError, match="each place once"):
        replace(faithful, curves=(twice,))
    with pytest.raises(RecordError, match="1 was expected"):
        replace(attention, trials=(replace(attention.trials[0], weights=attention.trials[0].weights * 2),))
