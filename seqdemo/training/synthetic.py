"""Sentences that nobody translated still teach a translator: another one makes the half that is missing.

Back-translation: people wrote the target. Sennrich et al. 2016, "Improving Neural Machine Translation Models with
Monolingual Data", section 3.2. What the student learns to write was written by people; only what it reads was not.

Forward translation: people wrote the source, and the student learns to write what a finished translator writes. Kim
and Rush 2016, "Sequence-Level Knowledge Distillation", section 3.2; where the translator is the student itself, He et
al. 2020, "Revisiting Self-Training for Neural Sequence Generation", section 3: dropout makes it more than a repetition.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Collection
from pathlib import Path

from seqdemo import checkpoint
from seqdemo.checkpoint import write_atomically
from seqdemo.decoding.batch import translate_ids
from seqdemo.text.subwords import Subwords
from seqdemo.training.corpora import Corpus
from seqdemo.training.reading import read_lines

CHUNK = 5000  # sentences between two progress lines
MAX_RATIO = 2.0  # of the lengths in characters: beyond it the machine stopped early or looped
MAX_TOKENS = 100  # longer sentences are left out
BACK_BEAM, FORWARD_BEAM = 1, 5  # what is only read may be rough; what is learnt to be written may not


def synthetic_pairs(
    corpus: Corpus,
    data: Path,
    translator: Path,
    folder: Path,
    source: str,
    target: str,
    *,
    device: str = "cpu",
    say: Callable[[str], None] = print,
) -> tuple[list[str], list[str]]:
    """(sources, targets), line by line: one as people wrote it, the other by the checkpoint `translator`.

    folder: keeps what was made, with the digest of the weights that made it, and is asked first.
    Raises Problem for data or a checkpoint that cannot be read.
    """
    written = corpus.written
    made_in, beam = (source, BACK_BEAM) if written == target else (target, FORWARD_BEAM)
    lines = sorted({line.strip() for line in read_lines(data, corpus, corpus.train, written)})
    opened = checkpoint.load(translator, device)
    kept, papers = folder / f"{corpus.name}.{made_in}.gz", folder / f"{corpus.name}.json"
    about = {"weights": opened.sha256, "sentences": len(lines)}
    if papers.is_file() and json.loads(papers.read_text(encoding="utf-8")) == about:
        made = gzip.decompress(kept.read_bytes()).decode().split("\n")
    else:
        subwords, made = opened.tokenizer, []
        assert isinstance(subwords, Subwords)
        for begin in range(0, len(lines), CHUNK):
            ids = [subwords.encode(line)[:MAX_TOKENS] for line in lines[begin : begin + CHUNK]]
            made += [subwords.decode(found) for found in translate_ids(opened.fast, ids, beam=beam, batch=128)]
            say(f"translated {len(made)} of {len(lines)}")
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(kept, gzip.compress("\n".join(made).encode(), mtime=0))
        write_atomically(papers, (json.dumps(about) + "\n").encode())
    pairs = [(one, other) for one, other in zip(made, lines, strict=True) if one and _alike(len(one), len(other))]
    if written == source:
        pairs = [(one, other) for one, other in pairs if _all_known(other, source, opened.source_words)]
    sides = [one for one, _ in pairs], [other for _, other in pairs]
    return sides if written == target else (sides[1], sides[0])


def _all_known(line: str, language: str, known: Collection[str]) -> bool:
    """Has the translator read each word in training? Where it has not, it writes something else with an even face."""
    from seqdemo.text.words import split_words

    return all(word.lower() in known for word in split_words(line, language))


def _alike(one: int, other: int) -> bool:
    return max(one, other) <= MAX_RATIO * min(one, other)
