"""Which calls meet another road: by an `Add` layer, or by a sum that is no layer."""

from __future__ import annotations

from dataclasses import replace

from gradmend.findings._layers import has_joins, joins
from gradmend.records import Measurements
from tests.findings.records import call, forward, mlp, network


def sums(*, gain: float) -> Measurements:
    """x = x + dense(x), twice: no call is seen to read the one before it."""
    calls = [
        call(i, f"dense_{i}", inputs=(), forward=forward(rms=1.0, gain=gain), activation="relu")
        for i in range(3)
    ]
    return network([*calls, call(3, "head", inputs=(), forward=forward(rms=1.0, gain=gain))])


def test_a_sum_that_is_no_layer_is_seen_by_what_arrives() -> None:
    m = sums(gain=0.5)  # twice as much arrives as the call before has sent
    assert joins(m) == {0, 1, 2}
    assert has_joins(m)


def test_what_arrives_unchanged_is_no_sum() -> None:
    assert not joins(sums(gain=1.0))


def test_a_plain_network_has_none() -> None:
    assert not has_joins(mlp(5))


def test_an_add_layer_is_one() -> None:
    calls = [
        call(0, "first"),
        call(1, "branch"),
        call(2, "add", "merge", class_name="Add", inputs=(0, 1)),
        call(3, "head"),
    ]
    m = network(calls)
    assert joins(m) == {0, 1}
    assert has_joins(m)
    assert not joins(replace(m, calls=(*calls[:2], replace(calls[2], class_name="Concatenate"))))
