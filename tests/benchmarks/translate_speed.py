"""How long does a translation take, every head of every layer kept? Against an engine that shows none.

    python -m tests.benchmarks.translate_speed                                     the whole table, on the processor
    python -m tests.benchmarks.translate_speed --threads 1 [--rounds 15] [--batch 1]             one row of it
    python -m tests.benchmarks.translate_speed --device cuda [--batch 256]         the same against HF on that GPU

Rivals take turns, medians, as ratios to CTranslate2 in float32 on the same weights (whichever of one or two
threads is faster for one sentence; for a batch as many workers as threads). Ours: the folded decoder with
`look_back`, and the readable one with a second pass that shows the heads; without a cache, every step reads all
that was written again. HF Marian has the same shape, random weights, attentions on, and writes as many tokens.
The last line is the page's own: from a sentence of 12 words to all that travels to the browser, first token included.
Each number of threads has a process of its own; the table starts them one after another. Say what else ran meanwhile.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ctranslate2
import torch
from transformers import MarianConfig, MarianMTModel

from seqdemo import checkpoint
from seqdemo.commands.shared import CHECKPOINTS
from seqdemo.components.attention_view import translator_attention_payload
from seqdemo.components.steps_view import steps_payload
from seqdemo.components.tree_view import tree_payload
from seqdemo.decoding.batch import END, START, device_of, padded, search
from seqdemo.exporting import export
from seqdemo.lab import open_lab
from seqdemo.serving.quicker import few_threads
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
TWELVE_WORDS = "A little girl in a red dress is playing with a dog."
Way = Callable[[], object]


@torch.inference_mode()
def folded(network: Any, sources: list[list[int]], beam: int) -> object:
    found = search(network, sources, beam=beam)
    return network.look_back(found.state, [hypotheses[0].rows for hypotheses in found.hypotheses])


@torch.inference_mode()
def readable(network: Any, sources: list[list[int]], beam: int) -> object:
    found = search(network, sources, beam=beam)
    encoded = network.encode(padded([[*source, END] for source in sources], device_of(network)))
    rows = [[START, *hypotheses[0].ids] for hypotheses in found.hypotheses]
    return network.decode(encoded, padded(rows, device_of(network)))


@torch.inference_mode()
def without_a_cache(network: Any, sources: list[list[int]], steps: int) -> object:
    encoded = network.encode(padded([[*source, END] for source in sources], device_of(network)))
    written = torch.full((len(sources), 1), START, device=device_of(network))
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
    ids = padded([[*source, END] for source in sources], device_of(model))
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


def ways(opened: checkpoint.Checkpoint, sources: list[list[int]], beam: int) -> dict[str, Way]:
    """Ours and HF's: name -> one run."""
    found = search(opened.fast, sources, beam=beam)
    steps = round(statistics.mean(len(one[0].rows) for one in found.hypotheses))
    model = marian(opened.network.config).to(device_of(opened.network))
    named: dict[str, Way] = {
        "folded": lambda: folded(opened.fast, sources, beam),
        "readable": lambda: readable(opened.network, sources, beam),
        "HF Marian": lambda: generated(model, sources, beam, steps),
    }
    if beam == 1:
        named["without a cache"] = lambda: without_a_cache(opened.network, sources, steps)
    return named


def engines(
    opened: checkpoint.Checkpoint, sources: list[list[int]], beam: int, threads: int, folder: str
) -> dict[str, Way]:
    """CTranslate2 in the ways that suit the batch."""
    subwords: Any = opened.tokenizer
    tokens = [[*subwords.tokens(ids), "</s>"] for ids in sources]

    def engine(workers: int, each: int, share: int) -> Way:
        made = ctranslate2.Translator(folder, "cpu", compute_type="float32", inter_threads=workers, intra_threads=each)
        return lambda: made.translate_batch(tokens, beam_size=beam, max_batch_size=share)

    if len(sources) > 1:
        return {"CTranslate2": engine(threads, 1, -(-len(sources) // threads))}
    several = {f"CTranslate2, {threads} threads": engine(1, threads, 0)} if threads > 1 else {}
    return {"CTranslate2": engine(1, 1, 0), **several}


def waiting(way: Way, device: str) -> Way:
    """A GPU computes behind our back: a run is over when nothing is under way."""

    def run() -> object:
        result = way()
        torch.cuda.synchronize()
        return result

    return run if device == "cuda" else way


def row(name: str, batch: int, threads: int, rounds: int, device: str) -> None:
    """Greedy and beam 5, with one number of threads."""
    torch.set_num_threads(threads)
    opened = checkpoint.load(CHECKPOINTS / name, device)
    subwords = opened.tokenizer
    assert isinstance(subwords, Subwords)
    sources = [subwords.encode(SENTENCES[number % len(SENTENCES)]) for number in range(batch)]
    where = f"{threads} threads" if device == "cpu" else torch.cuda.get_device_name()
    with tempfile.TemporaryDirectory() as folder:
        export(opened, "ctranslate2", Path(folder))
        for beam in (1, 5):
            rivals = engines(opened, sources, beam, threads, folder) if device == "cpu" else {}
            all_ways = rivals | ways(opened, sources, beam)
            taken = medians({way: waiting(run, device) for way, run in all_ways.items()}, rounds)
            best = min(taken[way] for way in (rivals or ["HF Marian"]))
            shown = "  ".join(f"{way} {seconds / best:.2f}" for way, seconds in taken.items())
            print(f"batch {batch}, beam {beam}, {where}: {shown}  (1 = {1e3 * best:.1f} ms)")
            print(f"    folded / HF Marian {taken['folded'] / taken['HF Marian']:.2f}", flush=True)


def page(name: str, rounds: int, device: str) -> None:
    """From a sentence to what travels to the browser, as the translate page makes it."""
    few_threads()  # as the app does
    lab, pair = open_lab(CHECKPOINTS, device), name.rsplit("-", 1)[0]

    def answer(beam: int) -> None:
        records = lab.translate_passage(TWELVE_WORDS, pair, None, beam).sentences
        for make in (steps_payload, tree_payload, translator_attention_payload):
            if beam > 1 or make is not tree_payload:  # a greedy search leaves no tree
                make(records, language="en")

    for beam, seconds in medians({beam: lambda beam=beam: answer(beam) for beam in (1, 5)}, rounds).items():
        print(f"page, 12 words, beam {beam}, first token and all others, {lab.device()}: {1e3 * seconds:.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--name", default="en-de-transformer")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--batch", type=int)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    chosen = parser.parse_args()
    if chosen.threads or chosen.batch:
        row(chosen.name, chosen.batch or 1, chosen.threads or 1, chosen.rounds, chosen.device)
        return
    both = ((1, 1), (2, 1), (2, 64)) if chosen.device == "cpu" else ((1, 1), (1, 256))
    for threads, batch in both:
        asked = ["--name", chosen.name, "--rounds", str(chosen.rounds), "--device", chosen.device]
        asked += ["--threads", str(threads), "--batch", str(batch)]
        environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
        subprocess.run([sys.executable, "-m", __spec__.name, *asked], env=environment, check=True)
    page(chosen.name, chosen.rounds, chosen.device)


if __name__ == "__main__":
    main()
