from __future__ import annotations

from dataclasses import replace
from typing import Any

from gradmend.records import Cause, OptimizerFacts
from gradmend.treatments.use_bfloat16 import prescribe
from tests.findings.records import mlp
from tests.treatments.findings import finding

OVERFLOW = finding("N104", Cause.PRECISION)


def computed_in(precision: str, **changes: Any) -> Any:
    m = mlp(3, optimizer=OptimizerFacts(name="Adam", learning_rate=0.001, **changes))
    return replace(m, model=replace(m.model, precision=precision))


def test_computes_in_a_wider_range() -> None:
    (cure,) = prescribe(computed_in("mixed_float16"), OVERFLOW)
    assert cure.after == ('keras.config.set_dtype_policy("mixed_bfloat16")',)


def test_has_nothing_to_add_to_other_precisions() -> None:
    assert not list(prescribe(computed_in("float32"), OVERFLOW))
    assert not list(prescribe(computed_in("mixed_bfloat16"), OVERFLOW))
