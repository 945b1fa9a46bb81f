"""`run(..., keep=True)` and `mend_kept`: the worst fit is mended when the script is over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradmend.errors import DataError
from gradmend.records import Outcome, Verdict, Visit
from gradmend.script import mend_kept, run
from gradmend.script.keeping import Keeper, Kept

SCRIPT = """
import keras, numpy as np
from keras import layers
keras.utils.set_random_seed(0)
x = np.random.default_rng(0).normal(size=(200, 4)).astype("float32")
y = (x[:, :1] > 0) * 1.0

class Net(keras.Model):  # as most write it: no get_config, nothing kept of its arguments
    def __init__(self, units, bias):
        super().__init__()
        start = keras.initializers.Constant(bias)
        self.hidden = layers.Dense(units, activation="relu", bias_initializer=start)
        self.out = layers.Dense(1, activation="sigmoid")

    def call(self, inputs):
        return self.out(self.hidden(inputs))

def fit(bias, inputs):
    model = Net(8, bias=bias)
    model.compile(keras.optimizers.Adam(0.01), "mse")
    model.fit(inputs, y, epochs=2, verbose=0)
    return model

fit(0.0, x)
sick = fit(-30.0, x)
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: Any) -> Kept:
    script = tmp_path_factory.mktemp("script") / "train.py"
    script.write_text(SCRIPT)
    report = run(str(script), keep=True)
    assert [fit.visit.verdict for fit in report.fits][1] is Verdict.SICK
    assert report.kept is not None
    return report.kept


def test_the_sick_fit_is_kept_and_mended(kept: Kept) -> None:
    trained = kept.model.get_weights()
    mending = mend_kept(kept, budget=100)
    assert mending.verdict is Outcome.BETTER
    assert [change.treatment for change in mending.changes] == ["reset-bias"]
    for old, now in zip(trained, kept.model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, now)


def test_a_generator_that_was_used_up_is_told(kept: Kept) -> None:
    used = Kept(model=kept.model, arguments={"x": iter([])}, weights=None)
    with pytest.raises(DataError, match="cannot be read a second time"):
        mend_kept(used)


def test_nothing_is_kept_unasked(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text("print('no fit')")
    assert run(str(script)).kept is None


def test_the_first_sick_fit_is_held() -> None:
    keeper = Keeper()
    fits = [Kept(model=i, arguments={}, weights=None) for i in range(5)]
    verdicts = ("healthy", "watch", "watch", "sick", "sick")
    held = []
    for fit, verdict in zip(fits, verdicts, strict=True):
        keeper.after(fit, Visit(verdict=Verdict(verdict), reason=""))
        held.append(keeper.worst)
    models = [None if kept is None else kept.model for kept in held]
    assert models == [None, 1, 1, 3, 3]
    assert held[-1] is not None
    assert held[-1].visit == Visit(verdict=Verdict.SICK, reason="")
    untold = keeper.before(lambda model: None, object(), (1, 2, 3), {})
    assert untold == (None, (1, 2, 3), {})
