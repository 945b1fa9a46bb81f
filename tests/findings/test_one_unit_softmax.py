from __future__ import annotations

import pytest

from gradmend.findings.one_unit_softmax import check
from gradmend.records import Cause
from tests.findings.records import classifier_head, mlp


@pytest.mark.parametrize("loss", ["binary_crossentropy", "mean_absolute_error", "my_loss"])
def test_speaks_whatever_the_loss(loss: str) -> None:
    (finding,) = check(mlp(outputs=(classifier_head(units=1, loss=loss),)))
    assert finding.message == (
        "output 'head' is a softmax over 1 unit: it is 1 for every input "
        "(at least 2 units are needed)"
    )
    assert finding.certain
    assert finding.cause is Cause.OUTPUT_ACTIVATION


@pytest.mark.parametrize(("activation", "units"), [("softmax", 2), ("sigmoid", 1), (None, 1)])
def test_is_silent_on_other_heads(activation: str | None, units: int) -> None:
    assert not list(check(mlp(outputs=(classifier_head(units=units, activation=activation),))))
