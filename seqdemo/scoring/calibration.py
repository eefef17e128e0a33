"""How far stated probabilities are from the shares that come true.

Expected calibration error (Naeini et al. 2015; Guo et al. 2017, section 2, equation 3): answers are put into bins
by the probability of the class answered; in each the mean probability is compared with the share that is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

BINS = 15


def score(probabilities: NDArray[np.float64], wanted: Sequence[int], bins: int = BINS) -> dict[str, Any]:
    """{"ece", "reliability"}: the error as a share, and for each bin that is not empty [count, probability, accuracy].

    probabilities: [example, label]; bins are equally wide, the upper edge belongs to a bin.
    """
    if not len(wanted) or len(probabilities) != len(wanted):
        raise ValueError(f"{len(probabilities)} predictions came for {len(wanted)} examples, at least one was expected")
    stated = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == np.asarray(wanted)
    numbers = np.clip(np.ceil(stated * bins) - 1, 0, bins - 1).astype(int)
    reliability, error = [], 0.0
    for number in range(bins):
        inside = numbers == number
        count = int(inside.sum())
        if count:
            probability, accuracy = float(stated[inside].mean()), float(right[inside].mean())
            reliability.append([count, round(probability, 4), round(accuracy, 4)])
            error += count / len(stated) * abs(probability - accuracy)
    return {"ece": round(error, 4), "reliability": reliability}
