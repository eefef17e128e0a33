"""The calibration error equals sklearn's bins weighted by hand; certainty that is right has none."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from seqdemo.scoring.calibration import score


def test_the_bins_are_those_of_sklearn() -> None:
    random = np.random.default_rng(3)
    chances = random.uniform(0.01, 0.99, 900)
    wanted = (random.uniform(size=900) < chances**1.5).astype(int)
    found = score(np.stack([1 - chances, chances], axis=1), wanted.tolist())
    stated = np.maximum(chances, 1 - chances)
    right = (chances > 0.5).astype(int) == wanted
    shares, means = calibration_curve(right, stated, n_bins=15)
    assert [row[1] for row in found["reliability"]] == pytest.approx(means, abs=1e-4)
    assert [row[2] for row in found["reliability"]] == pytest.approx(shares, abs=1e-4)
    counts = [row[0] for row in found["reliability"]]
    assert sum(counts) == 900
    assert found["ece"] == pytest.approx(np.average(np.abs(shares - means), weights=counts), abs=1e-3)


def test_certainty() -> None:
    certain = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert score(certain, [0, 1])["ece"] == 0
    assert score(certain, [1, 0]) == {"ece": 1.0, "reliability": [[2, 1.0, 0.0]]}


def test_nothing_to_score_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one was expected"):
        score(np.zeros((0, 2)), [])
