"""What the lessons quote is what the networks do: each experiment against torch, sacrebleu or counting by hand."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sacrebleu import sentence_bleu
from torch import Tensor

from seqdemo.commands import main
from seqdemo.commands.experimenting import NAMES, ON_DEVICE
from seqdemo.decoding.batch import translate_ids
from seqdemo.experiments import (
    attention_cell,
    bleu_by_hand,
    bottleneck,
    cells,
    gradient_river,
    head_pruning,
    head_roles,
    missing_parts,
    mistakes,
    recurrent_step,
    table,
)
from seqdemo.experiments.opened import opened, own_sentences
from seqdemo.lessons.facts import experiment
from seqdemo.models.transformer import Transformer, TransformerConfig
from seqdemo.problems import Problem
from seqdemo.text.subwords import END, START
from seqdemo.text.words import split_words

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "corpora"


def silent(_: str) -> None:
    """Instead of print."""


@pytest.mark.parametrize("path", sorted(table.FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_what_is_shipped_was_measured_on_the_checkpoints_that_ship(path: Path) -> None:
    for used in json.loads(path.read_text(encoding="utf-8")).get("about", []):
        assert opened(used["checkpoint"]).sha256 == used["sha256"], f"run again: experiment {path.stem} --write"


@pytest.mark.parametrize(
    "name", ["recurrent-step", "attention-cell", "head-roles", "mistakes", "bleu-by-hand", "gradient-river"]
)
def test_what_is_shipped_is_what_comes_out_now(name: str) -> None:
    """Everything that does not measure time repeats; floats to the last digit but one that is kept."""
    kept, now = experiment(name), table.run(name, say=silent)

    def same(one: object, other: object) -> None:
        if isinstance(one, dict) and isinstance(other, dict):
            assert list(one) == list(other)
            for key in one:
                same(one[key], other[key])
        elif isinstance(one, list | tuple) and isinstance(other, list | tuple):
            assert len(one) == len(other)
            for pair in zip(one, other, strict=True):
                same(*pair)
        elif isinstance(one, float):
            assert one == pytest.approx(other, abs=2e-4, rel=1e-4)
        else:
            assert one == other

    for found in (kept, now):
        found.pop("made")
    same(kept, now)


def test_the_step_by_hand_is_the_step_of_torch() -> None:
    found = recurrent_step.measure(silent)
    model = opened("sentiment-en-rnn")
    cell = model.network.recurrent
    reference = torch.nn.RNN(found["size"]["word"], found["size"]["state"], batch_first=True)
    names = {"weight_ih_l0": "input_weight", "weight_hh_l0": "hidden_weight", "bias_ih_l0": "input_bias"}
    for theirs, ours in {**names, "bias_hh_l0": "hidden_bias"}.items():
        getattr(reference, theirs).data.copy_(getattr(cell, ours))
    words = split_words(found["text"], "en")
    with torch.no_grad():
        states = reference(model.network.embedding(torch.tensor([model.tokenizer.encode(words)])))[0][0]
    time = words.index(found["word"])
    turned = (states[time] - states[time - 1]).abs()
    for row in found["units"]:
        assert row["after"] == pytest.approx(float(states[time, row["unit"] - 1]), abs=1e-4)
        assert row["before"] == pytest.approx(float(states[time - 1, row["unit"] - 1]), abs=1e-4)
        assert row["after"] == pytest.approx(math.tanh(row["word_part"] + row["state_part"]), abs=2e-4)
        assert int((turned > turned[row["unit"] - 1]).sum()) < recurrent_step.UNITS


def test_the_attention_row_is_the_row_that_the_network_used() -> None:
    found = attention_cell.measure(silent)
    model = opened("en-de-transformer")
    ids = [*model.tokenizer.encode(found["text"]), END]
    weights = model.network.encode(torch.tensor([ids])).self_weights[found["layer"] - 1][0, found["head"] - 1]
    row = model.tokenizer.tokens(ids).index(found["query"])
    assert [cell["weights"] for cell in found["cells"]] == pytest.approx(weights[row].tolist(), abs=1e-4)
    for cell in found["cells"]:
        assert cell["scores"] == pytest.approx(cell["dots"] / math.sqrt(found["size"]), abs=1e-3)
        assert cell["weights"] == pytest.approx(math.exp(cell["scores"]) / found["total"], abs=1e-3)
        assert cell["share"] == pytest.approx(cell["weights"] * cell["value"], abs=1e-3)
    assert found["mixed"] == pytest.approx(sum(cell["share"] for cell in found["cells"]), abs=1e-3)
    block = model.network.encoder[found["layer"] - 1]
    values = block.self_attention.value(block.self_norm(model.network._embed(torch.tensor([ids]))))[0]  # [key, model]
    number = (found["head"] - 1) * found["size"] + found["unit"] - 1
    assert [cell["value"] for cell in found["cells"]] == pytest.approx(values[:, number].tolist(), abs=1e-4)


def test_the_masked_row_is_the_row_of_the_writer() -> None:
    """Its weights are those that the decoder had, and without the mask they are the softmax of the scores."""
    found = attention_cell.measure(silent)
    model = opened("en-de-transformer")
    subwords, row = model.tokenizer, found["masked"]
    pieces = {subwords.tokens([number])[0]: number for number in range(len(subwords))}
    target = [pieces[cell["token"]] for cell in row]
    assert target[0] == START
    ids = torch.tensor([[*subwords.encode(found["text"]), END]])
    weights = model.network(ids, torch.tensor([target])).self_weights[0][0, 0, found["step"] - 1]
    assert [cell["weights"] for cell in row] == pytest.approx(weights.tolist(), abs=1e-4)
    assert [cell["weights"] for cell in row[found["step"] :]] == [0.0] * (len(row) - found["step"])
    powers = [math.exp(cell["scores"]) for cell in row]
    assert [cell["unmasked"] for cell in row] == pytest.approx([one / sum(powers) for one in powers], abs=1e-3)
    assert found["ahead"] == pytest.approx(sum(powers[found["step"] :]) / sum(powers), abs=1e-3)


def test_the_heads_named_are_the_ones_that_look_most() -> None:
    """Counted anew, row by row, in the words of the claim."""
    found = head_roles.measure(silent)
    model = opened("en-de-transformer")
    before: dict[tuple[int, int], list[float]] = {}
    marks: dict[tuple[int, int], list[float]] = {}
    for text in head_roles.TEXTS:
        ids = [*model.tokenizer.encode(text), END]
        tokens = model.tokenizer.tokens(ids)
        for layer, weights in enumerate(model.network.encode(torch.tensor([ids])).self_weights, 1):
            for head, rows in enumerate(weights[0], 1):
                shares = [float(rows[query, query - 1]) for query in range(1, len(ids))]
                before.setdefault((layer, head), []).append(sum(shares) / len(shares))
                last = [float(sum(row[-2:])) for row in rows]  # the full stop and the end mark
                assert [token.lstrip("▁") for token in tokens[-2:]] == [".", "</s>"]
                marks.setdefault((layer, head), []).append(sum(last) / len(last))
    for told, counted in ((found["previous"], before), (found["sinks"]["encoder_self"], marks)):
        means = {head: sum(shares) / len(shares) for head, shares in counted.items()}
        assert max(means, key=lambda head: means[head]) == (told["layer"], told["head"])
        assert told["share"] == pytest.approx(max(means.values()), abs=1e-3)
    assert 0 < found["align"]["even"] < found["align"]["share"] <= 1


def test_the_river_is_what_autograd_finds() -> None:
    found = gradient_river.measure(silent)
    texts = [split_words(one.text, "en") for one in own_sentences("sentiment-en")]
    texts = [words for words in texts if len(words) > gradient_river.FARTHEST]
    assert found["n"] == len(texts)
    model = opened("sentiment-en-lstm")
    rows = []
    for words in texts:
        network = model.network
        cell = torch.nn.LSTMCell(network.config.embedding, network.config.hidden)
        for theirs, ours in (("weight_ih", "input_weight"), ("weight_hh", "hidden_weight")):
            getattr(cell, theirs).data.copy_(getattr(network.recurrent, ours))
        cell.bias_ih.data.copy_(network.recurrent.input_bias)
        cell.bias_hh.data.copy_(network.recurrent.hidden_bias)
        hidden = state = torch.zeros(1, network.config.hidden)
        kept = []
        for vector in network.embedding(torch.tensor(model.tokenizer.encode(words))):
            hidden, state = cell(vector[None], (hidden, state))
            hidden.retain_grad()
            kept.append(hidden)
        weight = network.readout.weight
        (hidden[0] @ (weight[1] - weight.mean(dim=0))).backward()
        lengths = [float(one.grad.norm()) for one in reversed(kept)][: gradient_river.FARTHEST + 1]
        rows.append([length / lengths[0] for length in lengths])
    median = np.median(np.array(rows), axis=0)
    assert found["cells"]["lstm"]["median"] == pytest.approx(median.tolist(), abs=2e-4)


def test_bleu_by_hand_is_sacrebleus_and_the_lists_are_as_long_as_its_counts() -> None:
    found = bleu_by_hand.measure(silent)
    theirs = sentence_bleu(found["translation"], [found["reference"]])
    assert found["bleu"] == pytest.approx(theirs.score, abs=0.01)
    for row, count, total in zip(found["orders"], theirs.counts, theirs.totals, strict=True):
        assert (row["matches"], row["total"], len(row["found"])) == (count, total, count)
    product = math.prod(row["matches"] / row["total"] for row in found["orders"])
    assert found["mean"] == pytest.approx(100 * product**0.25, abs=0.01)
    assert bleu_by_hand.grams(["a", "b", "a", "b"], 2) == Counter({("a", "b"): 2, ("b", "a"): 1})


def test_mistakes_are_the_sentences_that_the_lab_judges_otherwise() -> None:
    found = mistakes.measure(silent)
    model = opened("sentiment-en-gru")
    wrong = set()
    for one in own_sentences("sentiment-en"):
        ids = torch.tensor([model.tokenizer.encode(split_words(one.text, "en"))])
        if int(model.network(ids, torch.tensor([ids.shape[1]]))[0].argmax()) != one.label:
            wrong.add(one.text)
    row = found["models"]["gru"]
    assert {text["text"] for text in row["wrong"]} == wrong
    assert row["accuracy"] == pytest.approx(1 - len(wrong) / found["n"], abs=1e-4)
    assert set(found["all_wrong"]) <= wrong
    shares = [text["probability"] for text in row["wrong"]]
    assert shares == sorted(shares, reverse=True)


def test_parameters_of_cells_are_torchs() -> None:
    found = cells.measure(silent, rounds=1)
    width = found["settings"]["width"]
    for name, make in (("rnn", torch.nn.RNN), ("lstm", torch.nn.LSTM), ("gru", torch.nn.GRU)):
        assert found["parameters"][name] == sum(one.numel() for one in make(width, width).parameters())
    assert found["read_ratio"]["rnn"] == 1.0


def test_a_head_that_is_off_adds_nothing_and_none_off_changes_nothing() -> None:
    """Off: the block's output is what zeroing the head's mixed values before the projection gives."""
    network = opened("en-de-transformer").network
    assert len(head_pruning.heads_of(network)) == 36
    ids = torch.tensor([[45, 67, 89, END]])
    plain = network(ids, torch.tensor([[START, 45]])).logits
    assert torch.equal(head_pruning.without(network, [])(ids, torch.tensor([[START, 45]])).logits, plain)
    off = head_pruning.without(network, [("encoder_self", 1, 2)])
    states = torch.randn(1, 5, network.config.model)
    before, after = network.encoder[1].self_attention, off.encoder[1].self_attention
    size = network.config.model // network.config.heads
    memory = before.remember(states)
    mixed = before(states, states).weights @ memory.values  # [batch, head, time, head size]
    mixed[:, 2] = 0
    expected = before.output(mixed.transpose(1, 2).flatten(2))
    assert size * network.config.heads == network.config.model
    torch.testing.assert_close(after(states, states).values, expected, atol=1e-5, rtol=1e-5)
    assert not torch.equal(network.encode(ids).states, off.encode(ids).states)


def test_pruning_goes_from_the_least_missed_head_to_none() -> None:
    found = head_pruning.measure(silent, SAMPLES, sentences=4, steps=(0, 36))
    costs = [one["cost"] for one in found["alone"]]
    assert costs == sorted(costs) and len(costs) == found["heads"] == 36
    assert found["kept"][0] == 1.0 and found["surprise"][1] > found["surprise"][0]


@pytest.fixture
def tiny() -> Transformer:
    """Random weights large enough for its places and looks to matter."""
    torch.manual_seed(5)
    sizes = {"model": 16, "heads": 2, "inner": 32, "encoder_layers": 2, "decoder_layers": 2}
    made = Transformer(TransformerConfig(vocabulary=40, **sizes)).eval()
    for weights in made.parameters():
        if weights.dim() > 1:
            torch.nn.init.normal_(weights, std=0.4)
    return made


SOURCE, TARGET = torch.tensor([[11, 12, 13, 14, END]]), torch.tensor([[START, 21, 22, 23]])


def test_without_positions_another_order_of_the_source_is_the_same_to_the_writer(tiny: Transformer) -> None:
    turned = SOURCE.flip(1)
    assert not torch.allclose(tiny(SOURCE, TARGET).logits, tiny(turned, TARGET).logits, atol=1e-3)
    bare = missing_parts.without_positions(tiny)
    torch.testing.assert_close(bare(SOURCE, TARGET).logits, bare(turned, TARGET).logits)
    assert not torch.allclose(bare(SOURCE, TARGET).logits, tiny(SOURCE, TARGET).logits, atol=1e-3)


def test_an_even_look_across_gives_every_real_token_the_same_weight(tiny: Transformer) -> None:
    padded = torch.tensor([[11, 12, 13, 14, END, 0, 0]])
    for weights in missing_parts.looking_evenly(tiny)(padded, TARGET).cross_weights:
        torch.testing.assert_close(weights[..., :5], torch.full_like(weights[..., :5], 0.2))
        assert not weights[..., 5:].any()


def test_a_look_that_is_gone_leaves_nothing_of_what_it_saw(tiny: Transformer) -> None:
    other, earlier = torch.tensor([[15, 16, END]]), torch.tensor([[START, 31, 32, 23]])
    blind = missing_parts.without_look(tiny, "cross")
    torch.testing.assert_close(blind(SOURCE, TARGET).logits, blind(other, TARGET).logits)
    forgetful = missing_parts.without_look(tiny, "self")
    last = forgetful(SOURCE, TARGET).logits[:, -1]
    torch.testing.assert_close(last, forgetful(SOURCE, earlier).logits[:, -1])
    for changed, same in ((blind, tiny(other, TARGET)), (forgetful, tiny(SOURCE, earlier))):
        assert not torch.allclose(same.logits[:, -1], tiny(SOURCE, TARGET).logits[:, -1], atol=1e-3)
        assert changed is not tiny


def test_reading_anew_behind_the_mask_is_the_search_as_it_is_and_without_the_mask_it_is_not(tiny: Transformer) -> None:
    sources = [[11, 12, 13, 14], [15, 16], [17, 18, 19]]  # some end earlier, so rows are selected

    def scores(network: Any) -> Tensor:
        state, rows = network.start(network.encode(SOURCE)), []
        for token in TARGET[0]:
            told, state = network.advance(state, token[None])
            rows.append(told)
        return torch.stack(rows)

    masked = missing_parts.Rereading(tiny, masked=True)
    torch.testing.assert_close(scores(masked), scores(tiny), atol=1e-5, rtol=1e-5)
    assert translate_ids(masked, sources, beam=1, batch=3) == translate_ids(tiny, sources, beam=1, batch=3)
    open_eyed = scores(missing_parts.Rereading(tiny))
    torch.testing.assert_close(open_eyed[0], scores(tiny)[0], atol=1e-5, rtol=1e-5)  # nothing is to the right yet
    assert not torch.allclose(open_eyed[-1], scores(tiny)[-1], atol=1e-3)


def test_parts_are_taken_one_at_a_time_and_the_whole_is_the_measure() -> None:
    found = missing_parts.measure(silent, SAMPLES, sentences=4)
    missing = found["missing"]
    assert list(missing) == list(missing_parts.PARTS) and found["n"] == 4
    assert missing["none"]["kept"] == 1.0 and missing["look_across"]["bleu"] < missing["none"]["bleu"]
    assert missing["none"]["pair"][0] != missing["none"]["pair"][1]
    assert missing[found["least"]]["bleu"] == max(missing[part]["bleu"] for part in missing if part != "none")
    for blind in ("positions", "look_across"):
        assert missing[blind]["pair"][0] == missing[blind]["pair"][1]


def test_every_source_falls_into_one_bin() -> None:
    bins = [bottleneck.bin_of(words) for words in range(1, 61)]
    assert None not in bins and sorted(bins) == bins and set(bins) == set(range(len(bottleneck.BINS)))
    assert bottleneck.bin_of(61) is None


def test_an_interval_holds_the_figure_and_narrows_with_more_sentences() -> None:
    written = ["a man rides a horse today", "two dogs run on the beach", "a girl reads a book here"] * 4
    wanted = ["a man rides a horse now", "two dogs run along the beach", "a girl sees a book here"] * 4
    few, many = (bottleneck.interval(written[:size], wanted[:size]) for size in (4, 12))
    assert few[0] != few[1] and few[1] < few[0] < few[2] and many[2] - many[1] < few[2] - few[1]
    assert bottleneck.interval(wanted, wanted) == (100.0, 100.0, 100.0)


def test_the_bottleneck_compares_three_translators_bin_by_bin(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the translator that ships standing in for all three: their figures are then equal, and nothing is gained."""
    shipped = opened("en-de-seq2seq-attention")
    monkeypatch.setattr(bottleneck, "opened", lambda name: shipped)
    monkeypatch.setattr(bottleneck, "BINS", ((1, 10), (11, 60)))
    monkeypatch.setattr(bottleneck, "TESTS", ("test_2016_flickr",))
    found = bottleneck.measure(silent, SAMPLES)
    assert set(found["models"]) == set(bottleneck.MODELS) and len(set(found["kept"].values())) == 1
    assert found["gain"] == [0.0, 0.0] and found["settings"]["summary"] == 512
    for row in found["models"].values():
        assert row == found["models"]["seq2seq"]
        for low, middle, high in zip(row["low"], row["bleu"], row["high"], strict=True):
            assert low <= middle <= high


def test_an_experiment_on_data_asks_for_it(capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    monkeypatch.delenv("SEQDEMO_DATA", raising=False)
    with pytest.raises(Problem, match="--data DIR"):
        table.run("bottleneck")
    assert main(["experiment", "head-pruning"]) == 1
    assert "--data DIR" in capsys.readouterr().err


def test_the_command_and_the_table_know_the_same_experiments() -> None:
    assert sorted(NAMES) == sorted([*table.EXPERIMENTS, *table.ON_DATA, *table.ON_DEVICE])
    assert tuple(table.ON_DEVICE) == ON_DEVICE and set(table.SEEDS) <= set(NAMES)
