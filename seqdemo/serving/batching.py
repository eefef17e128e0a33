"""Texts of several visitors in one forward pass: who waits for the network is taken along by whoever goes next.

No clock and no thread of its own. The first to come runs alone and at once; who comes while it runs waits, and the next
run takes all of them. So one visitor loses nothing, and thirty share. Texts are padded to the longest of the run;
each gets its own rows and columns back, equal to those of a run by itself (tests/serving/test_batching.py).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

from seqdemo.models.classifier_trace import ClassifierTrace, GateTrace
from seqdemo.text.vocabulary import PAD

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
MOST_TEXTS = 16
MOST_CELLS = 16_000  # texts x longest x longest: a network that reads every prefix of each keeps about so many states


@dataclass
class _Waiting(Generic[Asked, Answer]):
    """A question, and in the end its answer or the error that it met."""

    asked: Asked
    answer: Answer | None = None
    error: BaseException | None = None
    done: bool = False


@dataclass
class Gathered(Generic[Asked, Answer]):
    """Runs questions of many threads together.

    run: questions -> as many answers; takes: how many of the waiting questions the next run takes, at least 1.
    """

    run: Callable[[Sequence[Asked]], Sequence[Answer]]
    takes: Callable[[Sequence[Asked]], int]
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _waiting: list[_Waiting[Asked, Answer]] = field(default_factory=list)
    _running: bool = False

    def ask(self, asked: Asked) -> Answer:
        """Blocks until this question is answered. Raises what `run` raises for it alone."""
        return self.ask_all([asked])[0]

    def ask_all(self, asked: Sequence[Asked]) -> list[Answer]:
        """Several questions that come at once; raises what the first that failed met."""
        mine: list[_Waiting[Asked, Answer]] = [_Waiting(one) for one in asked]
        with self._changed:
            self._waiting += mine
        while taken := self._next(mine):
            try:
                self._answer(taken)
            finally:
                with self._changed:
                    for one in taken:
                        one.done = True
                    self._running = False
                    self._changed.notify_all()
        for one in mine:
            if one.error is not None:
                raise one.error
        return [one.answer for one in mine]  # type: ignore[misc]

    def _next(self, mine: Sequence[_Waiting[Asked, Answer]]) -> list[_Waiting[Asked, Answer]]:
        """Waits until all of `mine` are answered (nothing is left to do) or it is this thread's turn to run."""
        with self._changed:
            self._changed.wait_for(lambda: all(one.done for one in mine) or not self._running)
            if all(one.done for one in mine):
                return []
            number = self.takes([one.asked for one in self._waiting])
            taken, self._waiting = self._waiting[:number], self._waiting[number:]
            self._running = True
            return taken

    def _answer(self, taken: Sequence[_Waiting[Asked, Answer]]) -> None:
        """Together; where that fails, one by one, so that nobody meets another's error."""
        try:
            for one, answer in zip(taken, self.run([one.asked for one in taken]), strict=True):
                one.answer = answer
        except Exception as error:
            if len(taken) == 1:
                taken[0].error = error
                return
            for one in taken:
                self._answer([one])


class SharedNetwork:
    """Reads one text a call, as `seqdemo.classifying` asks a network to, together with those of other threads."""

    def __init__(self, network: nn.Module, observe: Callable[[int], None]) -> None:
        self._network: Any = network
        self._observe = observe
        self._gathered: Gathered[Tensor, ClassifierTrace] = Gathered(self._run, fitting)

    @property
    def alone(self) -> Any:
        """The network itself, for what is asked of it without company."""
        return self._network

    def parameters(self) -> Iterator[nn.Parameter]:
        """The network's, which say where it is."""
        return iter(self._network.parameters())

    def trace(self, ids: Tensor, lengths: Tensor) -> ClassifierTrace:
        """ids: [1, time]; lengths: [1], the same. As the network's own `trace`."""
        if ids.shape[0] != 1 or int(lengths) != ids.shape[1]:
            raise ValueError(f"one whole text at a time is shared; {tuple(ids.shape)} and {lengths.tolist()} came")
        return self._gathered.ask(ids[0])

    def _run(self, texts: Sequence[Tensor]) -> list[ClassifierTrace]:
        self._observe(len(texts))
        return traces_of(self._network, texts)


@torch.inference_mode()
def traces_of(network: Any, texts: Sequence[Tensor]) -> list[ClassifierTrace]:
    """Texts, each [time], read in one run -> each one's trace, as a batch of one."""
    lengths = torch.tensor([len(text) for text in texts], device=texts[0].device)
    ids = nn.utils.rnn.pad_sequence(list(texts), batch_first=True, padding_value=PAD)  # [batch, time]
    trace: ClassifierTrace = network.trace(ids, lengths)
    return [_of_one(trace, number, len(text)) for number, text in enumerate(texts)]


def fitting(texts: Sequence[Tensor]) -> int:
    """How many of the first texts fit into one run."""
    longest = 0
    for number, text in enumerate(texts[:MOST_TEXTS]):
        longest = max(longest, len(text))
        if number and (number + 1) * longest * longest > MOST_CELLS:
            return number
    return min(len(texts), MOST_TEXTS)


def _of_one(trace: ClassifierTrace, number: int, length: int) -> ClassifierTrace:
    """One text's part of a trace, without what is past its end, as a batch of one."""
    row = slice(number, number + 1)
    return ClassifierTrace(
        trace.states[row, :length],
        trace.logits[row, :length],
        {name: GateTrace(gate.values[row, :length], gate.span) for name, gate in trace.gates.items()},
        tuple(layer[row, :, :length, :length] for layer in trace.attention),
        trace.attention_kind,
    )
