from __future__ import annotations

from dataclasses import replace

import pytest

from gradmend.findings import diagnose
from gradmend.findings.rounding_decides_answers import check
from gradmend.records import Cause, Measurements, Severity
from tests.findings.records import followed, forward, mlp, recurrence, tensor, with_calls


def trained(rounding: float | None, *losses: float, trivial: float = 2.3) -> Measurements:
    return followed(mlp(2), *(losses or (2.4, 2.31, 2.3)), trivial=trivial, rounding=rounding)


def test_speaks_where_a_training_failed_and_rounding_moves_the_answers() -> None:
    (finding,) = check(trained(1.02))
    assert (finding.severity, finding.cause) == (Severity.ERROR, Cause.PRECISION)
    assert finding.message == (
        "the answers change by 102 % of their spread when every input moves to the next float32 "
        "(limit 10 %): rounding decides them"
    )


def test_is_silent_on_usual_networks_and_where_nobody_asked() -> None:
    assert not list(check(trained(1e-5)))
    assert not list(check(trained(None)))
    assert not list(check(mlp(2)))


def test_is_silent_where_the_training_got_far() -> None:
    assert not list(check(trained(1.0, 2.3, 1.5, 1.0)))
    assert not list(check(trained(1.0, 50.0, 8.0, 2.0, trivial=0.0)))
    (finding,) = check(trained(1.0, 50.0, 60.0, 64.0, trivial=0.0))
    assert finding.code == "N107"


@pytest.mark.parametrize(
    "network",
    [
        with_calls(
            mlp(10, "tanh", gain=8.0, fall=-0.333),
            lambda c: replace(c, forward=forward(saturated_hard=0.7)) if c.path != "head" else c,
        ),
        mlp(1, times=(recurrence(cell="LSTM", spectral_radius=None, decades_per_step=-0.1),)),
    ],
    ids=["through depth", "through time"],
)
def test_a_network_that_magnifies_everything_is_named_for_that(network: Measurements) -> None:
    assert not list(check(followed(network, 2.4, 2.31, 2.3, rounding=1.0)))


def test_it_stands_before_the_scale_of_the_inputs() -> None:
    m = replace(trained(1.02), inputs=(tensor(mean=1.7e9, rms=1.7e9, std=2.5e4),))
    found = diagnose(m)
    assert found[0].code == "N107"
    assert "D101" in found[0].explains
