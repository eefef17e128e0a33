"""Does every training sentence come back from its sub-words exactly? And joined to words, without loss?

    python -m tests.benchmarks.round_trip --data DIR [--name de-en-transformer]

Reads both sides of all pairs that the recipe of a checkpoint trains on. Prints how many sentences there were and which
came back changed; exit status 1 where any did. (An older vocabulary that normalises is named: it cannot.)
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from seqdemo import checkpoint
from seqdemo.commands.shared import CHECKPOINTS
from seqdemo.text.merging import text_of
from seqdemo.text.subwords import Subwords
from seqdemo.training.corpora import CORPORA
from seqdemo.training.reading import read_pairs
from seqdemo.training.recipes import RECIPES


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--name", default="de-en-transformer")
    chosen = parser.parse_args()
    opened = checkpoint.load(CHECKPOINTS / chosen.name)
    subwords = opened.tokenizer
    assert isinstance(subwords, Subwords)
    source, target = opened.config.serves.split("-")
    recipe = RECIPES[chosen.name]
    came, changed = 0, []
    for corpus in (CORPORA[name] for name in (recipe.corpus, *recipe.also)):
        if corpus.written:
            continue  # half of it was written by a checkpoint
        for side in read_pairs(chosen.data, corpus, corpus.train, source, target):
            for line in side:
                ids = subwords.encode(line.strip())
                came += 1
                if subwords.decode(ids) != line.strip() or text_of(subwords.tokens(ids)) != line.strip():
                    changed.append(line.strip())
    for line in changed[:20]:
        print("changed:", line)
    exact = "spells unseen characters in bytes" if subwords.exact else "an older vocabulary, which normalises"
    print(f"{chosen.name} ({exact}): {came - len(changed)} of {came} training sentences come back exactly")
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
