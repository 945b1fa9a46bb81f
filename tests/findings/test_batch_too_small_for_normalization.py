from __future__ import annotations

from dataclasses import replace

import pytest

from gradmend.findings import diagnose
from gradmend.findings.batch_too_small_for_normalization import check
from gradmend.records import Cause, Measurements, Severity
from tests.findings.records import BATCH, UNITS, call, followed, forward, network


def normalized(fit_batch_size: int | None, *, places: tuple[int, ...] = ()) -> Measurements:
    seen = forward(shape=(BATCH, *places, UNITS))
    calls = [
        call(0, "dense"),
        call(1, "norm", "norm", class_name="BatchNormalization", forward=seen),
        call(2, "head", activation="softmax", class_name="Dense"),
    ]
    return network(calls, fit_batch_size=fit_batch_size)


def test_one_sample_per_step_is_certain() -> None:
    (finding,) = check(normalized(1))
    assert (finding.severity, finding.cause) == (Severity.ERROR, Cause.NORMALIZATION)
    assert finding.certain
    assert finding.message == (
        "batch normalization 'norm' is fed 1 value per unit and step (limit 4): "
        "its output is the same for every sample"
    )


def test_three_samples_are_a_warning() -> None:
    (finding,) = check(normalized(3))
    assert finding.severity is Severity.WARNING
    assert "is fed 3 values per unit" in finding.message


@pytest.mark.parametrize("m", [normalized(32), normalized(1, places=(8, 8)), normalized(None)])
def test_is_silent_on_enough_values_or_where_the_batch_is_unknown(m: Measurements) -> None:
    assert not list(check(m))


def test_a_frozen_layer_uses_its_averages() -> None:
    m = normalized(1)
    frozen = tuple(replace(c, trainable=False) for c in m.calls)
    assert not list(check(replace(m, calls=frozen)))


def test_a_training_that_learned_all_the_same_is_healthy() -> None:
    assert not list(check(followed(normalized(2), 2.4, 1.0, 0.3)))


def test_is_the_root_of_a_training_at_chance() -> None:
    root, *below = diagnose(followed(normalized(1), 2.4, 2.31, 2.3))
    assert root.code == "B101"
    assert [finding.code for finding in below] == ["T102"]


def test_a_training_whose_own_loss_stays_high_is_not_silent() -> None:
    apart = followed(normalized(2), 2.5, 2.0, final_data_loss=0.4)
    (finding,) = check(apart)
    assert finding.severity is Severity.WARNING
