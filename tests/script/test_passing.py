"""The batches of a generator are kept as they pass, and are the user's own again afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradmend.records import Outcome
from gradmend.script import mend_kept, run
from gradmend.script.passing import MAX_ROWS, Passing


def batches(count: int, taken: list[int] | None = None) -> Any:
    """One buffer, filled anew for every batch."""
    x = np.zeros((4, 2), "float32")
    for number in range(count):
        if taken is not None:
            taken.append(number)
        x[:] = number
        yield x, np.full((4, 1), number, "float32")


def test_it_yields_the_same_and_no_sooner() -> None:
    taken: list[int] = []
    stream = Passing().through(batches(3, taken))
    assert taken == []
    next(stream)
    assert taken == [0]
    assert len(list(stream)) == 2


def test_rows_are_copied_and_put_together() -> None:
    passing = Passing()
    for _ in passing.through(batches(3)):
        pass
    gathered = passing.gathered()
    assert gathered is not None
    x, y, sample_weight = gathered
    assert (x.shape, y.shape, sample_weight) == ((12, 2), (12, 1), None)
    assert x[:, 0].tolist() == y[:, 0].tolist() == [0.0] * 4 + [1.0] * 4 + [2.0] * 4


def test_one_epoch_is_kept_of_a_generator_that_begins_anew() -> None:
    passing = Passing(most=2)
    assert len(list(passing.through(batches(6)))) == 6
    assert len(passing.batches) == 2


def test_memory_is_bounded() -> None:
    passing = Passing()
    large = (np.zeros((MAX_ROWS // 2, 1)) for _ in range(5))
    assert len(list(passing.through(large))) == 5
    assert len(passing.batches) == 2


@pytest.mark.parametrize(
    "odd", [[], [(np.zeros((2, 3)),), (np.zeros((2, 4)),)], [object()]],
    ids=["nothing", "unequal shapes", "no arrays"],
)  # fmt: skip
def test_what_does_not_fit_together_is_left(odd: list[Any]) -> None:
    passing = Passing()
    assert len(list(passing.through(item for item in odd))) == len(odd)
    assert passing.gathered() is None


SCRIPT = """
import keras, numpy as np
from keras import layers
keras.utils.set_random_seed(0)
x = np.random.default_rng(0).normal(size=(320, 4)).astype("float32")
y = (x[:, :1] > 0) * 1.0

def batches():
    while True:
        for first in range(0, 320, 32):
            yield x[first : first + 32], y[first : first + 32]

model = keras.Sequential([
    layers.Dense(8, activation="relu", bias_initializer=keras.initializers.Constant(-30.0)),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(keras.optimizers.Adam(0.01), "mse")
model.fit(batches(), steps_per_epoch=10, epochs=4, verbose=0)
"""


def test_a_script_that_trains_from_a_generator_is_mended(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(SCRIPT)
    report = run(str(script), keep=True)
    assert report.kept is not None
    assert report.kept.passing is not None
    assert len(report.kept.passing.batches) == 10
    mending = mend_kept(report.kept, budget=100)
    assert mending.verdict is Outcome.BETTER
    assert [change.treatment for change in mending.changes] == ["reset-bias"]
