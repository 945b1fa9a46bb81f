"""Exact gradients of states against recurrences written out in NumPy and float64."""

from __future__ import annotations

import sys
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from gradmend.measure import measure
from gradmend.measure.anatomy import parts_of
from gradmend.measure.batch import batches_of
from gradmend.measure.preserve import preserved
from gradmend.measure.step import prediction_spec, private_compile_loss
from gradmend.measure.unrolled import Followed, follow
from gradmend.measure.unrolled.trajectory import first_direction
from gradmend.records import Unrolled
from tests.measure.networks import RECURRENT
from tests.measure.unrolled import by_hand

ROWS, STEPS, FEATURES, UNITS = 3, 5, 2, 3
MASKS = {
    "none": np.ones((ROWS, STEPS), bool),
    "left": np.array([[0, 0, 1, 1, 1], [0, 1, 1, 1, 1], [1, 1, 1, 1, 1]], bool),
    "right": np.array([[1, 1, 1, 0, 0], [1, 1, 1, 1, 0], [1, 1, 1, 1, 1]], bool),
}


def model_of(recurrent: Any, *, steps: int = STEPS, mask: bool = False, scale: float = 0.7) -> Any:
    x = keras.Input((steps, FEATURES))
    h = recurrent(layers.Masking()(x) if mask else x)
    if len(h.shape) > 2:
        h = layers.Flatten()(h)
    model = keras.Model(x, layers.Dense(1, kernel_initializer="zeros", name="head")(h))
    model.compile("sgd", "mse")
    rng = np.random.default_rng(7)
    for variable in model.trainable_variables:
        variable.assign(scale * rng.normal(size=variable.shape))
    return model


def data(steps: int = STEPS, rows: int = ROWS) -> tuple[Any, Any]:
    rng = np.random.default_rng(1)
    return rng.normal(size=(rows, steps, FEATURES)), rng.normal(size=(rows, 1))


def all_followed(model: Any, x: Any, y: Any) -> Followed:
    """Unroll without the ordinary pass, whose compilation would cost the most."""
    batch = next(batches_of(x, y))
    with preserved(model), private_compile_loss(model, batch, prediction_spec(model, batch.x)):
        return follow(model, parts_of(model), batch)


def followed(model: Any, x: Any, y: Any) -> Unrolled:
    """Unroll the one recurrent layer of a model."""
    (found,) = all_followed(model, x, y).layers.values()
    return found


def weights_of(layer: Any) -> list[Any]:
    return [np.asarray(w, "float64") for w in layer.get_weights()]


def loss_by_hand(model: Any, y: Any) -> Any:
    kernel, bias = weights_of(model.get_layer("head"))
    return lambda h: float(np.mean((h @ kernel + bias - y) ** 2))


def curve_by_hand(gradients: Any, mask: Any) -> list[float]:
    """Root mean square over samples of the norms, counted from each sample's last real step."""
    rows = [np.linalg.norm(g[m], axis=-1)[::-1] for g, m in zip(gradients, mask, strict=True)]
    longest = max(len(row) for row in rows)
    lags = [[row[lag] for row in rows if lag < len(row)] for lag in range(longest)]
    return [float(np.sqrt(np.mean(np.square(norms)))) for norms in lags][::-1]


@pytest.mark.parametrize(
    ("kind", "padding"),
    [("SimpleRNN", "none"), ("LSTM", "none"), ("GRU", "none"), ("LSTM", "left"), ("GRU", "right")],
)
def test_every_state_at_every_step(kind: str, padding: str) -> None:
    layer = getattr(layers, kind)(UNITS, **RECURRENT)
    model = model_of(layer, mask=True)
    (x, y), mask = data(), MASKS[padding]
    x[~mask] = 0.0
    found = followed(model, x, y)
    wanted = by_hand.state_gradients(kind, x, weights_of(layer), mask, loss_by_hand(model, y))
    assert [curve.name for curve in found.states] == ["h", "c"][: len(wanted)]
    for curve, gradients in zip(found.states, wanted, strict=True):
        assert curve.norms == pytest.approx(curve_by_hand(gradients, mask), rel=2e-4)
    whole = np.sqrt(sum(np.square(curve.norms) for curve in found.states))
    assert found.norms == pytest.approx(whole, rel=1e-6)


def test_a_gradient_below_the_smallest_float() -> None:
    steps = 100
    layer = layers.SimpleRNN(8, **RECURRENT)
    model = model_of(layer, steps=steps, scale=0.1)
    x, y = data(steps)
    found = measure(model, x, y, through_time=True)
    unrolled = found.times[0].unrolled
    assert unrolled is not None
    kernel, bias = weights_of(model.get_layer("head"))
    wanted = by_hand.backpropagated(
        x, weights_of(layer), lambda h: 2 * (h @ kernel + bias - y) / ROWS @ kernel.T
    )
    curve = curve_by_hand(wanted, np.ones((ROWS, steps), bool))
    assert curve[0] < 1e-45  # no float32 is as small
    assert found.times[0].gradient_norms[0] == 0.0  # so the ordinary pass has lost it
    assert unrolled.norms == pytest.approx(curve, rel=1e-3)
    assert unrolled.usable_share == np.mean(np.array(curve) >= 1e-3 * max(curve))


def test_the_largest_lyapunov_exponent_and_the_kernel() -> None:
    steps = 60
    layer = layers.SimpleRNN(4, **RECURRENT)
    model = model_of(layer, steps=steps, scale=0.8)
    x, y = data(steps)
    found = followed(model, x, y)
    (change,) = first_direction([(4,)])
    growth = by_hand.log_growth(x, weights_of(layer), change)
    assert found.lyapunov == pytest.approx(growth[:, 15:].mean(), abs=2e-3)
    (kernel,) = found.kernels
    matrix = weights_of(layer)[1]
    assert kernel.singular_values[0] == pytest.approx(np.linalg.norm(matrix, 2))
    assert kernel.spectral_radius == pytest.approx(np.abs(np.linalg.eigvals(matrix)).max())


def test_gates_of_an_lstm() -> None:
    layer = layers.LSTM(UNITS, **RECURRENT)
    model = model_of(layer)
    x, y = data()
    found = followed(model, x, y)
    weights, states, seen = weights_of(layer), [np.zeros((ROWS, UNITS))] * 2, []
    for t in range(STEPS):
        i, f, c, o = by_hand.lstm_gates(x[:, t], states[0], weights)
        carry = f * states[1] + i * c
        states = [o * np.tanh(carry), carry]
        seen.append([i, f, o])
    gates = np.array(seen)  # (steps, gates, rows, units)
    assert [gate.name for gate in found.gates] == ["input", "forget", "output"]
    assert [gate.mean for gate in found.gates] == pytest.approx(gates.mean(axis=(0, 2, 3)))
    keeps = np.exp(np.log(gates[:, 1]).mean(axis=(0, 1)))
    forget = found.gates[1]
    assert (forget.keeps, forget.keeps_longest) == pytest.approx((np.median(keeps), keeps.max()))
    assert [block.name for block in found.kernels] == ["input", "forget", "candidate", "output"]


def test_layers_in_all_their_forms() -> None:
    """A stack, both directions, one after the other, backwards: each state is seen."""
    x = keras.Input((STEPS, FEATURES))
    cells = [layers.LSTMCell(2), layers.GRUCell(3), layers.SimpleRNNCell(2)]
    h = layers.RNN(cells, return_sequences=True, name="stack")(x)
    h = layers.Bidirectional(layers.SimpleRNN(2, return_sequences=True), name="both")(h)
    h = layers.SimpleRNN(2, go_backwards=True, name="back")(h)
    model = keras.Model(x, layers.Dense(1)(h))
    model.compile("sgd", "mse")
    seen = all_followed(model, *data()).layers
    assert len(seen) == 4
    stack = seen["stack", 1]
    assert [s.name for s in stack.states] == ["cell 1 h", "cell 1 c", "cell 2 h", "cell 3 h"]
    assert [gate.name for gate in stack.gates][3:] == ["cell 2 update", "cell 2 reset"]
    assert all(len(u.norms) == STEPS and min(u.norms) > 0 for u in seen.values())
    assert stack.every_step
    assert not stack.handed_on
    assert stack.states[3].norms[-1] > 0.0  # the output of the stack is the state of its last cell


class Projected(layers.Layer):
    """A cell of one's own, whose output is computed from its state."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.state_size, self.output_size = 2, 1

    def build(self, shape: Any) -> None:
        self.mix = self.add_weight(shape=(shape[-1], 2), initializer="ones")

    def call(self, inputs: Any, states: Any) -> Any:
        h = keras.ops.tanh(inputs @ self.mix + 0.5 * states[0])
        return keras.ops.sum(h, axis=-1, keepdims=True), [h]


def test_a_cell_of_ones_own_is_followed_and_says_what_is_missing() -> None:
    model = model_of(layers.RNN(Projected()))
    found = followed(model, *data())
    assert found.handed_on
    assert found.states[0].name == "h"
    assert found.states[0].norms[-1] == 0.0  # nothing reads the state after the last step
    assert found.norms[0] > 0.0
    assert not found.gates


def test_a_convolutional_lstm() -> None:
    x = keras.Input((3, 4, 4, 1))
    model = keras.Model(x, layers.Dense(1)(layers.Flatten()(layers.ConvLSTM2D(2, 3)(x))))
    model.compile("sgd", "mse")
    rng = np.random.default_rng(0)
    found = followed(model, rng.normal(size=(2, 3, 4, 4, 1)), rng.normal(size=(2, 1)))
    assert [curve.name for curve in found.states] == ["h", "c"]
    assert min(found.norms) > 0
    assert found.gates[1].keeps is not None
    assert 0.6 < found.gates[1].keeps < 0.8  # sigmoid(1) = 0.73


def test_stateful_and_the_model_is_left_as_it_was() -> None:
    x = keras.Input(batch_shape=(ROWS, STEPS, FEATURES))
    layer = layers.GRU(2, stateful=True, dropout=0.5, recurrent_dropout=0.2)
    model = keras.Model(x, layers.Dense(1)(layer(x)))
    model.compile("sgd", "mse")
    before = [np.array(keras.ops.convert_to_numpy(v.value)) for v in model.variables]
    loop, call = layer.inner_loop, layer.cell.call
    found = followed(model, *data())
    after = [np.array(keras.ops.convert_to_numpy(v.value)) for v in model.variables]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    assert (layer.inner_loop, layer.cell.call) == (loop, call)
    assert min(found.norms) > 0


def test_the_reach_of_a_convolution_ends_where_its_kernel_ends() -> None:
    x = keras.Input((8, FEATURES))
    h = layers.Conv1D(2, 3, padding="causal")(layers.Conv1D(2, 3, padding="causal")(x))
    model = keras.Model(x, layers.Dense(1)(h[:, -1]))
    model.compile("sgd", "mse")
    found = all_followed(model, *data(8))
    (reach,) = found.reaches
    assert reach.through == ("convolution",)
    assert [norm > 0 for norm in reach.norms] == [False] * 3 + [True] * 5
    assert reach.usable_share == 5 / 8


def test_the_reach_behind_an_embedding_counts_real_steps_only() -> None:
    x = keras.Input((6,), dtype="int32")
    h = layers.Embedding(9, 4, mask_zero=True, name="words")(x)
    h = layers.MultiHeadAttention(1, 4, name="attention")(h, h)
    model = keras.Model(x, layers.Dense(1)(layers.GlobalAveragePooling1D()(h)))
    model.compile("sgd", "mse")
    tokens = np.array([[1, 2, 3, 0, 0, 0], [4, 5, 0, 0, 0, 0]], "int32")
    found = all_followed(model, tokens, np.zeros((2, 1)) + 5)
    (reach,) = found.reaches
    assert (reach.entrance, reach.through, len(reach.norms)) == ("words", ("attention",), 3)
    assert reach.usable_share == 1.0


def test_long_sequences_are_followed_on_fewer_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[follow.__module__], "MOST_ENTRIES", 8 * STEPS * UNITS)
    model = model_of(layers.SimpleRNN(UNITS, **RECURRENT))
    found = followed(model, *data(rows=20))
    assert found.samples == 8


def test_what_cannot_be_unrolled_is_a_note_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise ValueError("states of unknown shape")

    monkeypatch.setattr("gradmend.measure.unrolled.follow", broken)
    found = measure(model_of(layers.SimpleRNN(UNITS)), *data(), through_time=True)
    assert found.times[0].unrolled is None
    assert found.notes[-1] == "not followed through time: ValueError: states of unknown shape."
