"""What a visit trained can be changed and compared like what ships."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from seqdemo.bench.settings import OWN
from seqdemo.interventions.changes import Changes
from seqdemo.interventions.spelling import read_changes
from seqdemo.lab import TorchLab, open_lab
from seqdemo.pages import own

ROOT = Path(__file__).resolve().parents[2]
SENTENCE = "It is good, not bad."


@pytest.fixture(scope="module")
def lab() -> TorchLab:
    return open_lab(ROOT / "checkpoints", "cpu")


@pytest.fixture
def visit(lab: TorchLab, monkeypatch: pytest.MonkeyPatch) -> own.VisitLab:
    """A visit whose trainings happen to be two shipped checkpoints."""
    made: dict[str, Any] = {
        "gru": SimpleNamespace(rows=SimpleNamespace(kind="classifier", serves="sentiment-en"), result=lab),
        "transformer": SimpleNamespace(rows=SimpleNamespace(kind="translator", serves="en-de"), result=lab),
    }
    monkeypatch.setattr(own, "who_asks", lambda: "someone")
    bench: Any = SimpleNamespace(results=lambda who: made)
    return own.VisitLab(lab, bench)


def test_a_reading_is_changed(visit: own.VisitLab, lab: TorchLab) -> None:
    (plain,) = visit.classify(SENTENCE, OWN, ["gru"])
    (shipped,) = lab.classify(SENTENCE, "sentiment-en", ["gru"])
    changes = Changes(read_changes("unit:gru.3,0.5")[0].made)
    found, reference = visit.reclassify(plain, changes), lab.reclassify(shipped, changes)
    assert found.plain is plain and found.changed.task == OWN
    assert found.applied == reference.applied != ()
    np.testing.assert_array_equal(found.changed.track, reference.changed.track)
    assert visit.reclassify(plain, Changes()).changed is plain
    assert visit.reclassify(shipped, changes).changed.task == "sentiment-en"


def test_a_translation_is_changed(visit: own.VisitLab, lab: TorchLab) -> None:
    plain = visit.translate("A man rides a bicycle.", OWN, "transformer", 2)
    shipped = lab.translate("A man rides a bicycle.", "en-de", "transformer", 2)
    changes = Changes(read_changes("off:transformer.cross.2.1")[0].made)
    found, reference = visit.retranslate(plain, changes), lab.retranslate(shipped, changes)
    assert found.plain is plain and found.changed.pair == OWN
    assert found.applied == reference.applied != ()
    assert (found.changed.translation, found.scores) == (reference.changed.translation, reference.scores)
    assert visit.retranslate(plain, Changes()).changed is plain
