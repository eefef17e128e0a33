"""How long does a translation take, every head of every layer kept? Against an engine that shows none.

    python -m tests.benchmarks.translate_speed [--threads 1] [--rounds 15] [--batch 1]

Rivals take turns, medians, as ratios to CTranslate2 in float32 on the same weights (whichever of one or two
threads is faster for one sentence; for a batch as many workers as threads). Ours: the folded decoder with
`look_back`, and the readable one with a second pass that shows the heads; without a cache, every step reads all
that was written again. HF Marian has the same shape, random weights, attentions on, and writes as many tokens.
Run once with --threads 1 and once with --threads 2, each in a process of its own.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ctranslate2
import torch
from transformers import MarianConfig, MarianMTModel

from seqdemo import checkpoint
from seqdemo.commands.shared import CHECKPOINTS
from seqdemo.decoding.batch import END, START, padded, search
from seqdemo.exporting import export
from seqdemo.text.subwords import Subwords
from tests.benchmarks.turns import medians

SENTENCES = (  # of our own
    "A little girl in a red dress is playing with a brown dog.",
    "Two men are sitting on a bench in front of a big house.",
    "A woman who is wearing a green hat rides her bicycle down the street.",
    "Children are playing football on the beach.",
    "An old man with a white beard feeds the pigeons in the park.",
    "Several people are standing in line outside of a small theatre at night.",
    "A dog jumps over a fence.",
    "The cook in the open kitchen is throwing a piece of dough into the air.",
)
Way = Callable[[], object]


@torch.inference_mode()
def folded(network: Any, sources: list[list[int]], beam: int) -> object:
    found = search(network, sources, beam=beam)
    return network.look_back(found.state, [hypotheses[0].rows for hypotheses in found.hypotheses])


@torch.inference_mode()
def readable(network: Any, sources: list[list[int]], beam: int) -> object:
    found = search(network, sources, beam=beam)
    encoded = network.encode(padded([[*source, END] for source in sources], torch.device("cpu")))
    rows = [[START, *hypotheses[0].ids] for hypotheses in found.hypotheses]
    return network.decode(encoded, padded(rows, torch.device("cpu")))


@torch.inference_mode()
def without_a_cache(network: Any, sources: list[list[int]], steps: int) -> object:
    encoded = network.encode(padded([[*source, END] for source in sources], torch.device("cpu")))
    written = torch.full((len(sources), 1), START)
    for _ in range(steps):
        decoded = network.decode(encoded, written)
        written = torch.cat((written, decoded.logits[:, -1:].argmax(-1)), dim=1)
    return decoded


def marian(sizes: Any) -> MarianMTModel:
    """The same shape with random weights."""
    return MarianMTModel(
        MarianConfig(
            vocab_size=sizes.vocabulary,
            d_model=sizes.model,
            encoder_layers=sizes.encoder_layers,
            decoder_layers=sizes.decoder_layers,
            encoder_attention_heads=sizes.heads,
            decoder_attention_heads=sizes.heads,
            encoder_ffn_dim=sizes.inner,
            decoder_ffn_dim=sizes.inner,
            pad_token_id=0,
            eos_token_id=END,
            decoder_start_token_id=START,
            forced_eos_token_id=None,
            max_position_embeddings=256,
            attn_implementation="eager",
        )
    ).eval()


@torch.inference_mode()
def generated(model: MarianMTModel, sources: list[list[int]], beam: int, steps: int) -> object:
    ids = padded([[*source, END] for source in sources], torch.device("cpu"))
    return model.generate(
        ids,
        attention_mask=(ids != 0).long(),
        num_beams=beam,
        min_new_tokens=steps,
        max_new_tokens=steps,
        output_attentions=True,
        return_dict_in_generate=True,
        do_sample=False,
    )


def ways(
    opened: checkpoint.Checkpoint, sources: list[list[int]], beam: int, threads: int, folder: str
) -> dict[str, Way]:
    """Name -> one run. "CTranslate2" is first."""
    subwords: Any = opened.tokenizer
    tokens = [[*subwords.tokens(ids), "</s>"] for ids in sources]
    many = len(sources) > 1
    engine = ctranslate2.Translator(folder, "cpu", compute_type="float32", inter_threads=threads, intra_threads=1)
    share = -(-len(sources) // threads)
    steps = round(statistics.mean(len(one[0].rows) for one in search(opened.fast, sources, beam=beam).hypotheses))
    model = marian(opened.network.config)
    found: dict[str, Way] = {
        "CTranslate2": lambda: engine.translate_batch(tokens, beam_size=beam, max_batch_size=share if many else 0),
        "folded": lambda: folded(opened.fast, sources, beam),
        "readable": lambda: readable(opened.network, sources, beam),
        "HF Marian": lambda: generated(model, sources, beam, steps),
    }
    if not many and threads > 1:
        wide = ctranslate2.Translator(folder, "cpu", compute_type="float32", inter_threads=1, intra_threads=threads)
        found["CTranslate2, two threads"] = lambda: wide.translate_batch(tokens, beam_size=beam)
    if beam == 1:
        found["without a cache"] = lambda: without_a_cache(opened.network, sources, steps)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--name", default="en-de-transformer")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--batch", type=int, default=1)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    opened = checkpoint.load(CHECKPOINTS / chosen.name)
    subwords = opened.tokenizer
    assert isinstance(subwords, Subwords)
    sources = [subwords.encode(SENTENCES[number % len(SENTENCES)]) for number in range(chosen.batch)]
    with tempfile.TemporaryDirectory() as folder:
        export(opened, "ctranslate2", Path(folder))
        for beam in (1, 5):
            taken = medians(ways(opened, sources, beam, chosen.threads, folder), chosen.rounds)
            best = min(seconds for way, seconds in taken.items() if way.startswith("CTranslate2"))
            shown = "  ".join(f"{way} {seconds / best:.2f}" for way, seconds in taken.items())
            print(f"batch {chosen.batch}, beam {beam}, {chosen.threads} threads: {shown}  (1 = {1e3 * best:.1f} ms)")
            print(f"    folded / HF Marian {taken['folded'] / taken['HF Marian']:.2f}")


if __name__ == "__main__":
    main()
