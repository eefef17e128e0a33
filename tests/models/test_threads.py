"""Four visitors at once on one network: none ever sees another's numbers.

The check holds the threads in step: each waits for the others after every sub-module, so whatever
a module had kept on itself would by then belong to the last visitor. A network that does keep its
weights on itself stands at the end, to show that the checks catch it, every time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from seqdemo.models import CLASSIFIERS, TRANSLATORS

VISITORS, TIME, VOCABULARY = 4, 6, 30
TEXTS = torch.randint(4, VOCABULARY, (VISITORS, 1, TIME), generator=torch.Generator().manual_seed(7))


def tensors_of(value: Any) -> Iterator[Tensor]:
    """Every tensor within nested tuples and dicts, in order."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict | tuple | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from tensors_of(part)


def mixed_up(network: nn.Module, run: Callable[[Tensor], Any], *, in_step: bool, rounds: int) -> int:
    """How many of the visitors' runs differ by a single bit from the same run made alone."""
    together = threading.Barrier(VISITORS, timeout=20)

    @torch.inference_mode()
    def numbers(visitor: int) -> tuple[Tensor, ...]:
        return tuple(tensors_of(run(TEXTS[visitor])))

    def visit(visitor: int) -> int:
        torch.set_num_threads(1)
        together.wait()
        wrong = 0
        for _ in range(rounds):
            pairs = zip(numbers(visitor), alone[visitor], strict=True)
            wrong += not all(now.equal(before) for now, before in pairs)
        return wrong

    def wait(*_: Any) -> None:
        together.wait()

    alone = [numbers(visitor) for visitor in range(VISITORS)]
    hooks = [part.register_forward_hook(wait) for part in network.modules()] if in_step else []

    try:
        with ThreadPoolExecutor(VISITORS) as pool:
            return sum(pool.map(visit, range(VISITORS)))
    finally:
        for hook in hooks:
            hook.remove()


def classify(network: nn.Module) -> Callable[[Tensor], Any]:
    length = torch.tensor([TIME])
    return lambda ids: (network(ids, length), network.trace(ids, length))


def translate(network: nn.Module) -> Callable[[Tensor], Any]:
    def run(ids: Tensor) -> Any:
        encoded = network.encode(ids)
        state, scores = network.start(encoded), []
        for last in (ids[:, 0], ids[:, 1]):
            step, state = network.advance(state, last)
            scores.append(step)
        return encoded, network.decode(encoded, ids), scores, state

    return run


RUNS = [(row, classify, {"labels": 2}) for row in CLASSIFIERS.values()]
RUNS += [(row, translate, {}) for row in TRANSLATORS.values()]


@pytest.mark.parametrize(("row", "how", "sizes"), RUNS, ids=[*CLASSIFIERS, *TRANSLATORS])
@pytest.mark.parametrize(("in_step", "rounds"), [(True, 2), (False, 25)], ids=["in step", "running free"])
def test_nobody_sees_anothers_numbers(row, how, sizes, in_step, rounds):
    network = row.build(vocabulary=VOCABULARY, **sizes).eval()
    assert mixed_up(network, how(network), in_step=in_step, rounds=rounds) == 0


def belongings(network: nn.Module) -> dict[tuple[str, str], int]:
    """(sub-module, attribute) -> which object it is, of everything that the network and its parts hold."""
    held = {}
    for part, module in network.named_modules():
        parts = {name: value for inner in (module._parameters, module._buffers) for name, value in inner.items()}
        held |= {(part, name): id(value) for name, value in (vars(module) | parts).items()}
    return held


@pytest.mark.parametrize(("row", "how", "sizes"), RUNS, ids=[*CLASSIFIERS, *TRANSLATORS])
def test_nothing_about_a_call_stays_on_the_network(row, how, sizes):
    network = row.build(vocabulary=VOCABULARY, **sizes).eval()
    before = belongings(network)
    result = how(network)(TEXTS[0])
    assert belongings(network) == before
    assert any(True for _ in tensors_of(result))


class KeepsItsWeights(nn.Module):
    """What none of ours may do: the attention of a call stays on the module, to be picked up afterwards."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, 8)
        self.output = nn.Linear(8, 2)

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        states = self.embedding(ids)
        self.weights = (states @ states.transpose(1, 2)).softmax(dim=-1)
        verdict = self.output((self.weights @ states).mean(dim=1))
        return verdict, self.weights


def test_the_checks_catch_a_network_that_keeps_its_weights():
    """All but the visitor who wrote last go home with a stranger's attention, in each round."""
    network = KeepsItsWeights().eval()
    before = belongings(network)
    network(TEXTS[0])
    assert belongings(network).keys() - before.keys() == {("", "weights")}
    assert mixed_up(network, network, in_step=True, rounds=2) == 2 * (VISITORS - 1)
