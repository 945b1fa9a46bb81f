from __future__ import annotations

from gradmend.records import Cause
from gradmend.treatments.standardize_targets import prescribe
from tests.findings.records import mlp, regression_head
from tests.treatments.findings import finding

SCALE = finding("D102", Cause.TARGET_SCALE, "y")


def test_scales_before_fit_and_back_after_predict() -> None:
    (cure,) = prescribe(mlp(2, outputs=(regression_head(),)), SCALE)
    assert cure.after[1:] == ("model.fit(x, (y - mean) / std)", "model.predict(x) * std + mean")


def test_has_nothing_to_say_without_targets() -> None:
    assert not list(prescribe(mlp(2, outputs=()), SCALE))
