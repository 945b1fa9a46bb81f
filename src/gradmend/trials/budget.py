"""How long the arms may train: optimizer steps per arm, or seconds for the whole trial."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from datetime import timedelta

from gradmend.errors import UsageError, teach

MIN_STEPS = 20  # fewer cannot tell a cure from luck
EPOCHS = 30
MIN_DEFAULT, MAX_DEFAULT = 500, 1500
SECONDS = {"s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
FORM = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """Steps that each finalist trains, and the moment at which everything stops."""

    steps: int
    deadline: float | None = None
    started: float = field(default_factory=time.monotonic)

    @property
    def over(self) -> bool:
        """Whether the time is used up."""
        return self.deadline is not None and time.monotonic() > self.deadline

    @property
    def left(self) -> float | None:
        """Seconds until the time is used up, None where only steps count."""
        return None if self.deadline is None else self.deadline - time.monotonic()

    @property
    def spent(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started


def budget_of(given: int | str | timedelta | None, *, steps_per_epoch: int) -> Budget:
    """Read a budget as the user writes it.

    Args:
        given: A whole number of steps, "800 steps", "90s", "5 min", a `timedelta`, or None
            for thirty epochs, at least 500 and at most 1500 steps.
        steps_per_epoch: Steps in which the training data is seen once.

    Raises:
        UsageError: not a budget, or too small to prove anything.

    Example:
        >>> budget_of("800 steps", steps_per_epoch=45).steps
        800
    """
    usual = min(max(EPOCHS * steps_per_epoch, MIN_DEFAULT), MAX_DEFAULT)
    if given is None:
        return Budget(steps=usual)
    steps, seconds = _parts(given)
    if steps is not None and steps < MIN_STEPS:
        raise UsageError(_too_small(f"{steps} steps"))
    if seconds is not None and seconds <= 0:
        raise UsageError(_too_small(f"{seconds:g} seconds"))
    deadline = None if seconds is None else time.monotonic() + seconds
    return Budget(steps=steps or usual, deadline=deadline)


def _parts(given: object) -> tuple[int | None, float | None]:
    if isinstance(given, timedelta):
        return None, given.total_seconds()
    if isinstance(given, int) and not isinstance(given, bool):
        return given, None
    match = FORM.fullmatch(given.lower()) if isinstance(given, str) else None
    if match and match[2] in ("step", "steps"):
        return int(float(match[1])), None
    if match and match[2] in SECONDS:
        return None, float(match[1]) * SECONDS[match[2]]
    if isinstance(given, str) and given.strip().isdecimal():
        return int(given), None
    raise UsageError(
        teach(
            "this is not a budget.",
            expected='steps per arm (800, "800 steps") or time for all ("90s", "5 min")',
            received=repr(given),
            means="the unit is missing or not known.",
            attempt='budget="5 min"',
        )
    )


def _too_small(received: str) -> str:
    return teach(
        "the budget is too small to prove anything.",
        expected=f"at least {MIN_STEPS} steps per arm, better 300",
        received=received,
        means="after so few steps every network looks untrained, sick or not.",
        attempt='leave budget out, or budget="1000 steps"',
    )
