from __future__ import annotations

from gradmend.records import Cause
from gradmend.treatments.standardize_targets import prescribe
from tests.findings.records import mlp, regression_head, tensor
from tests.treatments.findings import finding

SCALE = finding("D102", Cause.TARGET_SCALE, "y")


def test_scales_before_fit_and_back_after_predict() -> None:
    (cure,) = prescribe(mlp(2, outputs=(regression_head(),)), SCALE)
    assert cure.after[1:] == ("model.fit(x, (y - mean) / std)", "model.predict(x) * std + mean")


def test_has_nothing_to_say_without_targets() -> None:
    assert not list(prescribe(mlp(2, outputs=()), SCALE))


def test_names_the_one_of_several() -> None:
    heads = (
        regression_head(name="price", target=tensor("y of price")),
        regression_head(name="size", target=tensor("y of size")),
    )
    m = mlp(2, outputs=heads)
    (cure,) = prescribe(m, finding("D102", Cause.TARGET_SCALE, "y of size"))
    assert cure.after == (
        "mean, std = y['size'].mean(axis=0), y['size'].std(axis=0)",
        "y['size'] = (y['size'] - mean) / std",
        "model.predict(x)['size'] * std + mean",
    )
