"""A model file that computes what the model computes, or none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from gradmend import Mending, ModelError
from gradmend.records import Change, Grade, Outcome, Trial, Verdict, Visit
from gradmend.trials.likeness import alike, outputs
from gradmend.trials.saving import save_model
from tests.behaviour.test_subclassed import OwnStep, X, built, operated

SWAP = Change(
    treatment="swap-activation",
    title="",
    grade=Grade.CHANGES_FUNCTION,
    before=('Dense(6, "sigmoid")',),
    after=('Dense(6, "relu")',),
)


class Noisy(OwnStep):
    """It gives another answer each time, before it is saved as after."""

    def call(self, inputs: Any, training: bool = False) -> Any:
        return super().call(inputs) + keras.random.normal((1,))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mended.keras"


def test_a_swap_that_no_file_can_hold_is_refused_with_the_lines(path: Path) -> None:
    path.write_text("what was there before")
    model = operated(built(OwnStep), "swap-activation")
    trial = Trial(arms=(), outcome=Outcome.BETTER, reason="")
    visit = Visit(verdict=Verdict.SICK, reason="")
    with pytest.raises(ModelError) as refused:
        Mending(model, (SWAP,), trial, visit, sample=X[:8]).save(path)
    told = str(refused.value)
    assert "would not hold what was mended, so none is written" in told
    for layer in model.hidden:
        assert f"{layer.name}: activation='relu'" in told
    assert "loading runs OwnStep.__init__" in told
    assert 'write into OwnStep: Dense(6, "relu")' in told
    assert path.read_text() == "what was there before"
    assert [file.name for file in path.parent.iterdir()] == ["mended.keras"]


def test_what_a_file_holds_is_saved(path: Path) -> None:
    model = operated(built(OwnStep), "reset-bias")
    assert save_model(model, path, X[:8]) == path
    loaded = keras.saving.load_model(path, custom_objects={"OwnStep": OwnStep})
    assert alike(outputs(loaded, X), outputs(model, X))


def test_a_lost_penalty_is_told_and_the_file_kept(path: Path) -> None:
    model = built(OwnStep)
    model.hidden[0].kernel_regularizer = keras.regularizers.L2(0.01)
    with pytest.warns(UserWarning, match=r"without .*kernel_regularizer=L2\(l2=0\.01") as told:
        save_model(model, path, X[:8])
    said = " ".join(str(warning.message) for warning in told)
    assert "Write that into OwnStep before it is trained further" in said
    assert path.exists()


@pytest.mark.filterwarnings("ignore:.*is not loadable")
def test_an_answer_that_is_never_the_same_proves_nothing(path: Path) -> None:
    assert save_model(built(Noisy), path, X[:8]).exists()


def test_what_keras_cannot_make_again_is_told(path: Path) -> None:
    class Needy(keras.Model):
        def __init__(self, size: Any) -> None:
            super().__init__()
            self.only = keras.layers.Dense(size.wide)

        def call(self, inputs: Any) -> Any:
            return self.only(inputs)

    class Size:
        wide = 2

    model = Needy(Size())
    model(X)
    with pytest.raises(ModelError, match=r"cannot be (saved|loaded once it is saved)") as told:
        save_model(model, path, X[:8])
    assert "save_weights" in str(told.value)
    assert not list(path.parent.iterdir())


def test_nothing_is_compared_without_rows(path: Path) -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    np.testing.assert_array_equal(
        keras.saving.load_model(save_model(model, path, None)).get_weights()[0],
        model.get_weights()[0],
    )
