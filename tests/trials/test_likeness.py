"""Whether two models compute the same."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from gradmend.trials.likeness import alike, few, outputs
from gradmend.trials.rows import Rows

ROWS = Rows(x={"a": np.ones((20, 3), "float32")}, y=None)


def test_rounding_is_alike_and_another_activation_is_not() -> None:
    ours = np.array([[1.0, -2.0], [0.5, 4.0]])
    assert alike([ours], [ours * (1 + 1e-5)])
    assert not alike([ours], [np.maximum(ours, 0.0)])
    assert not alike([ours], [ours[:1]])
    assert not alike([ours], [ours, ours])
    assert alike([np.array([np.nan, 1.0])], [np.array([np.nan, 1.0])])


@pytest.mark.parametrize(("fixed", "wanted"), [(None, 8), (5, 5), (12, 12)])
def test_as_many_rows_as_the_model_was_built_for(fixed: int | None, wanted: int) -> None:
    a = keras.Input((3,), batch_size=fixed, name="a")
    model = keras.Model({"a": a}, keras.layers.Dense(1)(a))
    x = few(model, ROWS)
    assert x["a"].shape == (wanted, 3)
    assert outputs(model, x)[0].shape == (wanted, 1)
