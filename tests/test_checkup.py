"""`check`, from a batch to a check-up that can be read, printed and saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

import gradmend
from gradmend.records import Visit, codec

X = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
Y = (X[:, :1] > 0).astype("float32")


def one_unit(activation: str, **options: Any) -> keras.Model:
    model = keras.Sequential([layers.Dense(1, activation)])
    if options.pop("built", True):
        model.build((None, 4))
    model.compile("adam", "mse")
    return model


def test_a_sick_head_is_named() -> None:
    checkup = gradmend.check(one_unit("softmax"), X, Y)
    assert (checkup.verdict, checkup.findings[0].code) == ("sick", "L101")
    assert checkup.certainty == "certain"
    assert checkup.prescriptions
    assert "L101" in repr(checkup)


def test_its_healthy_twin_is_healthy() -> None:
    checkup = gradmend.check(one_unit("sigmoid"), X, Y)
    assert (checkup.verdict, checkup.findings) == ("healthy", ())


def test_a_model_that_was_built_for_it_is_said_to_be() -> None:
    found = gradmend.check(one_unit("sigmoid", built=False), X, Y).measurements
    assert found is not None
    assert any("not built yet" in note for note in found.notes)


def test_saved_as_json_it_comes_back_equal(tmp_path: Path) -> None:
    checkup = gradmend.check(one_unit("sigmoid"), X, Y)
    path = checkup.save(tmp_path / "checkup.json")
    import json

    restored = codec.decode(json.loads(path.read_text(encoding="utf-8")))
    assert isinstance(restored, Visit)
    assert restored == checkup.visit


def test_an_unknown_suffix_is_explained(tmp_path: Path) -> None:
    checkup = gradmend.check(one_unit("sigmoid"), X, Y)
    with pytest.raises(gradmend.UsageError, match=r"cannot be saved as '\.docx'") as caught:
        checkup.save(tmp_path / "checkup.docx")
    assert "checkup.html')" in str(caught.value)
