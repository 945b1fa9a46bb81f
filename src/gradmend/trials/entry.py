"""What is entered for a race, and what is told on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras

from gradmend.records import Prescription, Run

# Gives the compiled model of an arm, with the weights of a seed.
Build = Callable[[int], keras.Model]
# Is told the arm, its run as far as it has come, and the step it is on the way to.
Watch = Callable[[str, Run, int], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One arm before it is tried: its name, its treatments, and how its model is made.

    `build(seed)` returns a compiled model; without treatments it is the placebo. A control
    is tried for comparison, and never together with others. `chosen` is what `build` follows,
    in a form that can be sent to another process.
    """

    name: str
    treatments: tuple[str, ...]
    build: Build
    control: bool = False
    chosen: tuple[Prescription, ...] = ()
