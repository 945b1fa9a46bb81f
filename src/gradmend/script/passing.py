"""Keeps the batches that a generator hands to `fit`: it can be read only once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import GeneratorType
from typing import Any

MAX_ROWS = 20_000
MAX_BYTES = 256 * 2**20


@dataclass(slots=True)
class Passing:
    """The first batches of a generator, copied as they pass.

    `most` is how many batches make an epoch: what follows are the same rows again, which must not
    stand on both sides of a split. None where the generator ends by itself.
    """

    most: int | None = None
    batches: list[Any] = field(default_factory=list)
    _rows: int = 0
    _bytes: int = 0

    def through(self, source: GeneratorType[Any, None, None]) -> Iterator[Any]:
        """Yield what the generator yields, no sooner and no more of it."""
        for batch in source:
            if self._has_room():
                self._keep(batch)
            yield batch

    def _has_room(self) -> bool:
        full = self.most is not None and len(self.batches) >= self.most
        return not full and self._rows < MAX_ROWS and self._bytes < MAX_BYTES

    def _keep(self, batch: Any) -> None:
        import numpy as np
        from keras import ops, tree

        try:
            # a copy: many generators fill one buffer again and again
            arrays = tree.map_structure(
                lambda leaf: None if leaf is None else np.array(ops.convert_to_numpy(leaf)), batch
            )
            leaves = [leaf for leaf in tree.flatten(arrays) if leaf is not None]
            self._rows += len(leaves[0])
            self._bytes += sum(leaf.nbytes for leaf in leaves)
            self.batches.append(arrays)
        except Exception:  # noqa: BLE001  # nothing of ours may end a training
            self._rows = MAX_ROWS

    def gathered(self) -> tuple[Any, Any, Any] | None:
        """Return inputs, targets and weights of all rows; None where they do not fit together."""
        import keras
        import numpy as np
        from keras import tree

        try:
            joined = tree.map_structure(lambda *parts: np.concatenate(parts), *self.batches)
            x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(joined)
        except Exception:  # noqa: BLE001  # no batch, a None among the leaves, unequal shapes
            return None
        return x, y, sample_weight
