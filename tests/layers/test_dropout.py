"""Dropout silences the share that it says, keeps the mean, and does nothing outside training."""

from __future__ import annotations

import pytest
import torch

from seqdemo.layers.dropout import Dropout


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_the_share_is_silenced_and_the_rest_grows(share):
    values = torch.ones(400, 501)  # not a multiple of 8
    dropped = Dropout(share).train()(values)
    silenced = (dropped == 0).float()
    assert float(silenced.mean()) == pytest.approx(share, abs=0.006)
    assert float(dropped.mean()) == pytest.approx(1, abs=0.01)
    assert len(dropped.unique()) == 2
    for row in (silenced.mean(dim=0), silenced.mean(dim=1)):  # no row and no column is treated apart
        assert float((row - share).abs().max()) < 0.13


def test_neighbours_are_silenced_independently():
    """Eight values share one random number; none of them may tell about another."""
    silenced = (Dropout(0.5)(torch.ones(20_000, 8)) == 0).double()
    correlations = torch.corrcoef(silenced.T) - torch.eye(8)
    assert float(correlations.abs().max()) < 0.04


def test_evaluation_and_a_share_of_nothing_change_nothing():
    values = torch.randn(3, 5)
    assert Dropout(0.5).eval()(values) is values
    assert Dropout(0.0).train()(values) is values


def test_silenced_values_learn_nothing():
    values = torch.ones(64, requires_grad=True)
    dropped = Dropout(0.5)(values)
    dropped.sum().backward()
    assert torch.equal(values.grad, dropped.detach())


def test_the_seed_decides():
    values, dropout = torch.ones(100), Dropout(0.5)
    torch.manual_seed(1)
    first = dropout(values)
    second = dropout(values)
    torch.manual_seed(1)
    assert torch.equal(dropout(values), first)
    assert not torch.equal(first, second)


@pytest.mark.parametrize("kind", [torch.float32, torch.float64, torch.bfloat16], ids=str)
def test_the_kind_of_number_stays(kind):
    assert Dropout(0.5)(torch.ones(9, dtype=kind)).dtype == kind


def test_nearly_everything_may_be_silenced_but_not_all():
    assert Dropout(0.999)(torch.ones(1000)).isfinite().all()
    for share in (1.0, -0.1):
        with pytest.raises(ValueError, match=f"below 1; {share} came"):
            Dropout(share)
