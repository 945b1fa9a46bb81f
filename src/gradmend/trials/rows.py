"""The rows an arm trains on, in an order that depends on the seed alone; and those held out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import tree
from keras.ops import convert_to_numpy

from gradmend.errors import DataError, teach
from gradmend.measure.batch import batches_of
from gradmend.measure.broken_rows import broken_rows

SHARE = 0.2  # held out where no validation data is given
MIN_ROWS = 20
FEW = 100  # rows: a fifth of fewer is judged by luck
USUAL_BATCH = 32  # as in `fit`
MAX_GATHERED = 20_000  # rows taken from a dataset
MAX_HELD_OUT = 4096  # rows that are scored


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """Inputs, targets and weights with equally many rows; structures of NumPy arrays."""

    x: Any
    y: Any
    sample_weight: Any = None

    def __len__(self) -> int:
        return len(tree.flatten(self.x)[0])

    @property
    def bytes_per_row(self) -> int:
        """Memory of one row: its inputs, target and weight."""
        leaves = tree.flatten((self.x, self.y, self.sample_weight))
        return int(sum(leaf[:1].nbytes for leaf in leaves if leaf is not None))

    def take(self, index: Any) -> Rows:
        """Return the rows at these indices."""
        return Rows(
            x=_taken(self.x, index),
            y=_taken(self.y, index),
            sample_weight=_taken(self.sample_weight, index),
        )


def _taken(data: Any, index: Any) -> Any:
    return tree.map_structure(lambda leaf: None if leaf is None else leaf[index], data)


def order(rows: int, batch_size: int, steps: int, seed: int) -> Any:
    """Return indices of `steps` full batches: every epoch a new shuffle, the same for a seed.

    Example:
        >>> order(4, 2, 3, seed=0).shape
        (3, 2)
    """
    random = np.random.default_rng([seed, rows, batch_size])
    per_epoch = max(rows // batch_size, 1)
    size = min(batch_size, rows)
    epochs = -(-steps // per_epoch)
    shuffles = [random.permutation(rows)[: per_epoch * size] for _ in range(epochs)]
    return np.concatenate(shuffles).reshape(-1, size)[:steps]


def held_out(rows: Rows, seed: int = 0) -> tuple[Rows, Rows]:
    """Split off a fifth of the rows, drawn without regard to their order.

    Rows that hold NaN or infinity are trained on, as in the `fit` that they spoil.

    Few rows are both trained on and judged by: whether a network learns them can be told, whether
    it generalises from them cannot.

    Raises:
        DataError: too few rows to train on some and judge by others.
    """
    total = len(rows)
    if total < MIN_ROWS:
        raise DataError(
            teach(
                "there is too little data to prove a cure.",
                expected=f"at least {MIN_ROWS} rows; better some hundreds",
                received=f"{total} rows",
                means="a single batch was given where the training data is wanted.",
                attempt="gradmend.mend(model, x_train, y_train), with all the training data",
            )
        )
    if total < FEW:
        return rows, rows
    shuffled = np.random.default_rng([seed, total]).permutation(total)
    broken = np.isin(shuffled, broken_rows((rows.x, rows.y), total))
    shuffled = np.concatenate([shuffled[~broken], shuffled[broken]])
    cut = max(int(total * SHARE), 1)
    return rows.take(np.sort(shuffled[cut:])), scored(rows.take(np.sort(shuffled[:cut])))


def scored(rows: Rows) -> Rows:
    """At most so many rows as are needed for a score, spread over all."""
    if len(rows) <= MAX_HELD_OUT:
        return rows
    return rows.take(np.linspace(0, len(rows) - 1, MAX_HELD_OUT).astype(int))


def rows_of(
    x: Any, y: Any = None, sample_weight: Any = None, *, batch_size: int | None = None
) -> tuple[Rows, int]:
    """Gather whatever Keras trains on into arrays; return them and the rows of one step.

    Raises:
        DataError: nothing Keras could train on, or batches that do not fit together.
    """
    leaves = [leaf for leaf in tree.flatten((x, y, sample_weight)) if leaf is not None]
    if leaves and all(hasattr(leaf, "__array__") and np.ndim(leaf) for leaf in leaves):
        next(batches_of(x, y, sample_weight))  # refuses what is empty or unequal
        parts = (tree.map_structure(_array, part) for part in (x, y, sample_weight))
        rows = Rows(**dict(zip(("x", "y", "sample_weight"), parts, strict=True)))
        return rows, min(batch_size or USUAL_BATCH, len(rows))
    batches: list[Any] = []
    for batch in batches_of(x, y, sample_weight, batch_size=batch_size):
        batches.append(tree.map_structure(_array, (batch.x, batch.y, batch.sample_weight)))
        if sum(len(tree.flatten(b[0])[0]) for b in batches) >= MAX_GATHERED:
            break
    whole = _joined(batches)
    return Rows(x=whole[0], y=whole[1], sample_weight=whole[2]), len(tree.flatten(batches[0][0])[0])


def _array(leaf: Any) -> Any:
    return None if leaf is None else np.asarray(convert_to_numpy(leaf))


def _joined(batches: list[Any]) -> Any:
    shapes = {
        tuple(leaf.shape[1:] for leaf in tree.flatten(b) if leaf is not None) for b in batches
    }
    if len(shapes) > 1:
        raise DataError(
            teach(
                "the batches of this dataset cannot be put together.",
                expected="batches whose rows all have one shape",
                received=f"rows of {len(shapes)} different shapes",
                means="sequences are padded per batch.",
                attempt="pad all sequences to one length, and give mend arrays.",
            )
        )
    return tree.map_structure(
        lambda *leaves: None if leaves[0] is None else np.concatenate(leaves), *batches
    )
