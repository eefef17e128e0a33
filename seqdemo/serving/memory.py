"""A question that the GPU has no memory left for is asked again of the processor, and the visitor is told.

Other programs may share the GPU, so it may be full at any moment, and free again at the next: each question tries it
first. A question changes nothing, so asking it twice is safe.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import is_dataclass, replace
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

import torch

from seqdemo.records import Notice
from seqdemo.serving.noting import log

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
Self = TypeVar("Self", bound="HasSpare")
WORD = Notice("gpu_full")


class HasSpare(Protocol):
    """A lab that knows the same lab on the processor; None where it is on the processor itself."""

    @property
    def spare(self) -> Callable[[], Any] | None: ...


def else_on_processor(
    question: Callable[Concatenate[Self, Given], Answer],
) -> Callable[Concatenate[Self, Given], Answer]:
    """A method of a lab that, where the GPU is full, is asked of the lab's spare instead."""

    @functools.wraps(question)
    def ask(self: Self, *given: Given.args, **named: Given.kwargs) -> Answer:
        try:
            return question(self, *given, **named)
        except torch.OutOfMemoryError:
            if self.spare is None:
                raise
        # outside of the handler: the error holds the frames, and these the GPU's memory
        log.warning("the GPU is out of memory; %s is computed on the processor", question.__name__)
        torch.cuda.empty_cache()  # what torch keeps for later is of use to others now
        return told(cast(Answer, getattr(self.spare(), question.__name__)(*given, **named)))

    found: Any = ask  # `wraps` gives it a type of its own
    return cast(Callable[Concatenate[Self, Given], Answer], found)


def told(answer: Answer) -> Answer:
    """The answer with a word about it, where its kind has room for one; each names its device all the same."""
    found: Any = answer
    if isinstance(found, tuple):
        return cast(Answer, tuple(told(one) for one in found))
    if is_dataclass(found) and hasattr(found, "notices"):
        found = replace(found, notices=(*found.notices, WORD))  # type: ignore[type-var]
    return cast(Answer, found)
