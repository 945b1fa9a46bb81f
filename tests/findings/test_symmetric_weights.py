from __future__ import annotations

from dataclasses import replace

from gradmend.findings.symmetric_weights import check
from gradmend.records import Severity, WeightSignal
from tests.findings.records import BATCH, UNITS, call, forward, kernel, mlp, network, with_weights


def constant(weight: WeightSignal, value: float) -> WeightSignal:
    """The weight with one value everywhere."""
    return replace(weight, rms=abs(value), mean=value, norm=abs(value) * 64, gain=abs(value) * 8)


def test_ones_everywhere_are_certain() -> None:
    (finding,) = check(with_weights(mlp(3), lambda w: constant(w, 1.0)))
    assert finding.message == (
        "3 of 3 hidden kernels hold one value (1) everywhere (limit 0 kernels): "
        "'dense_0', 'dense_1', 'dense_2'"
    )
    assert finding.certain


def test_zeros_everywhere_are_certain() -> None:
    (finding,) = check(with_weights(mlp(3), lambda w: constant(w, 0.0)))
    assert finding.certain


def test_one_constant_layer_is_a_warning() -> None:
    m = with_weights(mlp(3), lambda w: constant(w, 0.5) if w.layer == "dense_1" else w)
    (finding,) = check(m)
    assert (finding.severity, finding.where) == (Severity.WARNING, ("dense_1",))


def test_is_silent_on_a_head_or_a_branch_that_starts_at_zero() -> None:
    for layer in ("head", "dense_1"):
        m = with_weights(mlp(3), lambda w, at=layer: constant(w, 0.0) if w.layer == at else w)
        assert not list(check(m))


def test_the_matrix_of_a_layer_of_ones_own_counts() -> None:
    m = with_weights(
        mlp(depth=2), lambda w: replace(w, role="other", fan_in=None, gain=None, mean=1.0, rms=1.0)
    )
    (finding,) = check(m)
    assert finding.certain
    narrow = with_weights(m, lambda w: replace(w, shape=(64,)))
    assert not list(check(narrow))


def test_a_table_of_ones_that_scales_entry_by_entry_is_no_kernel() -> None:
    scaled = call(0, "own", "other", class_name="Scale", forward=forward(shape=(BATCH, 10, UNITS)))
    head = call(1, "head", activation="softmax", class_name="Dense")
    table = replace(constant(kernel("own"), 1.0), role="other", shape=(10, UNITS), fan_in=None)
    m = network([scaled, head], weights=(table, kernel("head")))
    assert not list(check(m))
    flat = replace(scaled, forward=forward(shape=(BATCH, UNITS)))
    assert list(check(replace(m, calls=(flat, head))))
