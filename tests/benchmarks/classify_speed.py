"""What does it cost to see all five classifiers at once? The lab's one call against reading every prefix by itself.

    python -m tests.benchmarks.classify_speed [--words 30] [--rounds 40]

Track, trajectory, gates and attention of all models of a task for one sentence; for each integrated gradients, and all
explanations put to the test.
The naive rivals: every prefix read in a call of its own with the gates by the hand-written loop, and the gradients of
integrated gradients point by point. One thread, in turns, medians; targets: 60 ms, and 150 ms for a model's gradients.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

import numpy as np
import torch

from seqdemo.lab import TorchLab, open_lab
from seqdemo.models.attention_classifier import AttentionClassifier
from seqdemo.models.recurrent_classifier import RecurrentClassifier
from seqdemo.probes.attribution import BENT_POINTS, POINTS
from tests.benchmarks.turns import medians

CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"
SENTENCES = {  # cut into words already
    "en": "The plot of this long and winding film is thin , but the acting is wonderful , the music is warm and the "
    "last half hour made me cry like a child again , as always .",
    "zh": "这家 酒店 的 房间 不大 ， 但是 很 干净 ， 服务 也 热情 ， 早餐 的 品种 很多 ， 下次 来 北京 还 会 住 "
    "这里 ， 就是 有点 吵 。",
}


def sentence_of(words: int, task: str) -> str:
    """The sentence of the task's language, cut or repeated to a number of words."""
    sentence = SENTENCES[task.split("-")[-1]].split()
    return " ".join((sentence * (words // len(sentence) + 1))[:words])


@torch.inference_mode()
def prefix_by_prefix(lab: TorchLab, text: str, task: str) -> None:
    """Every prefix read by every model in a call of its own, and the gates by the loop."""
    for model in lab.tasks()[task]:
        opened = lab.classifiers[task, model]
        ids = opened.tokenizer.encode(text.split())
        for kept in range(1, len(ids) + 1):
            opened.network(torch.tensor([ids[:kept]]), torch.tensor([kept])).softmax(dim=-1)
        if isinstance(opened.network, RecurrentClassifier):
            opened.network.recurrent(opened.network.embedding(torch.tensor([ids])))


def point_by_point(lab: TorchLab, text: str, task: str, model: str) -> None:
    """The gradients of integrated gradients, one reading after the other."""
    opened = lab.classifiers[task, model]
    ids = torch.tensor([opened.tokenizer.encode(text.split())])
    vectors = opened.network.embedding(ids).detach()
    points = BENT_POINTS if isinstance(opened.network, AttentionClassifier) else POINTS
    for place in np.polynomial.legendre.leggauss(points)[0]:
        asked = (vectors * float((place + 1) / 2)).requires_grad_()
        torch.autograd.grad(opened.network.read(asked, torch.tensor([ids.shape[1]]))[0, 1], asked)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--words", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--task", default="sentiment-en")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    lab, text, task = open_lab(CHECKPOINTS, "cpu"), sentence_of(chosen.words, chosen.task), chosen.task
    ways = {"one call": partial(lab.classify, text, task), "by prefix": partial(prefix_by_prefix, lab, text, task)}
    for model in lab.tasks()[task]:
        ways[model] = partial(lab.classify, text, task, [model])
    taken = medians(ways, chosen.rounds)
    one, naive = taken["one call"], taken["by prefix"]
    print(f"{len(lab.tasks()[task])} models, {chosen.words} words: {1e3 * one:.1f} ms, {one / naive:.2f} of one by one")
    print("  " + "  ".join(f"{model} {1e3 * taken[model]:.1f}" for model in lab.tasks()[task]))
    for model in lab.tasks()[task]:
        taken = medians(
            {
                "lab": partial(lab.explain, text, task, model, "integrated_gradients"),
                "points": partial(point_by_point, lab, text, task, model),
                "tested": partial(lab.faithfulness, text, task, model),
            },
            chosen.rounds // 2,
        )
        mine, naive = taken["lab"], taken["points"]
        print(f"integrated gradients, {model}: {1e3 * mine:.1f} ms, {mine / naive:.2f} of point by point")
        print(f"  every explanation with its curves: {1e3 * taken['tested']:.1f} ms")


if __name__ == "__main__":
    main()
