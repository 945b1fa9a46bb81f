from __future__ import annotations

from dataclasses import replace
from typing import Any

from gradmend.records import Cause, OptimizerFacts
from gradmend.treatments.scale_loss import prescribe
from tests.findings.records import mlp
from tests.treatments.findings import finding

OVERFLOW = finding("N104", Cause.PRECISION)


def computed_in(precision: str, **changes: Any) -> Any:
    m = mlp(3, optimizer=OptimizerFacts(name="Adam", learning_rate=0.001, **changes))
    return replace(m, model=replace(m.model, precision=precision))


def test_scales_the_loss() -> None:
    (cure,) = prescribe(computed_in("mixed_float16"), OVERFLOW)
    assert cure.after == ("LossScaleOptimizer(Adam(learning_rate=0.001))",)


def test_has_nothing_to_add_where_it_is_scaled_or_not_needed() -> None:
    assert not list(prescribe(computed_in("mixed_float16", loss_scale=32768.0), OVERFLOW))
    assert not list(prescribe(computed_in("float32"), OVERFLOW))
