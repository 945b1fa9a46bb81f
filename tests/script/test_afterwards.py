"""A recurrent model that its training disappointed is looked at once more, and left as it is."""

from __future__ import annotations

from pathlib import Path

from gradmend.script import run

SCRIPT = """
import keras, numpy as np
keras.utils.set_random_seed(0)
random = np.random.default_rng(0)
x = random.normal(size=(64, 30, 1)).astype("float32")
y = random.integers(0, 2, (64, 1)) if {noise} else (x[:, -1] > 0) * 1.0
model = keras.Sequential(
    [keras.Input((30, 1)), keras.layers.SimpleRNN(4), keras.layers.Dense(1, "sigmoid")]
)
model.compile(keras.optimizers.Adam({rate}), "binary_crossentropy")
model.fit(x, y, batch_size=16, epochs=16, verbose=0)
"""


def test_a_training_that_leads_nowhere_is_followed_by_a_look(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(SCRIPT.format(noise=True, rate=0.0003))
    found = run(str(script)).fits[0].visit.measurements
    assert found is not None
    (after,) = found.times_after
    assert after.unrolled is not None
    assert after.layer == found.times[0].layer
    assert after.spectral_radius != found.times[0].spectral_radius


def test_a_training_that_learned_is_not(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(SCRIPT.format(noise=False, rate=0.1))
    found = run(str(script)).fits[0].visit.measurements
    assert found is not None
    assert found.course is not None
    assert found.times_after == ()
