"""Every fit of a script is seen, and a script without one is told why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.script.conftest import Outcome

Run = Callable[..., Outcome]
Here = Callable[[str], dict[str, Any]]

MODEL = """
import numpy as np, keras
from keras.models import Sequential
def model(units=3):
    net = Sequential([keras.layers.Dense(units), keras.layers.Dense(1)])
    net.compile("sgd", "mse")
    return net
x, y = np.ones((16, 4), "float32"), np.ones((16, 1), "float32")
"""


def test_every_fit_is_reported_in_order_with_its_line(run_script: Run) -> None:
    ended = run_script(
        MODEL
        + """
def train(net):
    return net.fit(x, y, verbose=0)
class Net(keras.Sequential):
    def fit(self, *args, **kwargs):
        return super().fit(*args, **kwargs)
train(model())
own = Net([keras.layers.Dense(1)])
own.compile("sgd", "mse")
own.fit(x, y, verbose=0)
bad = model()
bad.fit(x * np.nan, y, verbose=0)
"""
    )
    assert ended.report["fits"] == [
        [1, "train.py:11", "healthy", "quick: healthy"],
        [2, "train.py:14", "healthy", "quick: healthy"],
        [3, "train.py:20", "sick", "quick: sick"],
    ]
    assert ended.report["verdict"] == "sick"
    assert ended.report["reason"] == "fit 3 of 3 (train.py:20): quick: sick"


def test_only_the_first_of_many_alike_are_examined(run_here: Here) -> None:
    report = run_here(
        MODEL.replace('"mse"', '"mse", run_eagerly=True')
        + "for _ in range(10):\n    model().fit(x, y, verbose=0)\nmodel(5).fit(x, y, verbose=0)"
    )
    verdicts = [fit[2] for fit in report["fits"]]
    assert verdicts == ["healthy"] * 8 + ["unknown"] * 2 + ["healthy"]
    reason = "only its loss was followed: 8 models like it had been examined before"
    assert report["fits"][8][3] == reason
    assert report["verdict"] == "healthy"


def test_an_error_in_fit_shows_no_frame_of_ours(run_script: Run) -> None:
    ended = run_script(MODEL + "model().fit(x, y[:3], verbose=0)\n")
    assert "train.py" in ended.err
    assert "gradmend" not in ended.err
    assert ended.report["exit_code"] == 1
    assert ended.report["fits"][0][3].startswith("fit() raised ValueError: ")


def test_a_script_without_fit_is_unknown(run_here: Here) -> None:
    report = run_here("print(1)")
    assert (report["verdict"], report["fits"]) == ("unknown", [])
    assert report["reason"] == "the script ended without calling fit()"


def test_a_loop_of_its_own_is_named(run_here: Here) -> None:
    own = "it trains with its own loop (GradientTape / train_on_batch), not fit()"
    assert run_here(MODEL + "model().train_on_batch(x, y)")["reason"] == own
    applied = """
v = keras.Variable([1.0])
keras.optimizers.SGD(0.1).apply([keras.ops.ones((1,))], [v])
"""
    assert run_here(MODEL + applied)["reason"] == own


def test_legacy_keras_is_named(run_script: Run, tmp_path: Path) -> None:
    (tmp_path / "tf_keras.py").write_text("class Model:\n    def fit(self): return 1\n")
    ended = run_script("import tf_keras; print(tf_keras.Model().fit())")
    assert ended.out == "1"
    reason = "it trains with tf_keras (Keras 2), which gradmend does not measure"
    assert ended.report["reason"] == reason


def test_a_script_chooses_the_backend_and_a_forked_child_does_not_report(
    run_script: Run, backend: str
) -> None:
    ended = run_script(
        f"import os; os.environ['KERAS_BACKEND'] = {backend!r}\n{MODEL}"
        """
child = os.fork()
if child == 0:
    print("child", flush=True)
    raise SystemExit(0)
os.waitpid(child, 0)
model().fit(x, y, verbose=0)
print(keras.backend.backend())
"""
    )
    assert ended.out.splitlines() == ["child", backend]
    assert len(ended.report["fits"]) == 1
    assert ended.report["verdict"] == "healthy"
