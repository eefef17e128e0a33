"""The plane equals scikit-learn's, and is made of the training texts' states."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import pearsonr
from sklearn.decomposition import PCA

from seqdemo.models import CLASSIFIERS
from seqdemo.probes.trajectories import correlation, fit_plane, fit_trajectory, project

SIZES = {"vocabulary": 30, "labels": 2}


def states_of(samples: int, hidden: int) -> torch.Tensor:
    """A stretched cloud away from the origin: no two axes alike."""
    return torch.randn(samples, hidden, dtype=torch.float64) * torch.linspace(1, 5, hidden, dtype=torch.float64) + 3


@pytest.mark.parametrize(("samples", "hidden"), [(200, 6), (5, 20), (3, 2), (150, 40)])
def test_the_plane_equals_scikit_learns(equals_reference, samples, hidden):
    states = states_of(samples, hidden)
    plane, reference = fit_plane(states), PCA(n_components=2, svd_solver="full").fit(states.numpy())
    equals_reference(plane.mean, torch.from_numpy(reference.mean_))
    equals_reference(plane.explained, torch.from_numpy(reference.explained_variance_ratio_))
    signs = (plane.components * torch.from_numpy(reference.components_)).sum(dim=1).sign()
    equals_reference(plane.components, torch.from_numpy(reference.components_) * signs[:, None], 1e-10)
    expected = torch.from_numpy(reference.transform(states.numpy())) * signs
    equals_reference(project(states, plane), expected, 1e-10)


def test_signs_do_not_depend_on_the_order_of_the_samples(equals_reference):
    states = states_of(50, 6)
    plane, turned = fit_plane(states), fit_plane(states.flip(0))
    equals_reference(turned.components, plane.components, 1e-10)
    for component in plane.components:
        assert component[component.abs().argmax()] > 0
        assert float(component.norm()) == pytest.approx(1)


def test_one_state_is_no_plane():
    with pytest.raises(ValueError, match="at least 2 states; 1 came"):
        fit_plane(torch.zeros(1, 4))


@pytest.fixture
def texts() -> list[np.ndarray]:
    random = np.random.default_rng(4)
    return [random.integers(2, 30, random.integers(1, 9)).astype(np.int32) for _ in range(150)]


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_trajectory_is_made_of_states_of_the_training_texts(name, texts, equals_reference):
    network = CLASSIFIERS[name].build(**SIZES).eval()
    stored = fit_trajectory(network, texts, seed=3)
    with torch.no_grad():
        traces = [
            network.trace(torch.from_numpy(row.astype(np.int64))[None], torch.tensor([len(row)])) for row in texts
        ]
    states = torch.cat([trace.states[0] for trace in traces])
    chances = torch.cat([trace.logits[0] for trace in traces]).softmax(dim=-1)
    plane = fit_plane(states)
    equals_reference(stored["mean"], plane.mean, 1e-5)
    equals_reference(stored["explained"], plane.explained, 1e-4)
    equals_reference(stored["components"] @ stored["components"].T, torch.eye(2), 1e-5)
    assert stored["cloud"].shape == (400, 2)
    assert all(value.dtype == torch.float32 for value in stored.values())
    everywhere = (states - stored["mean"]) @ stored["components"].T
    for point, chance in zip(stored["cloud"][:30], stored["cloud_probability"][:30], strict=True):
        distances = (everywhere - point).norm(dim=1) + (chances - chance).abs().sum(dim=1)
        assert float(distances.min()) < 1e-4


@pytest.mark.parametrize("name", CLASSIFIERS)
@pytest.mark.parametrize("labels", [2, 5])
def test_a_readout_points_to_where_its_class_gains(name, labels, texts):
    """A step along the arrow, in the full space, raises its class over the mean of all; a step across does not."""
    network = CLASSIFIERS[name].build(**SIZES | {"labels": labels}).eval()
    stored = fit_trajectory(network, texts, seed=3)
    assert stored["readout"].shape == (labels, 2)
    assert stored["cloud_probability"].shape == (400, labels)
    weight = network.readout.weight.detach()
    for label, direction in enumerate(stored["readout"]):
        assert float(direction.norm()) == pytest.approx(1, abs=1e-5)
        gain = weight @ (direction @ stored["components"])
        assert float(gain[label] - gain.mean()) > 0
        across = torch.stack((-direction[1], direction[0])) @ stored["components"]
        sideways = weight @ across
        assert float(sideways[label] - sideways.mean()) == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_the_first_axis_goes_with_the_difference_of_the_logits(name, texts):
    """Recomputed: the logits of the states that the cloud stands for, and scipy's coefficient."""
    network = CLASSIFIERS[name].build(**SIZES).eval()
    stored = fit_trajectory(network, texts, seed=3)
    shown = stored["cloud"] @ stored["components"] + stored["mean"]  # the states, as far as the plane holds them
    found = correlation(stored["cloud"][:, 0], stored["cloud_probability"][:, 1])
    with torch.no_grad():
        traces = [
            network.trace(torch.from_numpy(row.astype(np.int64))[None], torch.tensor([len(row)])) for row in texts
        ]
    states = torch.cat([trace.states[0] for trace in traces])
    margins = torch.cat([trace.logits[0, :, 1] - trace.logits[0, :, 0] for trace in traces])
    plane = (states - stored["mean"]) @ stored["components"].T @ stored["components"] + stored["mean"]
    rows = torch.cdist(shown, plane).argmin(dim=1)
    wanted = pearsonr(stored["cloud"][:, 0].numpy(), margins[rows].numpy()).statistic
    assert found == pytest.approx(float(wanted), abs=2e-3)


def test_a_correlation_is_scipys_and_a_still_axis_has_none():
    one, chance = torch.randn(200, dtype=torch.float64), torch.rand(200, dtype=torch.float64)
    wanted = pearsonr(one.numpy(), np.log(chance.numpy() / (1 - chance.numpy()))).statistic
    assert correlation(one, chance) == pytest.approx(float(wanted), abs=1e-12)
    assert correlation(torch.zeros(5), torch.rand(5)) == 0
    assert correlation(chance.log() - (1 - chance).log(), chance) == pytest.approx(1)


def test_the_seed_decides_which_texts_and_which_points(texts):
    network = CLASSIFIERS["gru"].build(**SIZES).eval()
    first, again, other = (fit_trajectory(network, texts, seed=seed, sample=60) for seed in (1, 1, 2))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["mean"], other["mean"])


def test_the_network_is_left_as_it_was(texts):
    network = CLASSIFIERS["lstm"].build(**SIZES).eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    fit_trajectory(network, texts, seed=1)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
