"""Where a finding stands is told by what stands there."""

from dataclasses import replace

import pytest

from gradmend.records import Cause, Measurements, OutputFacts, Symptom, TensorFacts
from gradmend.report.place import place_of
from tests.report.patients import finding, measured


def tensor(name: str) -> TensorFacts:
    return TensorFacts(
        name=name,
        shape=(32, 1),
        dtype="float32",
        mean=0.0,
        std=1.0,
        rms=1.0,
        smallest=-1.0,
        largest=1.0,
        nonfinite=0,
        integer_valued=False,
        distinct=32,
    )


def output(layer: str, target: str) -> OutputFacts:
    return OutputFacts(
        name=layer,
        layer=layer,
        activation="softmax",
        units=10,
        shape=(32, 10),
        loss="mse",
        from_logits=None,
        smallest=0.0,
        largest=1.0,
        mean=0.1,
        std=0.1,
        nonfinite=0,
        row_sum_error=0.0,
        target=tensor(target),
    )


def network() -> Measurements:
    names = ["dense", *(f"dense_{i}" for i in range(1, 6)), "gru", "head"]
    m = measured(dict.fromkeys(names, 1.0))
    kinds = {"gru": "tanh", "head": "softmax"}
    calls = [replace(call, activation=kinds.get(call.path, "sigmoid")) for call in m.calls]
    calls[6] = replace(calls[6], role="recurrent", class_name="GRU")
    return replace(
        m, calls=tuple(calls), inputs=(tensor("x"),), outputs=(output("head", "head target"),)
    )


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ((), ""),
        (("dense", "dense_1"), "2 sigmoid layers: dense, dense_1"),
        (("dense", "dense_1", "dense_2", "dense_3"), "4 sigmoid layers, dense … dense_3"),
        (("dense", "gru"), "2 layers: dense, gru"),
        (("gru",), "layer gru (GRU, tanh)"),
        (("head",), "output head (softmax, 10 units)"),
        (("adam",), "optimizer adam"),
        (("x",), "input x"),
        (("head target",), "targets"),
        (("dense/kernel", "dense_1/kernel"), "dense/kernel, dense_1/kernel"),
    ],
)
def test_places(where: tuple[str, ...], told: str) -> None:
    found = finding("V101", "n", Symptom.VANISHING, Cause.DEPTH, "m", where=where)
    assert place_of(found, network()) == told


def test_targets_of_one_of_several_outputs() -> None:
    m = network()
    m = replace(m, outputs=(*m.outputs, output("dense_5", "size")))
    found = finding("D102", "n", Symptom.EXPLODING, Cause.TARGET_SCALE, "m", where=("size",))
    assert place_of(found, m) == "targets of output dense_5"


def test_bare_names_where_nothing_was_measured() -> None:
    found = finding("V101", "n", Symptom.VANISHING, Cause.DEPTH, "m", where=("a", "b"))
    assert place_of(found, None) == "a, b"
