from __future__ import annotations

from dataclasses import replace

import pytest

from gradmend.findings.input_far_from_unit_scale import check
from gradmend.records import Cause, Measurements, Severity
from tests.findings.records import call, followed, forward, mlp, rehearsed, tensor

PIXELS = tensor(rms=140.0, mean=110.0, std=80.0, smallest=0.0, largest=255.0, integer_valued=True)


def behind(m: Measurements, class_name: str, role: str, rms: float) -> Measurements:
    """The network with one more layer in front."""
    front = call(0, "front", role, class_name=class_name, forward=forward(rms=rms))
    moved = [replace(c, index=c.index + 1, inputs=(c.index,)) for c in m.calls]
    return replace(m, calls=(front, *moved))


def test_raw_pixels() -> None:
    (finding,) = check(mlp(inputs=(PIXELS,)))
    assert finding.message == "input 'x' has RMS 140, far from 1 (limit 5 input units)"
    assert (finding.severity, finding.cause) == (Severity.WARNING, Cause.INPUT_SCALE)
    assert all(evidence.unit for evidence in finding.evidence)


def test_tiny_inputs_are_a_note_and_vanishing_ones_a_warning() -> None:
    (note,) = check(mlp(inputs=(tensor(rms=0.036),)))
    (warning,) = check(mlp(inputs=(tensor(rms=1e-5),)))
    assert (note.severity, warning.severity) == (Severity.NOTE, Severity.WARNING)


@pytest.mark.parametrize("scaling", ["Rescaling", "Normalization", "BatchNormalization"])
def test_is_silent_behind_a_scaling_layer(scaling: str) -> None:
    assert not list(check(behind(mlp(inputs=(PIXELS,)), scaling, "norm", 0.6)))


def test_speaks_when_the_scaling_layer_does_not_scale() -> None:
    (finding,) = check(behind(mlp(inputs=(PIXELS,)), "Rescaling", "other", 140.0))
    assert finding.where == ("front",)


def test_is_silent_on_tokens_before_an_embedding() -> None:
    tokens = tensor(rms=600.0, integer_valued=True)
    assert not list(check(behind(mlp(inputs=(tokens,)), "Embedding", "embedding", 0.05)))


def test_is_silent_on_rare_ones() -> None:
    assert not list(check(mlp(inputs=(tensor(rms=0.03, integer_valued=True),))))


def test_is_an_error_when_a_rehearsal_sticks_far_above_a_constant_prediction() -> None:
    raw = mlp(inputs=(tensor(rms=130.0),))
    (stuck,) = check(rehearsed(raw, 9.9, 8.0, 6.2, 6.2, 6.2))
    (falling,) = check(rehearsed(raw, 9.9, 8.0, 6.2, 5.0, 4.0))
    (near,) = check(rehearsed(raw, 2.9, 2.5, 2.4, 2.4, 2.4))
    assert stuck.severity is Severity.ERROR
    assert (falling.severity, near.severity) == (Severity.WARNING, Severity.WARNING)


def test_pixels_divided_twice_explain_a_training_that_learned_nothing() -> None:
    m = mlp(inputs=(tensor(rms=0.002),))
    (failed,) = check(followed(m, 2.3, 2.3, 2.3))
    (learned,) = check(followed(m, 2.3, 1.0, 0.2))
    assert (failed.severity, learned.severity) == (Severity.WARNING, Severity.NOTE)
