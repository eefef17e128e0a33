"""Every node of a beam's family tree carries the log-probability that teacher forcing gives its beginning."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from seqdemo import checkpoint
from seqdemo.components.tree_view import best_path
from seqdemo.decoding.batch import score_ids, search
from seqdemo.lab import open_lab
from seqdemo.models.folded_transformer import FoldedTransformer
from seqdemo.text.subwords import END, Subwords

CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"
TEXT = "A woman who is wearing a green hat rides her bicycle down the street."


def beginnings(family):
    """Each member with the ids from the start to it: its parent counts among the kept members of the step before."""
    kept, found = [()], []
    for members in family:
        named = [((*kept[one.parent], one.token), one) for one in members]
        found += named
        kept = [ids for ids, one in named if one.fate == "kept"]
    return found


@pytest.mark.parametrize("pair", ["en-de", "de-en"])
@pytest.mark.parametrize("beam", [2, 5])
@pytest.mark.parametrize("begun", [(), (60, 61)])
def test_node_scores_equal_teacher_forcing(pair, beam, begun):
    opened = checkpoint.load(CHECKPOINTS / f"{pair}-transformer")
    network = opened.network.double()
    assert isinstance(opened.tokenizer, Subwords)
    source = opened.tokenizer.encode(TEXT)
    (family,) = search(FoldedTransformer(network), [source], beam=beam, prefixes=[begun]).families
    nodes = beginnings(family)
    assert {one.fate for _, one in nodes} == {"kept", "ended", "pruned"}
    targets = [ids[:-1] if ids[-1] == END else ids for ids, _ in nodes]
    for first in range(0, len(nodes), 64):
        chunk = slice(first, first + 64)
        scores = score_ids(network, [source] * len(nodes[chunk]), targets[chunk])
        for (ids, one), rows in zip(nodes[chunk], scores, strict=True):
            wanted = rows[: len(ids)].gather(1, torch.tensor(ids)[:, None]).sum()
            assert one.log_probability == pytest.approx(float(wanted), abs=1e-5)


@pytest.mark.parametrize("text", [TEXT, "Two dogs.", "Ok"])
def test_the_best_path_writes_the_answer(text):
    record = open_lab(CHECKPOINTS, "cpu").translate(text, "en-de")
    path = best_path(record)
    tokens = [record.tree[step][place].token for step, place in enumerate(path)]
    assert tuple(tokens) == record.output_tokens
    last = record.tree[len(path) - 1][path[-1]]
    assert last.fate == "ended"
    assert last.log_probability == pytest.approx(record.log_probability, abs=1e-3)
