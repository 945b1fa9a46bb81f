"""What must not matter does not: the size of the loss, names, numbers of samples, their order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gradmend
from gradmend.findings import diagnose, judge
from gradmend.records import Course, Measurements, OutputFacts
from gradmend.records.codec import decode, encode
from tests.findings.drawn import measurements, powers
from tests.findings.healthy import with_gradients_times
from tests.findings.records import with_calls, with_weights

MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def answer(m: Measurements) -> tuple[Any, ...]:
    """Verdict and findings, without their words and numbers."""
    findings = diagnose(m)
    said = [(f.code, f.severity, f.cause, f.symptom, f.explained_by, f.explains) for f in findings]
    judgement = judge(findings, m)
    return judgement.verdict, judgement.certainty, *said


def times(values: Iterable[float], factor: float) -> tuple[float, ...]:
    return tuple(value * factor for value in values)


def scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def with_loss_times(m: Measurements, factor: float) -> Measurements:
    """The same training with its loss multiplied, and steps of the same length."""
    loss = replace(
        m.loss,
        total=m.loss.total * factor,
        data=m.loss.data * factor,
        penalty=m.loss.penalty * factor,
        trivial=scaled(m.loss.trivial, factor),
    )
    rehearsal = m.rehearsal and replace(m.rehearsal, losses=times(m.rehearsal.losses, factor))
    return replace(
        with_gradients_times(m, factor),
        loss=loss,
        rehearsal=rehearsal,
        course=m.course and _course_times(m.course, factor),
        outputs=tuple(_output_times(output, factor) for output in m.outputs),
    )


def _course_times(course: Course, factor: float) -> Course:
    return replace(
        course,
        losses=times(course.losses, factor),
        trivial=scaled(course.trivial, factor),
        final_data_loss=scaled(course.final_data_loss, factor),
        final_trivial=scaled(course.final_trivial, factor),
    )


def _output_times(output: OutputFacts, factor: float) -> OutputFacts:
    return replace(output, trivial_loss=scaled(output.trivial_loss, factor))


@MANY
@given(m=measurements(), factor=powers(-2, 3))
def test_the_size_of_the_loss(m: Measurements, factor: float) -> None:
    assert answer(with_loss_times(m, factor)) == answer(m)


@MANY
@given(m=measurements(), names=st.lists(st.text(min_size=1), min_size=14, max_size=14, unique=True))
def test_the_names_of_layers(m: Measurements, names: list[str]) -> None:
    paths = dict.fromkeys([*(c.path for c in m.calls), *(w.layer for w in m.weights)])
    other = dict(zip(paths, names, strict=False))
    renamed = with_calls(m, lambda c: replace(c, path=other[c.path]))
    renamed = with_weights(
        renamed, lambda w: replace(w, layer=other[w.layer], path=f"{other[w.layer]}/{w.role}")
    )
    outputs = tuple(replace(o, layer=other.get(o.layer or "", o.layer)) for o in m.outputs)
    renamed = replace(renamed, outputs=outputs)
    assert answer(renamed) == answer(m)
    where = [[other.get(place, place) for place in f.where] for f in diagnose(m)]
    assert [list(f.where) for f in diagnose(renamed)] == where


@MANY
@given(m=measurements(), samples=st.integers(64, 4096))
def test_the_number_of_samples(m: Measurements, samples: int) -> None:
    def resized(record: Any) -> Any:
        return record and replace(record, shape=(samples, *record.shape[1:]))

    other = with_calls(m, lambda c: replace(c, forward=resized(c.forward)))
    other = replace(
        other,
        batch_size=samples,
        inputs=tuple(map(resized, m.inputs)),
        outputs=tuple(replace(resized(o), target=resized(o.target)) for o in m.outputs),
    )
    assert answer(other) == answer(m)


@MANY
@given(m=measurements())
def test_a_record_that_was_stored_is_judged_alike(m: Measurements) -> None:
    assert answer(decode(encode(m), Measurements)) == answer(m)


@MANY
@given(m=measurements())
def test_a_finding_that_explains_stands_before_what_it_explains(m: Measurements) -> None:
    seen: set[str] = set()
    for finding in diagnose(m):
        assert finding.explained_by is None or finding.explained_by in seen
        seen.add(finding.code)


def network(order: np.ndarray) -> tuple[Any, np.ndarray]:
    """A sick network with the units of both hidden layers in another order, and its data."""
    random = np.random.default_rng(0)
    kernels = [random.normal(size=shape) * 3.0 for shape in ((6, 8), (8, 8), (8, 3))]
    first, second, last = (kernel.astype("float32") for kernel in kernels)
    model = keras.Sequential(
        [
            keras.Input((6,)),
            keras.layers.Dense(8, "tanh"),
            keras.layers.Dense(8, "tanh"),
            keras.layers.Dense(3, "softmax"),
        ]
    )
    zeros = np.zeros(8, "float32")
    moved = [first[:, order], zeros, second[order][:, order], zeros, last[order], zeros[:3]]
    model.set_weights(moved)
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    return model, random.normal(size=(64, 6)).astype("float32")


def test_the_order_of_units_and_samples() -> None:
    labels = np.arange(64) % 3
    model, x = network(np.arange(8))
    plain = gradmend.check(model, x, labels)
    other, _ = network(np.array([3, 1, 7, 0, 2, 6, 5, 4]))
    moved = gradmend.check(other, x[::-1], labels[::-1])
    assert plain.verdict is moved.verdict
    assert [(f.code, f.severity, f.cause) for f in moved.findings] == [
        (f.code, f.severity, f.cause) for f in plain.findings
    ]
    assert plain.findings
    assert moved.measurements is not None
    assert plain.measurements is not None
    assert moved.measurements.loss.data == pytest.approx(plain.measurements.loss.data, rel=1e-4)


@given(m=measurements())
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_does_matter_is_seen(m: Measurements) -> None:
    broken = replace(m, loss=replace(m.loss, total=float("nan"), data=float("nan")))
    assert answer(broken) != answer(replace(m, course=None, rehearsal=None))
