"""A loader of one's own that changes the data it hands out."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from gradmend.gallery._data import raw_digits
from gradmend.gallery._networks import CROSSENTROPY, mlp, seeded
from gradmend.gallery._patient import SICK
from gradmend.gallery._program import Loss, Program
from gradmend.gallery._trained import TrainedPatient
from gradmend.records import Cause

ROWS, BATCH = 600, 32
BRIGHTEST = 16.0  # of a pixel of the digits


def build_loaded(seed: int, *, in_place: bool) -> Program:
    """Digits from a `PyDataset` that scales its batches, or its own array once more."""
    pixels, y = raw_digits()
    pixels, y = (pixels[:ROWS] / pixels.max() * BRIGHTEST).astype("float32"), y[:ROWS]
    keras = seeded(seed)

    class Loader(keras.utils.PyDataset):  # type: ignore[misc, name-defined]  # keras ships no types
        """Batches of pixels between 0 and 1, at least in the first epoch."""

        def __len__(self) -> int:
            return math.ceil(len(pixels) / BATCH)

        def __getitem__(self, index: int) -> tuple[Any, Any]:
            rows = slice(index * BATCH, (index + 1) * BATCH)
            batch = pixels[rows]
            if in_place:
                batch /= BRIGHTEST  # a slice is a view: the array itself is divided
            else:
                batch = batch / BRIGHTEST
            return batch, y[rows]

    return Program(
        seed=seed,
        model=mlp(seed, depth=2, activation="relu", units=(64, 32, 10)),
        x=Loader(),
        y=None,
        truth=y,
        task="classes",
        loss=Loss(CROSSENTROPY),
        optimizer={"name": "adam", "learning_rate": 0.01},
    )


PATIENTS = (
    TrainedPatient(
        name="divided-again",
        title="a loader that divides its own array, once more in every epoch",
        build=partial(build_loaded, in_place=True),
        verdicts=SICK,
        causes=frozenset({Cause.DATA}),
        source="NumPy, Copies and views: a slice of an array is a view of it",
    ),
    TrainedPatient(
        name="divided-once",
        title="a loader that divides a copy of each batch",
        build=partial(build_loaded, in_place=False),
        source="its twin comes back to the loss of a constant",
    ),
)
