"""The first place that is not finite, in the order of a training step."""

from __future__ import annotations

import math
from dataclasses import replace

from gradmend.findings.first_nonfinite import Origin, first_nonfinite
from gradmend.records import BackwardSignal, ForwardSignal, Measurements
from tests.findings.records import backward, call, forward, kernel, network, tensor


def tower(
    outputs: tuple[int, ...] = (0, 0, 0), gradients: tuple[int, ...] = (0, 0, 0)
) -> Measurements:
    """Three layers; a number says how many entries of an output or gradient are not finite."""

    def out(place: int) -> ForwardSignal:
        return forward(largest=2.0 + place, nonfinite=outputs[place])

    def back(place: int) -> BackwardSignal:
        return backward(largest=0.5 + place, nonfinite=gradients[place])

    calls = [call(i, f"layer_{i}", forward=out(i), backward=back(i)) for i in range(3)]
    return network(calls)


def test_all_finite_has_no_origin() -> None:
    assert first_nonfinite(tower()) is None


def test_forward_names_the_first_layer_and_the_size_before_it() -> None:
    found = first_nonfinite(tower(outputs=(0, 3, 4), gradients=(1, 1, 1)))
    assert found == Origin(stage="forward", path="layer_1", before=2.0)


def test_backward_names_the_first_layer_from_the_end() -> None:
    found = first_nonfinite(tower(gradients=(7, 7, 0)))
    assert found == Origin(stage="backward", path="layer_1", before=2.5)


def test_what_was_given_comes_first() -> None:
    sick = replace(tower(outputs=(1, 1, 1)), inputs=(tensor("x", nonfinite=1),))
    assert first_nonfinite(sick) == Origin(stage="data", path="x")
    sick = replace(tower(outputs=(1, 1, 1)), weights=(kernel("layer_2", nonfinite=1),))
    found = first_nonfinite(sick)
    assert found is not None
    assert found.stage == "weight"


def test_a_finite_network_with_another_loss() -> None:
    m = tower()
    found = first_nonfinite(replace(m, loss=replace(m.loss, total=math.inf)))
    assert found is not None
    assert (found.stage, found.before) == ("loss", 4.0)


def test_only_the_update_overflows() -> None:
    found = first_nonfinite(replace(tower(), weights=(kernel("layer_0", update_norm=math.inf),)))
    assert found is not None
    assert found.stage == "update"
