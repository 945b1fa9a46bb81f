from __future__ import annotations

from gradmend.records import Cause
from gradmend.treatments.enlarge_batch import prescribe
from tests.findings.records import mlp
from tests.treatments.findings import finding


def test_shows_the_batch_of_the_training() -> None:
    (cure,) = prescribe(mlp(fit_batch_size=1), finding("B101", Cause.NORMALIZATION))
    assert cure.before == ("model.fit(x, y, batch_size=1)",)


def test_is_for_small_batches_only() -> None:
    assert not list(prescribe(mlp(), finding("V103", Cause.NORMALIZATION)))


def test_averages_out_the_noise_of_single_samples() -> None:
    (cure,) = prescribe(mlp(fit_batch_size=1), finding("S104", Cause.LEARNING_RATE))
    assert cure.expected == "the noise of single samples averages out"
