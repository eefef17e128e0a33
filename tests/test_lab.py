"""The lab: what goes in as text comes out as a record whose numbers are the network's own."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
import torch

from seqdemo.lab import TorchLab, choose_device, open_lab
from seqdemo.problems import CheckpointProblem, Problem
from seqdemo.protocols import Lab
from seqdemo.records import to_json

CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"
SENTENCE = "The plot is thin, but the acting is wonderful."
CAPTION = "A man in a red shirt is reading a book."


@pytest.fixture(scope="module")
def lab() -> TorchLab:
    return open_lab(CHECKPOINTS, "cpu")


def test_the_lab_keeps_its_protocol(lab: TorchLab) -> None:
    asked: Lab = lab  # a type checker sees the rest
    assert asked.tasks()["sentiment-en"] == ("rnn", "lstm", "gru", "attention", "bilstm-attention")
    assert asked.pairs()["en-de"] == ("transformer", "seq2seq-attention", "seq2seq")
    assert asked.labels("sentiment-en") == ("negative", "positive")
    assert {source.checkpoint for source in asked.sources()} == {path.name for path in CHECKPOINTS.iterdir()}


def test_a_source_names_every_text_that_its_checkpoint_learnt_from(lab: TorchLab) -> None:
    """Not the first corpus alone: licences ask for the others' names as well."""
    learnt = {source.checkpoint: source.data.split("; ") for source in lab.sources()}
    for opened in lab.opened():
        training = opened.config.training
        assert learnt[opened.config.name] == [training["corpus"], *(title for title, _ in training.get("also", ()))]
    assert any("Tatoeba" in title for title in learnt["en-de-transformer"])


def test_all_models_read_the_same_words(lab: TorchLab) -> None:
    records = lab.classify(SENTENCE, "sentiment-en")
    assert [record.source.model for record in records] == ["rnn", "lstm", "gru", "attention", "bilstm-attention"]
    assert len({record.words for record in records}) == 1
    assert records[0].words == ("The", "plot", "is", "thin", ",", "but", "the", "acting", "is", "wonderful", ".")


@pytest.mark.parametrize("model", ["rnn", "lstm", "gru", "attention", "bilstm-attention"])
def test_the_track_at_a_word_is_the_verdict_on_the_text_up_to_it(lab: TorchLab, model: str) -> None:
    (record,) = lab.classify(SENTENCE, "sentiment-en", [model])
    network = lab.classifiers["sentiment-en", model].network
    vocabulary = lab.classifiers["sentiment-en", model].tokenizer
    ids = vocabulary.encode(record.words)
    for time in range(1, len(ids) + 1):
        with torch.inference_mode():
            logits = network(torch.tensor([ids[:time]]), torch.tensor([time]))
        assert np.abs(record.track[time - 1] - logits.softmax(-1)[0].numpy()).max() < 1e-5


def test_gates_and_attention_are_there_where_the_model_has_them(lab: TorchLab) -> None:
    rnn, lstm, gru, attention, pooling = lab.classify(SENTENCE, "sentiment-en")
    assert [gate.name for gate in lstm.gates] == ["input_gate", "forget_gate", "output_gate", "candidate", "cell"]
    assert [gate.name for gate in gru.gates] == ["reset_gate", "update_gate", "candidate"]
    assert [gate.name for gate in rnn.gates] == ["hidden"]
    assert attention.gates == ()
    assert attention.attention is not None
    assert attention.attention.queries == attention.words
    assert rnn.attention is None
    assert pooling.attention is not None
    assert (pooling.attention.kind, pooling.attention.layers, pooling.attention.heads) == ("pooling", 1, 1)
    assert not np.triu(pooling.attention.weights[0, 0], k=1).any()  # a verdict rests on words already read


def test_a_translation_shows_every_step_and_every_head(lab: TorchLab) -> None:
    record = lab.translate(CAPTION, "en-de")
    network = lab.translators["en-de", "transformer"].network
    assert {grid.kind for grid in record.attention} == {"encoder_self", "decoder_self", "cross"}
    for grid in record.attention:
        assert (grid.layers, grid.heads) == (network.config.decoder_layers, network.config.heads)
    assert record.input_tokens[0] == "<s>"
    assert record.input_tokens[1:] == record.output_tokens[:-1]
    assert record.log_probability == pytest.approx(
        float(np.log([step.probability for step in record.steps]).sum()), abs=1e-3
    )
    future = np.triu(np.ones((len(record.output_tokens),) * 2), k=1).astype(bool)
    assert record.grid("decoder_self").weights[..., future].max() == 0  # type: ignore[union-attr]
    for step in record.steps:
        assert [one.probability for one in step.candidates] == sorted(
            (one.probability for one in step.candidates), reverse=True
        )


def test_the_page_and_the_lines_translate_alike(lab: TorchLab) -> None:
    assert lab.translate_lines([CAPTION, "", "  ", "?!"], "en-de") == [
        lab.translate(CAPTION, "en-de").translation,
        "",
        "",
        "?!",
    ]


def test_a_record_is_plain_json(lab: TorchLab) -> None:
    import json

    (record,) = lab.classify(SENTENCE, "sentiment-en", ["lstm"])
    assert json.loads(json.dumps(to_json(record)))["words"] == list(record.words)


@pytest.mark.parametrize(
    ("code", "ask"),
    [
        ("empty_text", lambda lab: lab.classify("  ", "sentiment-en")),
        ("unknown_task", lambda lab: lab.classify("good", "sentiment-fr")),
        ("unknown_model", lambda lab: lab.classify("good", "sentiment-en", ["cnn"])),
        ("no_models", lambda lab: lab.classify("good", "sentiment-en", [])),
        ("no_known_words", lambda lab: lab.classify("xqzvw vwzqx", "sentiment-en")),
        ("unknown_pair", lambda lab: lab.translate("good", "en-fr")),
        ("unknown_model", lambda lab: lab.translate("good", "en-de", "moses")),
        ("bad_beam", lambda lab: lab.translate("good", "en-de", beam=0)),
        ("bad_beam", lambda lab: lab.translate("good", "en-de", beam=1000)),
        ("bad_beam", lambda lab: lab.translate("good", "en-de", beam="five")),
        ("bad_batch", lambda lab: lab.translate_lines(["good"], "en-de", batch=0)),
    ],
)
def test_what_cannot_be_served_is_told(lab: TorchLab, code: str, ask: object) -> None:
    with pytest.raises(Problem) as caught:
        ask(lab)  # type: ignore[operator]
    assert caught.value.code == code
    for language in ("en", "zh"):
        assert "{" not in caught.value.message(language)


def test_a_broken_checkpoint_is_named_and_the_others_serve(tmp_path: Path) -> None:
    import shutil

    for name in ("sentiment-en-rnn", "sentiment-en-lstm", "sentiment-en-gru"):
        shutil.copytree(CHECKPOINTS / name, tmp_path / name)
    (tmp_path / "empty").mkdir()
    weights = tmp_path / "sentiment-en-lstm" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    config = tmp_path / "sentiment-en-gru" / "config.json"
    config.write_text(config.read_text(encoding="utf-8").replace('"format": 1', '"format": 99'), encoding="utf-8")
    opened = open_lab(tmp_path, "cpu")
    assert opened.tasks() == {"sentiment-en": ("rnn",)}
    assert {(problem.code, problem.values["name"]) for problem in opened.problems} == {
        ("checkpoint_missing", "empty"),
        ("checkpoint_damaged", "sentiment-en-lstm"),
        ("checkpoint_format", "sentiment-en-gru"),
    }


def test_no_checkpoint_at_all_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="No checkpoint could be opened"):
        open_lab(tmp_path, "cpu")


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    """A weights file that is not safetensors is refused, however well its digest fits."""
    import json
    import pickle
    import shutil

    from seqdemo.checkpoint import digest, load

    folder = tmp_path / "sentiment-en-rnn"
    shutil.copytree(CHECKPOINTS / "sentiment-en-rnn", folder)
    mark = tmp_path / "ran"

    class Opens:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (Path.touch, (mark,))  # type: ignore[return-value]

    (folder / "model.safetensors").write_bytes(pickle.dumps(Opens()))
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["digests"]["model.safetensors"] = digest(folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(CheckpointProblem, match="damaged"):
        load(folder)
    assert not mark.exists()


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has the device that the message is about")
def test_cuda_is_not_silently_replaced() -> None:
    with pytest.raises(Problem, match="No CUDA device"):
        choose_device("cuda")


def test_visitors_never_see_each_others_numbers(lab: TorchLab) -> None:
    texts = [f"{'very ' * number}good but not {'so ' * (7 - number)}great" for number in range(8)]
    alone = [lab.classify(text, "sentiment-en") for text in texts]
    wrong: list[str] = []

    def visitor(number: int) -> None:
        for _ in range(15):
            for mine, expected in zip(lab.classify(texts[number], "sentiment-en"), alone[number], strict=True):
                same = mine.words == expected.words and np.array_equal(mine.track, expected.track)
                grids = (mine.attention, expected.attention)
                if not same or (grids[0] and grids[1] and not np.array_equal(grids[0].weights, grids[1].weights)):
                    wrong.append(mine.source.model)

    threads = [threading.Thread(target=visitor, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
