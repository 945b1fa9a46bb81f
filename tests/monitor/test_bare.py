"""What a model shows from the outside."""

from __future__ import annotations

import keras

from gradmend.monitor.bare import architecture, bare_measurements
from gradmend.records import Course
from tests.monitor.trainings import model, subclassed


def test_the_course_and_the_size_are_told() -> None:
    course = Course(steps=(1, 2), losses=(3.0, 2.0), total_steps=2, trivial=0.7)
    found = bare_measurements(model(), course, batch_size=8, note="left out")
    assert (found.model.kind, found.model.parameters) == ("Sequential", 4 * 8 + 8 + 32 + 16 + 2)
    assert (found.loss.total, found.loss.trivial) == (3.0, 0.7)
    assert found.notes[0] == "left out"
    assert not found.calls


def test_kinds() -> None:
    inputs = keras.Input((2,))
    functional = keras.Model(inputs, keras.layers.Dense(1)(inputs))
    assert bare_measurements(functional, Course(), batch_size=0, note="").model.kind == "Functional"
    network, _ = subclassed()
    assert bare_measurements(network, Course(), batch_size=0, note="").model.kind == "Subclassed"


def test_models_alike_differ_in_values_only() -> None:
    assert architecture(model()) == architecture(model())
    other = keras.Sequential([keras.Input((4,)), keras.layers.Dense(9)])
    assert architecture(model()) != architecture(other)
