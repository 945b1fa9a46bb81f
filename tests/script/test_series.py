"""A loop around `fit` is one training where it goes on with one; other calls stand alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import gradmend.script
from gradmend.script import ScriptReport
from tests.script.quick import quick_clinic

HEAD = """
import keras, numpy as np
keras.utils.set_random_seed(1)
x = np.random.default_rng(0).normal(size=(32, 4)).astype("float32")
y = x.sum(axis=1, keepdims=True)
def made():
    net = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), keras.layers.Dense(1)])
    net.compile(keras.optimizers.SGD(0.01), "mse", run_eagerly=True)
    return net
net = made()
"""


@pytest.fixture
def visited(tmp_path: Path):
    def run(lines: str, *, keep: bool = False) -> ScriptReport:
        path = tmp_path / "train.py"
        path.write_text(HEAD + lines)
        return gradmend.script.run(str(path), [], clinic=quick_clinic(), keep=keep)

    return run


def numbers(report: ScriptReport) -> list[tuple[int, int]]:
    return [(fit.number, fit.calls) for fit in report.fits]


def test_a_loop_of_fits_is_one_training(visited) -> None:
    report = visited(
        "for epoch in range(5):\n    net.fit(x, y, batch_size=8, verbose=0)\n"
        "made().fit(x, y, batch_size=8, epochs=5, verbose=0)\n"
    )
    assert numbers(report) == [(1, 5), (6, 1)]
    looped, single = (fit.visit.measurements.course for fit in report.fits)
    assert (looped.total_steps, looped.epochs) == (single.total_steps, single.epochs) == (20, 5)
    assert looped.steps == single.steps
    assert looped.losses[-1] < looped.losses[0] / 2
    assert looped.final_data_loss is not None


APART = {
    "another model": "for _ in range(3):\n    made().fit(x, y, verbose=0)",
    "other data": "for _ in range(3):\n    net.fit(x + 0, y, verbose=0)",
    "other labels": "for _ in range(3):\n    net.fit(x, y + 0, verbose=0)",
    "another line": "net.fit(x, y, verbose=0)\nnet.fit(x, y, verbose=0)\nnet.fit(x, y, verbose=0)",
    "from the start": "w = net.get_weights()\nfor _ in range(3):\n    net.set_weights(w)\n"
    "    net.fit(x, y, verbose=0)",
    "compiled anew": "for _ in range(3):\n    net.compile('sgd', 'mse', run_eagerly=True)\n"
    "    net.fit(x, y, verbose=0)",
    "a generator": "for _ in range(3):\n    net.fit(((x, y) for _ in range(2)), verbose=0)",
}


@pytest.mark.parametrize("lines", APART.values(), ids=APART)
def test_other_calls_stand_alone(visited, lines: str) -> None:
    assert numbers(visited(lines)) == [(1, 1), (2, 1), (3, 1)]


def test_a_call_that_raises_ends_the_training(visited) -> None:
    report = visited(
        "class Stop(keras.callbacks.Callback):\n"
        "    def on_epoch_end(self, epoch, logs=None):\n"
        "        if turn == 1:\n            raise RuntimeError('stopped')\n"
        "for turn in range(3):\n    try:\n"
        "        net.fit(x, y, verbose=0, callbacks=[Stop()])\n"
        "    except RuntimeError:\n        pass\n"
    )
    assert numbers(report) == [(1, 2), (3, 1)]
    assert report.fits[0].visit.measurements.course.error == "RuntimeError: stopped"
    assert report.fits[0].visit.measurements.course.total_steps == 2


def test_weights_changed_afterwards_are_not_measured_as_if_trained(visited) -> None:
    report = visited(
        "for _ in range(3):\n    net.fit(x, y, verbose=0)\n"
        "net.set_weights([0 * w for w in net.get_weights()])\n"
    )
    assert numbers(report) == [(1, 3)]
    assert report.fits[0].visit.measurements.course.total_steps == 3
    assert report.fits[0].visit.measurements.course.final_data_loss is None


def test_what_is_mended_is_the_training_from_its_first_call(visited) -> None:
    report = visited("y[3] = np.nan\nfor _ in range(3):\n    net.fit(x, y, verbose=0)\n", keep=True)
    assert numbers(report) == [(1, 3)]
    assert report.kept.visit is report.fits[0].visit
    assert all(np.isfinite(weight).all() for weight in report.kept.weights)


def test_the_weights_are_those_without_gradmend(visited, tmp_path: Path) -> None:
    lines = (
        "for epoch in range(3):\n    net.fit(x, y, batch_size=8, verbose=0)\n"
        f"np.savez({str(tmp_path / 'weights.npz')!r}, *net.get_weights())\n"
    )
    found = []
    for run in (lambda: exec(HEAD + lines, {}), lambda: visited(lines)):  # noqa: S102 - our own
        run()
        with np.load(tmp_path / "weights.npz") as file:
            found.append([file[name] for name in file.files])
    assert all(map(np.array_equal, *found))
