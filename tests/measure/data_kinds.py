"""The same twelve rows in every form that `fit` accepts, with the rows of the first batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import pytest

from tests.behaviour.models import ROWS

Kind = tuple[tuple[Any, ...], int]
BATCH = 5  # leaves a ragged last batch


def rows() -> tuple[Any, Any]:
    x = np.random.default_rng(0).normal(size=(ROWS, 6)).astype("float32")
    return x, np.arange(ROWS) % 3


def arrays() -> Kind:
    return rows(), ROWS


def arrays_with_weights() -> Kind:
    return (*rows(), np.linspace(0, 1, ROWS)), ROWS


def double_arrays() -> Kind:
    x, y = rows()
    return (x.astype("float64"), y[:, None]), ROWS


def torch_tensors() -> Kind:
    torch = pytest.importorskip("torch")
    x, y = rows()
    return (torch.from_numpy(x), torch.from_numpy(y)), ROWS


def tensorflow_tensors() -> Kind:
    tf = pytest.importorskip("tensorflow")
    x, y = rows()
    return (tf.constant(x), tf.constant(y)), ROWS


def tensorflow_dataset() -> Kind:
    tf = pytest.importorskip("tensorflow")
    return (tf.data.Dataset.from_tensor_slices(rows()).batch(BATCH),), BATCH


def weighted_dataset() -> Kind:
    tf = pytest.importorskip("tensorflow")
    data = (*rows(), np.linspace(0, 1, ROWS))
    return (tf.data.Dataset.from_tensor_slices(data).batch(BATCH),), BATCH


def torch_loader() -> Kind:
    torch = pytest.importorskip("torch")
    x, y = rows()
    data = torch.utils.data.TensorDataset(torch.from_numpy(x), torch.from_numpy(y))
    return (torch.utils.data.DataLoader(data, batch_size=BATCH, shuffle=True),), BATCH


def generator() -> Kind:
    def batches() -> Iterator[Any]:
        x, y = rows()
        for first in range(0, ROWS, BATCH):
            yield x[first : first + BATCH], y[first : first + BATCH]

    return (batches(),), BATCH


class Sequence(keras.utils.PyDataset):
    """Three batches, the last one ragged."""

    def __len__(self) -> int:
        return 3

    def __getitem__(self, index: int) -> Any:
        x, y = rows()
        part = slice(index * BATCH, (index + 1) * BATCH)
        return x[part], y[part]


def py_dataset() -> Kind:
    return (Sequence(),), BATCH


KINDS: dict[str, Callable[[], Kind]] = {
    make.__name__: make
    for make in (arrays, arrays_with_weights, double_arrays, torch_tensors, tensorflow_tensors,
                 tensorflow_dataset, weighted_dataset, torch_loader, generator, py_dataset)
}  # fmt: skip
