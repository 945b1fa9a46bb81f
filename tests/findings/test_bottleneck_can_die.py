from __future__ import annotations

from dataclasses import replace

from gradmend.findings import diagnose
from gradmend.findings.bottleneck_can_die import check
from gradmend.records import Cause, Measurements, Severity
from tests.findings.records import followed, forward, mlp


def narrow(activation: str = "relu") -> Measurements:
    m = mlp(3)
    one = replace(m.calls[1], activation=activation, forward=forward(units=1, shape=(128, 1)))
    return replace(m, calls=(m.calls[0], one, *m.calls[2:]))


def test_one_unit_is_a_note() -> None:
    (finding,) = check(narrow())
    assert (finding.severity, finding.cause) == (Severity.NOTE, Cause.ACTIVATION)
    assert finding.where == ("dense_1",)


def test_it_is_the_root_of_a_training_that_failed() -> None:
    root, *_ = diagnose(followed(narrow(), 2.4, 2.31, 2.3))
    assert (root.code, root.severity) == ("A104", Severity.ERROR)


def test_is_silent_on_a_bottleneck_that_cannot_die_and_on_wide_layers() -> None:
    assert not list(check(narrow("linear")))
    assert not list(check(mlp(3)))
