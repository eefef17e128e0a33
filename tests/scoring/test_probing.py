"""What cards say of a network's inside: recomputed the slow way, from the samples."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.spatial.distance import jensenshannon
from scipy.stats import kendalltau
from sklearn.metrics import roc_auc_score

from seqdemo import checkpoint
from seqdemo.models import CLASSIFIERS
from seqdemo.papers import SCORES_SHAPE, stray_in
from seqdemo.probes.attention_explanation import leave_one_out, own_weights
from seqdemo.probes.attribution import METHODS
from seqdemo.problems import Problem
from seqdemo.scoring import attention_explanation, faithfulness
from seqdemo.scoring.card_probes import _against, _attention, inside
from seqdemo.scoring.chosen import chosen_texts
from seqdemo.scoring.evaluate import evaluate, write_papers
from seqdemo.scoring.pairs import SENTENCES, pairs_of, score
from seqdemo.scoring.probing import print_probes, probe
from seqdemo.text.words import split_words
from seqdemo.training.corpora import CORPORA
from seqdemo.training.reading import read_labelled

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "corpora"
CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"
gru = pytest.mark.parametrize("trained", ["sentiment-en-gru"], indirect=True)


@pytest.fixture(scope="module")
def probed(trained: Path) -> dict:
    return probe(trained, SAMPLES)["probes"]


@pytest.mark.parametrize("trained", ["en-de-transformer"], indirect=True)
def test_a_translator_has_nothing_to_probe(trained: Path) -> None:
    assert probe(trained, SAMPLES) == {}


@gru
def test_the_texts_are_chosen_by_their_hash(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = checkpoint.load(trained)
    monkeypatch.setattr("seqdemo.scoring.chosen.MOST", 10)
    chosen = chosen_texts(opened, SAMPLES)
    rows = [row for row in read_labelled(SAMPLES, CORPORA["sst2"], "dev") if 4 <= len(split_words(row[1])) <= 40]
    rows.sort(key=lambda row: hashlib.sha256(row[1].encode()).hexdigest())
    assert [ids.tolist() for ids in chosen.texts] == [
        opened.tokenizer.encode(split_words(text)) for _, text in rows[:10]
    ]
    assert chosen.labels == [label for label, _ in rows[:10]]
    assert [counts.tolist() for counts in chosen.counts] == [[1] * len(ids) for ids in chosen.texts]
    assert "10 texts of dev" in chosen.rule


@gru
@pytest.mark.parametrize("short", [0, 1])
def test_an_interval_needs_two_texts(trained: Path, monkeypatch: pytest.MonkeyPatch, short: int) -> None:
    rows = [(0, "A good , warm film .")] * short + [(1, "Fine .")]
    monkeypatch.setattr("seqdemo.scoring.chosen.read_labelled", lambda *_: rows)
    with pytest.raises(Problem, match=f"dev has {short} texts of 4 to 40 words"):
        probe(trained, SAMPLES)


@gru
def test_scores_that_are_no_numbers_are_not_written(trained: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(trained, tmp_path / trained.name))
    before = (folder / "scores.json").read_bytes()
    with pytest.raises(ValueError, match="JSON"):
        write_papers(folder, {"dev": {"accuracy": float("nan")}})
    assert (folder / "scores.json").read_bytes() == before


def test_pieces_of_chinese_words_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "这家店的牛杂萝卜煲不好吃。"
    monkeypatch.setattr("seqdemo.scoring.chosen.read_labelled", lambda *_: [(0, text)])
    opened = checkpoint.load(CHECKPOINTS / "sentiment-zh-gru")
    chosen, pieces = (
        chosen_texts(opened, SAMPLES),
        [opened.tokenizer.pieces([word]) for word in split_words(text, "zh")],
    )
    assert chosen.counts[0].tolist() == [len(word) for word in pieces]
    assert int(chosen.counts[0].max()) > 1  # else this tests nothing
    assert chosen.texts[0].tolist() == opened.tokenizer.encode([piece for word in pieces for piece in word])


@gru
def test_faithfulness_is_erasers_mean(trained: Path, probed: dict) -> None:
    """Occlusion, text by text and share by share, with a plain loop over shortened texts."""
    opened = checkpoint.load(trained)
    chosen = chosen_texts(opened, SAMPLES)
    lost, left = [], []
    for ids in chosen.texts:

        def chance(kept: list[int]) -> float:
            text = torch.tensor([kept or [1]])
            return float(opened.network(text, torch.tensor([text.shape[1]]))[0].double().softmax(-1)[label])  # noqa: B023

        label = int(opened.network(ids[None], torch.tensor([len(ids)]))[0].argmax())
        values = METHODS["occlusion"](opened.network, ids, label).words
        order = sorted(range(len(ids)), key=lambda place: -float(values[place]))
        whole, without, alone = chance(ids.tolist()), [], []
        for share in (0.01, 0.05, 0.1, 0.2, 0.5):
            first = set(order[: int(np.ceil(share * len(ids) - 1e-9))])
            without.append(whole - chance([n for place, n in enumerate(ids.tolist()) if place not in first]))
            alone.append(whole - chance([n for place, n in enumerate(ids.tolist()) if place in first]))
        lost.append(np.mean(without))
        left.append(np.mean(alone))
    row = probed["faithfulness"]["methods"]["occlusion"]
    assert row["comprehensiveness"] == pytest.approx(np.mean(lost), abs=2e-4)
    assert row["sufficiency"] == pytest.approx(np.mean(left), abs=2e-4)
    assert list(probed["faithfulness"]["methods"])[-1] == "random"
    assert len(row["deletion"]) == len(probed["faithfulness"]["steps"]) == 11
    assert row["deletion"][-1] == row["insertion"][0]


@gru
def test_a_faithful_explanation_is_told_from_chance(trained: Path, probed: dict) -> None:
    methods = probed["faithfulness"]["methods"]
    more, half = methods["integrated_gradients"]["over_random"]
    assert more > half > 0  # the samples hang on single words
    text = inside(json.loads((trained / "scores.json").read_text(encoding="utf-8")) | {"probes": probed}, "gru", "SST")
    assert f"| occlusion | {methods['occlusion']['comprehensiveness']:.3f} |" in text
    assert "| better: +" in text


@gru
def test_units_are_ranked_on_the_dev_part(trained: Path, probed: dict) -> None:
    opened = checkpoint.load(trained)
    rows = read_labelled(SAMPLES, CORPORA["sst2"], "dev")
    states = []
    for _, text in rows:
        ids = opened.tokenizer.encode(split_words(text))
        states.append(opened.network.trace(torch.tensor([ids]), torch.tensor([len(ids)])).states[0, -1].numpy())
    labels = [label for label, _ in rows]
    areas = [roc_auc_score(labels, np.stack(states)[:, unit]) for unit in range(12)]
    row = probed["units"]["labels"]["positive"]
    best = sorted(range(12), key=lambda unit: -abs(areas[unit] - 0.5))
    assert row["units"][0] == [best[0], pytest.approx(areas[best[0]], abs=1e-4)]
    assert (row["inside"], probed["units"]["n"], probed["units"]["hidden"]) == (sum(labels), len(rows), 12)


@gru
def test_pairs_are_scored_by_answer_and_direction(probed: dict) -> None:
    pairs = pairs_of("sentiment-en")
    assert {kind: row["n"] for kind, row in probed["pairs"].items()} == {"negation": 24, "order": 16}
    right = np.array([[1 - label, label] for pair in pairs for label in (pair.label, pair.other_label)], dtype=float)
    assert score(pairs, right)["order"] == {"n": 16, "both": 1.0, "follows": 1.0, "alike": 0.0}
    assert score(pairs, right[:, ::-1])["negation"] == {"n": 24, "both": 0.0, "follows": 0.0, "alike": 0.0}
    deaf = np.tile([0.2, 0.8], (2 * len(pairs), 1))
    assert score(pairs, deaf)["order"] == {"n": 16, "both": 0.0, "follows": 0.0, "alike": 1.0}
    assert pairs_of("topic-zh") == []  # what a title is about does not hang on a negative word or the order


@pytest.mark.parametrize("task", ["sentiment-en", "sentiment-zh", "question-en"])
def test_the_written_pairs_are_what_they_say(task: str) -> None:
    pairs, asks = pairs_of(task), task == "question-en"  # no "not" changes what a question asks for
    assert {pair.kind for pair in pairs} == ({"order"} if asks else {"negation", "order"})
    texts = [text for pair in pairs for text in (pair.text, pair.other_text)]
    assert len(set(texts)) == len(texts)
    for pair in pairs:
        assert len({pair.label, pair.other_label} & set(range(6 if asks else 2))) == 2
        if pair.kind == "order":
            one, other = (
                sorted(word.lower() for word in (split_words(text) if task.endswith("en") else text) if word.isalnum())
                for text in (pair.text, pair.other_text)
            )
            assert one == other, pair.text
    assert (SENTENCES / f"{task}-pairs.tsv").is_file()


def test_attention_figures_and_the_second_seed(randomised) -> None:
    made = [
        randomised(CLASSIFIERS["bilstm-attention"].build(vocabulary=20, labels=3, embedding=6, hidden=5)).float()
        for _ in range(2)
    ]
    texts = [torch.randint(2, 20, (time,)) for time in (3, 5, 8, 8, 12)]
    counts = [torch.ones(len(ids), dtype=torch.long) for ids in texts]
    found = attention_explanation.score(made[0].requires_grad_(False), texts, counts)
    assert found["adversarial"]["change"] <= found["tolerance"]
    assert found["adversarial"]["distance"] > found["uniform"]["distance"] / 2
    assert all(-1 <= tau <= 1 for tau in found["tau"].values())
    same = attention_explanation.compare(made[0], made[0], texts, counts)
    assert same == {"distance": 0, "change": 0, "flips": 0}
    other = attention_explanation.compare(made[0], made[1], texts, counts)
    with torch.no_grad():
        length = [torch.tensor([len(ids)]) for ids in texts]
        answers = [[net(ids[None], n)[0].softmax(-1) for ids, n in zip(texts, length, strict=True)] for net in made]
    changes = [float((a - b).abs().sum() / 2) for a, b in zip(*answers, strict=True)]
    assert other["change"] == pytest.approx(np.median(changes), abs=1e-4)


PIECES = [torch.tensor([1, 3, 2, 1]), torch.tensor([2, 2, 1, 1, 3])]  # texts of four and of five words


def test_attention_is_scored_on_words(randomised) -> None:
    """Every word alike is a quarter each of four words, however many pieces they are read as."""
    sizes = {"vocabulary": 20, "labels": 3, "embedding": 6, "hidden": 5}
    one, other = (randomised(CLASSIFIERS["bilstm-attention"].build(**sizes)).requires_grad_(False) for _ in range(2))
    texts = [torch.randint(2, 20, (int(counts.sum()),)) for counts in PIECES]
    found = attention_explanation.score(one, texts, PIECES)
    distances, apart, taus = [], [], []
    for ids, counts in zip(texts, PIECES, strict=True):
        own, theirs = (
            np.array([float(part.sum()) for part in own_weights(network, ids).split(counts.tolist())])
            for network in (one, other)
        )
        distances.append(jensenshannon(own, np.full(len(own), 1 / len(own))) ** 2)
        apart.append(jensenshannon(own, theirs) ** 2)
        taus.append(kendalltau(own, leave_one_out(one, ids, pieces=counts)).statistic)
    assert found["uniform"]["distance"] == pytest.approx(np.median(distances), abs=1e-4)
    assert found["tau"]["leave_one_out"] == pytest.approx(np.mean(taus), abs=1e-4)
    assert attention_explanation.compare(one, other, texts, PIECES)["distance"] == pytest.approx(
        np.median(apart), abs=1e-4
    )


def test_texts_whose_words_cannot_be_ranked_are_no_error(randomised) -> None:
    network = randomised(CLASSIFIERS["bilstm-attention"].build(vocabulary=20, labels=3, embedding=6, hidden=5))
    network.requires_grad_(False).float()
    found = attention_explanation.score(network, [torch.tensor([5, 9])], [torch.tensor([1, 1])])
    assert found["tau"] == {"gradient": None, "leave_one_out": None}
    told = _attention({"attention": found, "split": "dev", "n": 1}, "made-up", "bilstm-attention", "Texts")
    assert "with leaving words out –." in told and "Not one text" in told
    shape = {"tau": SCORES_SHAPE["probes?"]["attention?"]["tau"]}
    assert stray_in({"tau": json.loads(json.dumps(found["tau"]))}, shape) is None


@pytest.mark.parametrize(
    ("over", "under", "word"),
    [
        (0.1, 0.1, "better"),
        (0.1, 0.01, "partly better"),
        (0.1, -0.1, "**mixed**"),
        (-0.1, 0.1, "**mixed**"),
        (0.01, -0.1, "**worse**"),
        (0.01, 0.01, "**no better**"),
    ],
)
def test_a_card_says_how_a_method_stands_beside_chance(over: float, under: float, word: str) -> None:
    assert _against("occlusion", {"over_random": [over, 0.05], "under_random": [under, 0.05]}).startswith(word + ": ")


def test_faithfulness_is_scored_on_words(randomised) -> None:
    """Occlusion with a plain loop: words are hidden whole, and go with all their pieces."""
    network = randomised(CLASSIFIERS["gru"].build(vocabulary=20, labels=3, embedding=6, hidden=5)).requires_grad_(False)
    texts = [torch.randint(2, 20, (int(counts.sum()),)) for counts in PIECES]
    lost = []
    for ids, counts in zip(texts, PIECES, strict=True):
        words = ids.split(counts.tolist())

        def logits(parts: list[torch.Tensor]) -> torch.Tensor:
            text = torch.cat(parts or [torch.tensor([1])])
            return network(text[None], torch.tensor([len(text)]))[0]

        whole = logits(list(words))
        label = int(whole.argmax())
        hidden = [
            logits([torch.ones_like(word) if place == gone else word for place, word in enumerate(words)])
            for gone in range(len(words))
        ]
        order = sorted(range(len(words)), key=lambda place: -float(whole[label] - hidden[place][label]))
        for share in (0.01, 0.05, 0.1, 0.2, 0.5):
            gone = set(order[: int(np.ceil(share * len(words) - 1e-9))])
            left = logits([word for place, word in enumerate(words) if place not in gone])
            lost.append(float(whole.softmax(-1)[label] - left.softmax(-1)[label]))
    row = faithfulness.score(network, texts, PIECES)["methods"]["occlusion"]
    assert row["comprehensiveness"] == pytest.approx(np.mean(lost), abs=1e-4)


def test_faithfulness_of_every_model_can_be_scored(randomised) -> None:
    texts = [torch.randint(2, 20, (time,)) for time in (4, 6)]
    counts = [torch.ones(len(ids), dtype=torch.long) for ids in texts]
    for name, row in CLASSIFIERS.items():
        sizes = {"model": 8, "heads": 2, "inner": 12} if name == "attention" else {"embedding": 6, "hidden": 5}
        network = randomised(row.build(vocabulary=20, labels=3, **sizes)).float()
        methods = faithfulness.score(network, texts, counts)["methods"]
        assert ("attention" in methods) == ("attention" in name)
        assert all(np.isfinite(one["comprehensiveness"]) for one in methods.values())


@gru
def test_a_known_second_seed_is_kept_for_these_weights_alone(trained: Path, tmp_path: Path) -> None:
    from seqdemo.scoring.probing import _second_seed

    folder = Path(shutil.copytree(trained, tmp_path / trained.name))
    opened, seed = checkpoint.load(folder), {"seed": 2, "distance": 0.1}
    chosen = chosen_texts(opened, SAMPLES)
    scores = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
    (folder / "scores.json").write_text(json.dumps(scores | {"probes": {"attention": {"seed": seed}}}))
    assert _second_seed(opened, folder, chosen, [], "cpu") == {"seed": seed}
    (folder / "scores.json").write_text(
        json.dumps(scores | {"probes": {"attention": {"seed": seed}}, "model_sha256": "0"})
    )
    assert _second_seed(opened, folder, chosen, [], "cpu") == {}


@gru
def test_a_card_tells_the_inside(trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(shutil.copytree(trained, tmp_path / trained.name))
    scores = evaluate(folder, SAMPLES) | probe(folder, SAMPLES)
    write_papers(folder, scores)
    text = (folder / "card.md").read_text(encoding="utf-8")
    assert "## Its inside" in text and "## Training" in text.split("## Its inside")[1]
    for said in ("Are explanations faithful?", 'Does it hear a "not"', "What do single units tell?"):
        assert said in text
    assert "Is attention an explanation?" not in text  # a GRU has none
    print_probes(scores)
    assert "negation" in capsys.readouterr().out


@gru
def test_an_evaluation_file_without_a_class_is_told(trained: Path, tmp_path: Path) -> None:
    import gzip

    data = Path(shutil.copytree(SAMPLES, tmp_path / "data"))
    path = data / "sst2" / "test.tsv.gz"
    rows = gzip.decompress(path.read_bytes()).decode().splitlines()
    kept = [row for row in rows if not row.startswith("1\t")]
    path.write_bytes(gzip.compress(("\n".join(kept) + "\n").encode()))
    with pytest.raises(Problem, match="sst2/test has not one example of: positive"):
        evaluate(trained, data)
