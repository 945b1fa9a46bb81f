"""What is entered for a race, and what is told on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras

from gradmend.records import Prescription, Run
from gradmend.trials.rows import Rows

# Gives the compiled model of an arm, with the weights of a seed.
Build = Callable[[int], keras.Model]
# Gives the rows an arm is fed, and how many a step, in the place of those that were given.
Feeding = Callable[[Rows, int], tuple[Rows, int]]
# Is told the arm, its run as far as it has come, and the step it is on the way to.
Watch = Callable[[str, Run, int], None]


def unchanged(rows: Rows, batch_size: int) -> tuple[Rows, int]:
    """Feed an arm what was given."""
    return rows, batch_size


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One arm before it is tried: its name, its treatments, and how its model is made.

    `build(seed)` returns a compiled model; without treatments it is the placebo. A control
    is tried for comparison, and never together with others. `chosen` is what `build` follows,
    in a form that can be sent to another process. `feeding(rows, batch_size)` is for treatments
    of the data; it is applied to the training rows and to those held out. `answers` are the codes
    of the findings it was prescribed for.
    """

    name: str
    treatments: tuple[str, ...]
    build: Build
    control: bool = False
    chosen: tuple[Prescription, ...] = ()
    answers: tuple[str, ...] = ()
    feeding: Feeding = unchanged
