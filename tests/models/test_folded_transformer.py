"""The folded decoder writes what the readable one writes, and shows the same heads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from seqdemo import checkpoint
from seqdemo.decoding.batch import padded, search
from seqdemo.models import TRANSLATORS
from seqdemo.models.folded_transformer import FoldedTransformer
from seqdemo.models.numpy_transformer import FIRST_ROOM, NumpyState
from seqdemo.models.transformer import Transformer

CHECKPOINT = Path(__file__).resolve().parents[2] / "checkpoints" / "en-de-transformer"
CPU = torch.device("cpu")
SOURCES = [[5], [7, 8, 9, 10, 11, 12], [20, 21], [30, 4, 5, 6], [9] * 9, [31, 32, 33]]
SENTENCES = (
    "A man in a red shirt is reading a book.",
    "Two dogs.",
    "A young girl in a pink coat runs through the snow while her brother watches her from a bench.",
)


@pytest.fixture
def readable(randomised: Callable[[nn.Module], nn.Module]) -> Transformer:
    """float64; biases and norms far from 0 and 1, three encoder and two decoder layers."""
    network = TRANSLATORS["transformer"].build(
        vocabulary=40, model=32, heads=4, inner=64, encoder_layers=3, decoder_layers=2
    )
    filled: Transformer = randomised(network)  # type: ignore[assignment]
    for parameter in filled.parameters():
        parameter.data *= 0.4
    return filled.requires_grad_(False)


def close(ours: Tensor | list[Tensor], theirs: Tensor | list[Tensor], tolerance: float) -> None:
    torch.testing.assert_close(ours, theirs, rtol=tolerance, atol=tolerance)


def test_it_reads_a_ragged_batch_as_the_readable_one_does(readable: Transformer) -> None:
    ids = padded(SOURCES, CPU)
    ours, theirs = FoldedTransformer(readable).encode(ids), readable.encode(ids)
    assert torch.equal(ours.mask, theirs.mask)
    for number, source in enumerate(SOURCES):  # what stands behind the end of a sentence means nothing
        close(ours.states[number, : len(source)], theirs.states[number, : len(source)], 1e-10)
        for mine, other in zip(ours.self_weights, theirs.self_weights, strict=True):
            close(mine[number, :, : len(source)], other[number, :, : len(source)], 1e-10)


def test_every_step_of_a_beam_has_the_readable_scores(readable: Transformer) -> None:
    """Rows are dropped, repeated and put in another order, as a search does it."""
    folded = FoldedTransformer(readable)
    ids = padded([[*source, 3] for source in SOURCES], CPU)
    ours, theirs = folded.start(folded.encode(ids)), readable.start(readable.encode(ids))
    draw = torch.Generator().manual_seed(2)
    last = torch.full((len(SOURCES),), 2)
    sentences, width = list(range(len(SOURCES))), 1
    for step in range(45):
        mine, ours = folded.advance(ours, last)
        other, theirs = readable.advance(theirs, last)
        close(mine, other, 1e-9)
        if step in (10, 20, 30):
            sentences = sentences[1:]
            rows = torch.arange(width, len(last))
            ours, theirs = ours.select(rows), theirs.select(rows)
        wider = (1, 3, 4)[min(step, 2)] if step != 25 else 2
        parents = torch.randint(width, (len(sentences), wider), generator=draw)
        rows = (torch.arange(len(sentences))[:, None] * width + parents).flatten()
        width = wider
        ours, theirs = ours.select(rows), theirs.select(rows)
        last = torch.randint(4, 40, (len(rows),), generator=draw)


def test_one_sentence_is_written_in_numpy_with_the_readable_scores(readable: Transformer) -> None:
    """Beginnings are dropped, repeated and put in another order; its memory grows several times."""
    folded = FoldedTransformer(readable)
    ids = padded([[*SOURCES[1], 3]], CPU)
    ours, theirs = folded.start(folded.encode(ids)), readable.start(readable.encode(ids))
    assert isinstance(ours, NumpyState)
    draw = torch.Generator().manual_seed(3)
    last = torch.tensor([2])
    for step in range(60):
        mine, ours = folded.advance(ours, last)
        other, theirs = readable.advance(theirs, last)
        close(mine, other, 1e-9)
        rows = torch.randint(len(last), ((1, 1, 5, 2, 7, 1)[step % 6],), generator=draw)
        ours, theirs = ours.select(rows), theirs.select(rows)
        last = torch.randint(4, 40, (len(rows),), generator=draw)
    assert ours.memory.shape[1] >= ours.filled > 2 * FIRST_ROOM


def test_one_sentence_may_be_padded(readable: Transformer) -> None:
    folded = FoldedTransformer(readable)
    state = folded.start(folded.encode(torch.tensor([[7, 8, 9, 3, 0, 0]])))
    bare = folded.start(folded.encode(torch.tensor([[7, 8, 9, 3]])))
    for token in (2, 11, 12):
        mine, state = folded.advance(state, torch.tensor([token]))
        other, bare = folded.advance(bare, torch.tensor([token]))
        close(mine, other, 1e-10)


def test_rows_may_be_chosen_freely(readable: Transformer) -> None:
    """Not only as many of each sentence."""
    folded = FoldedTransformer(readable)
    ids = padded([[*source, 3] for source in SOURCES], CPU)
    ours, theirs = folded.start(folded.encode(ids)), readable.start(readable.encode(ids))
    for chosen in ([0, 0, 1, 5], [3, 2, 1], [0, 0, 1, 1, 2, 2], [5, 0, 1]):
        rows = torch.tensor(chosen)
        ours, theirs = ours.select(rows), theirs.select(rows)
        last = rows + 7
        mine, ours = folded.advance(ours, last)
        other, theirs = readable.advance(theirs, last)
        close(mine, other, 1e-9)


def check(folded: FoldedTransformer, readable: Transformer, sources: list[list[int]], beam: int, near: float) -> None:
    """Search with both; look back at the best and at the worst of each sentence."""
    found, plain = search(folded, sources, beam=beam), search(readable, sources, beam=beam)
    for rank in (0, -1):
        chosen = [hypotheses[rank] for hypotheses in found.hypotheses]
        assert [one.ids for one in chosen] == [hypotheses[rank].ids for hypotheses in plain.hypotheses]
        with torch.inference_mode():
            written = folded.look_back(found.state, [one.rows for one in chosen])
            logits = folded.logits(written.states)
        for number, (source, one) in enumerate(zip(sources, chosen, strict=True)):
            keys, steps = len(source) + 1, len(one.rows)
            with torch.inference_mode():
                encoded = readable.encode(torch.tensor([[*source, 3]]))
                decoded = readable.decode(encoded, torch.tensor([[2, *one.ids][:steps]]))
            close(logits[number, :steps], decoded.logits[0], near * 10)
            read = [weights[number, :, :keys, :keys] for weights in found.state.encoded.self_weights]
            back = [weights[number, :, :steps, :steps] for weights in written.self_weights]
            across = [weights[number, :, :steps, :keys] for weights in written.cross_weights]
            close(read, [weights[0] for weights in encoded.self_weights], near)
            close(back, [weights[0] for weights in decoded.self_weights], near)
            close(across, [weights[0] for weights in decoded.cross_weights], near)


@pytest.mark.parametrize("beam", [1, 4])
def test_looking_back_shows_what_teacher_forcing_shows(readable: Transformer, beam: int) -> None:
    check(FoldedTransformer(readable), readable, SOURCES, beam, 1e-10)
    for_one = FoldedTransformer(readable)
    check(for_one, readable, SOURCES[1:2], beam, 1e-10)
    for_one.alone = None  # as on a GPU
    check(for_one, readable, SOURCES[1:2], beam, 1e-10)


@pytest.mark.parametrize("beam", [1, 5])
def test_the_shipped_translator_folded_is_the_same_to_five_digits(beam: int) -> None:
    """float32, as the app runs it: tokens identical, every head of every layer to 1e-5."""
    opened = checkpoint.load(CHECKPOINT)
    sources = [opened.tokenizer.encode(sentence) for sentence in SENTENCES]
    folded = FoldedTransformer(opened.network)
    check(folded, opened.network, sources, beam, 1e-5)
    for source in sources:
        check(folded, opened.network, [source], beam, 1e-5)
