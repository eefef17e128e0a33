"""Does another engine with the same weights write what we write? The share of lines that are the same.

    python -m tests.benchmarks.same_translations --data DIR [--name en-de-transformer] [--lines 1000]

Multi30k test_2016_flickr, beam 5, CTranslate2 in float32 from `export --to ctranslate2`. Ours once as plain search
and once as the app searches (with the guard against loops). 99.5 % is what we ask for.
"""

from __future__ import annotations

import argparse
import gzip
import tempfile
from pathlib import Path

import ctranslate2
import torch

from seqdemo import checkpoint
from seqdemo.commands.shared import CHECKPOINTS
from seqdemo.decoding.batch import GUARD, translate_ids
from seqdemo.exporting import export
from seqdemo.text.subwords import Subwords


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--name", default="en-de-transformer")
    parser.add_argument("--lines", type=int, default=1000)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    opened = checkpoint.load(CHECKPOINTS / chosen.name)
    subwords = opened.tokenizer
    assert isinstance(subwords, Subwords)
    source = opened.config.serves.split("-")[0]
    with gzip.open(
        chosen.data / "multi30k" / f"test_2016_flickr.{source}.gz", "rt", encoding="utf-8", newline="\n"
    ) as file:
        ids = [subwords.encode(line.strip()) for line in file][: chosen.lines]
    with tempfile.TemporaryDirectory() as folder:
        export(opened, "ctranslate2", Path(folder))
        engine = ctranslate2.Translator(folder, compute_type="float32", intra_threads=1)
        found = engine.translate_batch(
            [[*subwords.tokens(one), "</s>"] for one in ids],
            beam_size=5,
            max_batch_size=64,
            disable_unk=True,
            suppress_sequences=[["<pad>"], ["<s>"]],
        )
    theirs = [one.hypotheses[0] for one in found]
    for title, guard in (("plain search", None), ("as the app searches", GUARD)):
        ours = [list(subwords.tokens(one)) for one in translate_ids(opened.fast, ids, beam=5, batch=64, guard=guard)]
        same = sum(mine == other for mine, other in zip(ours, theirs, strict=True))
        print(f"{title}: {same} of {len(ids)} lines the same, {100 * same / len(ids):.1f} %")


if __name__ == "__main__":
    main()
