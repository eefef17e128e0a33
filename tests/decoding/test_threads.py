"""One sentence is searched on one thread, several on as many as there were, and all are there again afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
import torch

from seqdemo.decoding.batch import search
from seqdemo.decoding.threads import threads_for
from seqdemo.models import TRANSLATORS


@pytest.fixture(autouse=True)
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("beam", [1, 3])
@pytest.mark.parametrize(("sentences", "threads"), [(1, 1), (2, 2)])
def test_a_search_takes_one_thread_for_one_sentence(sentences: int, threads: int, beam: int) -> None:
    network: Any = TRANSLATORS["transformer"].build(
        vocabulary=20, model=8, heads=2, inner=8, encoder_layers=1, decoder_layers=1
    )
    seen: set[int] = set()
    advance = network.advance

    def noticed(*asked: Any) -> Any:
        seen.add(torch.get_num_threads())
        return advance(*asked)

    network.advance = noticed
    search(network.eval(), [[5, 6, 7]] * sentences, beam=beam)
    assert seen == {threads}
    assert torch.get_num_threads() == 2


def test_the_number_comes_back_after_an_error() -> None:
    with pytest.raises(ValueError, match="away"), threads_for(1):
        raise ValueError("away")
    assert torch.get_num_threads() == 2


def test_another_python_thread_keeps_its_own_number() -> None:
    seen: list[int] = []

    def other() -> None:
        torch.set_num_threads(2)
        seen.append(torch.get_num_threads())

    with threads_for(1):
        thread = Thread(target=other)
        thread.start()
        thread.join()
        assert torch.get_num_threads() == 1
    assert seen == [2]
