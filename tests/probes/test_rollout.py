"""Rollout is the sum over all paths, and says nothing where nothing is mixed."""

from __future__ import annotations

from itertools import product

import pytest
import torch

from seqdemo.probes.rollout import rollout


def test_it_is_the_sum_over_all_paths() -> None:
    weights = torch.rand(3, 2, 4, 4, dtype=torch.float64).softmax(dim=-1)
    mixed = [0.5 * layer.mean(dim=0) + 0.5 * torch.eye(4, dtype=torch.float64) for layer in weights]
    found = rollout(weights)
    for top, bottom in product(range(4), range(4)):
        paths = sum(
            float(mixed[2][top, one] * mixed[1][one, other] * mixed[0][other, bottom])
            for one, other in product(range(4), range(4))
        )
        assert float(found[2, top, bottom]) == pytest.approx(paths, abs=1e-12)


def test_rows_stay_distributions_and_a_mask_stays_a_mask() -> None:
    scores = torch.randn(4, 3, 6, 6, dtype=torch.float64).masked_fill(torch.ones(6, 6).triu(1).bool(), -torch.inf)
    found = rollout(scores.softmax(dim=-1))
    torch.testing.assert_close(found.sum(dim=-1), torch.ones(4, 6, dtype=torch.float64))
    assert float(found.triu(1).abs().max()) == 0


def test_heads_that_look_at_themselves_mix_nothing() -> None:
    assert torch.equal(rollout(torch.eye(5).expand(2, 3, 5, 5)), torch.eye(5).expand(2, 5, 5))


def test_what_is_not_square_is_refused() -> None:
    with pytest.raises(ValueError, match="was expected"):
        rollout(torch.rand(2, 2, 3, 4))
