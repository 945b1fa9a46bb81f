"""Recurrences written out in NumPy and float64, and their gradients without any autodiff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def simple(x: Array, states: list[Array], weights: list[Array]) -> list[Array]:
    kernel, recurrent, bias = weights
    return [np.tanh(x @ kernel + states[0] @ recurrent + bias)]


def gru(x: Array, states: list[Array], weights: list[Array]) -> list[Array]:
    """Keras' default form: the reset gate acts after the recurrent product."""
    (kernel, recurrent, bias), h = weights, states[0]
    left = np.split(x @ kernel + bias[0], 3, axis=-1)
    right = np.split(h @ recurrent + bias[1], 3, axis=-1)
    z, r = sigmoid(left[0] + right[0]), sigmoid(left[1] + right[1])
    return [z * h + (1 - z) * np.tanh(left[2] + r * right[2])]


def lstm_gates(x: Array, h: Array, weights: list[Array]) -> list[Array]:
    """i, f, c, o before the carry."""
    kernel, recurrent, bias = weights
    i, f, c, o = np.split(x @ kernel + h @ recurrent + bias, 4, axis=-1)
    return [sigmoid(i), sigmoid(f), np.tanh(c), sigmoid(o)]


Step = Callable[[Array, list[Array], list[Array], list[Array]], list[Array]]


def simple_step(x: Array, s: list[Array], w: list[Array], nudge: list[Array]) -> list[Array]:
    return [simple(x, s, w)[0] + nudge[0]]


def gru_step(x: Array, s: list[Array], w: list[Array], nudge: list[Array]) -> list[Array]:
    return [gru(x, s, w)[0] + nudge[0]]


def lstm_step(x: Array, s: list[Array], w: list[Array], nudge: list[Array]) -> list[Array]:
    i, f, candidate, o = lstm_gates(x, s[0], w)
    c = f * s[1] + i * candidate + nudge[1]
    return [o * np.tanh(c) + nudge[0], c]


STEPS: dict[str, tuple[Step, int]] = {
    "SimpleRNN": (simple_step, 1),
    "GRU": (gru_step, 1),
    "LSTM": (lstm_step, 2),
}


def run(kind: str, x: Array, weights: list[Array], mask: Array, nudge: Array) -> Array:
    """Return the last h; `nudge` (states, batch, steps, units) is added to the states."""
    step, count = STEPS[kind]
    states = [np.zeros((len(x), weights[1].shape[0])) for _ in range(count)]
    for t in range(x.shape[1]):
        new = step(x[:, t], states, weights, list(nudge[:, :, t]))
        real = mask[:, t, None]
        states = [np.where(real, n, s) for n, s in zip(new, states, strict=True)]
    return states[0]


def state_gradients(
    kind: str, x: Array, weights: list[Array], mask: Array, loss: Callable[[Array], float]
) -> Array:
    """Return dL/ds_t by central differences: (states, batch, steps, units)."""
    count, units = STEPS[kind][1], weights[1].shape[0]
    nudge = np.zeros((count, len(x), x.shape[1], units))
    found = np.zeros_like(nudge)
    for place in np.ndindex(*nudge.shape):
        sides = []
        for width in (1e-5, -1e-5):
            nudge[place] = width
            sides.append(loss(run(kind, x, weights, mask, nudge)))
        nudge[place] = 0.0
        found[place] = (sides[0] - sides[1]) / 2e-5
    return found


def backpropagated(x: Array, weights: list[Array], last: Callable[[Array], Array]) -> Array:
    """Return dL/dh_t of a simple recurrence by the chain rule: (batch, steps, units).

    `last` maps the last state to dL/dh_T. Nothing underflows in float64 above 1e-308.
    """
    states = trajectory(x, weights)
    gradient = last(states[:, -1])
    found = [gradient]
    for t in range(x.shape[1] - 1, 0, -1):
        gradient = (gradient * (1 - states[:, t] ** 2)) @ weights[1].T
        found.append(gradient)
    return np.stack(found[::-1], axis=1)


def trajectory(x: Array, weights: list[Array]) -> Array:
    """Return every state of a simple recurrence: (batch, steps, units)."""
    state, found = [np.zeros((len(x), weights[1].shape[0]))], []
    for t in range(x.shape[1]):
        state = simple(x[:, t], state, weights)
        found.append(state[0])
    return np.stack(found, axis=1)


def log_growth(x: Array, weights: list[Array], change: Array) -> Array:
    """Return log ‖J_t v‖ per sample and step, v brought back to length 1 after each."""
    states, found = trajectory(x, weights), []
    change = np.broadcast_to(change, (len(x), weights[1].shape[0]))
    for t in range(x.shape[1]):
        change = (change @ weights[1]) * (1 - states[:, t] ** 2)
        length = np.linalg.norm(change, axis=1, keepdims=True)
        found.append(np.log(length[:, 0]))
        change = change / length
    return np.stack(found, axis=1)
