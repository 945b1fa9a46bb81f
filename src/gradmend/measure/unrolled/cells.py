"""The cells of a recurrent layer: what they are called, and what their gates are named."""

from __future__ import annotations

from typing import Any

from keras import layers, tree
from keras.src.layers.rnn.conv_lstm import ConvLSTMCell

# In the order in which Keras computes them, each with the gate that keeps the state.
LSTM_GATES, LSTM_KEEPS = ("input", "forget", "output"), "forget"
GRU_GATES, GRU_KEEPS = ("update", "reset"), "update"
# The blocks of a recurrent kernel along its last axis.
LSTM_BLOCKS = ("input", "forget", "candidate", "output")
GRU_BLOCKS = ("update", "reset", "candidate")


def leaves_of(cell: Any) -> list[Any]:
    """Return the cells of a stack, or the cell itself.

    Example:
        >>> cells = [layers.GRUCell(2), layers.GRUCell(3)]
        >>> [leaf.units for leaf in leaves_of(layers.StackedRNNCells(cells))]
        [2, 3]
    """
    return list(cell.cells) if isinstance(cell, layers.StackedRNNCells) else [cell]


def is_lstm(cell: Any) -> bool:
    """Tell whether a cell has the gates and states of an LSTM."""
    return isinstance(cell, layers.LSTMCell | ConvLSTMCell)


def gates_of(cell: Any) -> tuple[str, ...]:
    """Return the names of the gates, in the order of their computation."""
    if is_lstm(cell):
        return LSTM_GATES
    return GRU_GATES if isinstance(cell, layers.GRUCell) else ()


def keeping_gate(cell: Any) -> str | None:
    """Return the name of the gate that says how much of the state is kept."""
    if is_lstm(cell):
        return LSTM_KEEPS
    return GRU_KEEPS if isinstance(cell, layers.GRUCell) else None


def blocks_of(cell: Any) -> tuple[str, ...]:
    """Return the names of the blocks of the recurrent kernel."""
    if is_lstm(cell):
        return LSTM_BLOCKS
    return GRU_BLOCKS if isinstance(cell, layers.GRUCell) else ("recurrent",)


def state_names(cell: Any, states: Any) -> list[str]:
    """Return a name for every flat state of a cell or a stack."""
    cells = leaves_of(cell)
    if len(cells) == 1 and cells[0] is cell:
        return _names(cell, len(tree.flatten(states)))
    named = []
    for number, (leaf, own) in enumerate(zip(cells, states, strict=True), start=1):
        named += [f"cell {number} {name}" for name in _names(leaf, len(tree.flatten(own)))]
    return named


def _names(cell: Any, count: int) -> list[str]:
    if is_lstm(cell) and count == 2:
        return ["h", "c"]
    if count == 1:
        return ["h"]
    return [f"state {number}" for number in range(1, count + 1)]
