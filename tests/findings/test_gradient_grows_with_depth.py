from __future__ import annotations

from dataclasses import replace

from gradmend.findings.gradient_grows_with_depth import check
from gradmend.records import Cause, Measurements, Severity
from tests.findings.healthy import fresh_resnet
from tests.findings.records import (
    call,
    forward,
    kernel,
    mlp,
    rehearsed,
    with_calls,
)


def chaotic() -> Measurements:
    """Ten tanh layers with N(0, 1) weights."""
    full = forward(saturated_hard=0.75)
    return with_calls(
        mlp(10, "tanh", gain=8.0, fall=-0.333),
        lambda c: replace(c, forward=full) if c.path != "head" else c,
    )


def test_saturation_confirms_it() -> None:
    (finding,) = check(chaotic())
    assert finding.message == (
        "gradient grows 3.0 decades from 'dense_9' back to 'dense_0' (limit 2.5 decades), "
        "and most units are saturated"
    )
    assert (finding.severity, finding.cause) == (Severity.ERROR, Cause.INITIALIZER)


def test_alone_it_is_a_warning_until_the_rehearsal_rises() -> None:
    m = mlp(10, "relu", gain=1.41, fall=-0.333)
    (alone,) = check(m)
    (confirmed,) = check(rehearsed(m, 2.4, 40.0))
    assert (alone.severity, confirmed.severity) == (Severity.WARNING, Severity.ERROR)


def test_cause_is_depth_for_sums_without_normalization() -> None:
    m = mlp(50, "relu", gain=1.0, fall=-0.152)
    grown = with_calls(m, lambda c: replace(c, forward=forward(rms=1.4**c.index)))
    total = call(51, "add", "merge", inputs=(3, 4))
    (finding,) = check(replace(grown, calls=(*grown.calls[:-1], total, grown.calls[-1])))
    assert finding.cause is Cause.DEPTH
    assert finding.severity is Severity.ERROR


def test_cause_is_normalization_in_a_plain_deep_network_with_it() -> None:
    m = mlp(40, "relu", fall=-0.084)
    norm = call(99, "norm", "norm", inputs=(), backward=None)
    (finding,) = check(replace(m, calls=(norm, *m.calls), weights=(kernel("head"),)))
    assert (finding.cause, finding.severity) == (Cause.NORMALIZATION, Severity.WARNING)


def test_is_silent_on_a_fresh_resnet_and_flat_profiles() -> None:
    assert not list(check(fresh_resnet()))
    assert not list(check(mlp(30, "relu", fall=0.017)))
    assert not list(check(mlp(30, "sigmoid", fall=0.6)))
