from __future__ import annotations

from dataclasses import replace

import pytest

from gradmend.findings import diagnose
from gradmend.findings.normalization_leaves_nothing import check
from gradmend.records import Cause, Measurements, Severity
from tests.findings.records import call, followed, forward, kernel, network, rehearsed, tensor


def normalized(kind: str = "LayerNormalization", spread: float = 0.0) -> Measurements:
    calls = [
        call(
            0,
            "norm",
            "norm",
            class_name=kind,
            forward=forward(std=spread, rms=spread, mean=0.0, largest=spread),
        ),
        call(1, "hidden", activation="relu", forward=forward(units=64, dead_units=64, rms=0.0)),
        call(2, "head", activation="softmax", class_name="Dense"),
    ]
    return network(calls)


@pytest.mark.parametrize("kind", ["LayerNormalization", "GroupNormalization", "UnitNormalization"])
def test_an_output_without_spread_is_certain(kind: str) -> None:
    (finding,) = check(normalized(kind))
    assert (finding.severity, finding.cause) == (Severity.ERROR, Cause.NORMALIZATION)
    assert finding.certain
    assert finding.message == (
        f"what leaves {kind} 'norm' is the same for every sample, though its inputs differ "
        "(spread 0, limit 1.0e-05): each value is normalized by itself"
    )


def test_is_silent_on_a_normalization_that_leaves_something() -> None:
    assert not list(check(normalized(spread=1.0)))
    assert not list(check(normalized("BatchNormalization")))


def test_is_silent_where_nothing_arrives() -> None:
    same = replace(normalized(), inputs=(tensor(std=0.0),))
    assert not list(check(same))


def test_is_the_root_of_the_dead_units_behind_it() -> None:
    root, *below = diagnose(followed(normalized(), 2.4, 2.3, 2.3))
    assert root.code == "B102"
    assert {"A101", "T102"} <= {finding.code for finding in below}


def test_a_model_that_learns_around_it_is_well() -> None:
    learned = followed(normalized(), 2.4, 1.0, 0.2)
    found = {finding.code: finding.severity for finding in diagnose(learned)}
    assert found["B102"] is Severity.NOTE
    (finding,) = check(rehearsed(normalized(), 2.4, 0.3))
    assert not finding.certain


def test_a_scale_of_zero_silences_on_purpose() -> None:
    m = normalized()
    gamma = kernel("norm", role="scale", shape=(64,), rms=0.0)
    assert not list(check(replace(m, weights=(gamma,))))
    assert list(check(replace(m, weights=(replace(gamma, rms=1.0),))))


def test_units_that_are_all_alike_are_the_fault_of_their_kernel() -> None:
    norm = replace(normalized().calls[0], index=1, inputs=(0,))
    m = network([call(0, "ones"), norm])
    alike = kernel("ones", gain=1.0, mean=0.125)
    assert not list(check(replace(m, weights=(alike,))))
    assert list(check(replace(m, weights=(replace(alike, mean=0.0),))))
