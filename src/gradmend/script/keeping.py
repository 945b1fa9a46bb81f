"""Keeps what the worst `fit` of a script was given, so that it can be mended when it is over."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import GeneratorType
from typing import Any

from gradmend.records import Verdict, Visit
from gradmend.script.passing import Passing

WORTH = (Verdict.SICK, Verdict.WATCH)


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """One call of `fit`: the model, its arguments, and the weights it began with.

    `weights` is None for a model that was not built yet. Data is held, not copied. `visit` is what
    came of the fit, and `passing` the batches of a generator.
    """

    model: Any
    arguments: dict[str, Any]
    weights: list[Any] | None
    visit: Visit | None = None
    passing: Passing | None = None


class Keeper:
    """Holds at most one `fit`: the first sick one, else the first to watch."""

    def __init__(self) -> None:
        self.worst: Kept | None = None
        self._verdict: Verdict | None = None

    def before(
        self, fit: Callable[..., Any], model: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[Kept | None, tuple[Any, ...], dict[str, Any]]:
        """Note what a fit is given; None where it cannot be noted.

        Returns the arguments to go on with as well: a generator is read through a keeper.
        """
        try:
            bound = inspect.signature(fit).bind(model, *args, **kwargs)
            given = {name: value for name, value in bound.arguments.items() if name != "self"}
            weights = model.get_weights() if model.built else None
        except Exception:  # noqa: BLE001  # nothing of ours may end a training
            return None, args, kwargs
        kept = Kept(model=model, arguments=given, weights=weights)
        data = given.get("x")
        if not isinstance(data, GeneratorType):
            return kept, args, kwargs
        passing = Passing(most=given.get("steps_per_epoch"))
        bound.arguments["x"] = passing.through(data)
        return replace(kept, passing=passing), bound.args[1:], bound.kwargs

    def after(self, kept: Kept | None, visit: Visit) -> None:
        """Hold what was noted, where its visit is worse than that of the one held."""
        if kept is None or visit.verdict not in WORTH or self._verdict is Verdict.SICK:
            return
        if self._verdict is None or visit.verdict is Verdict.SICK:
            self.worst, self._verdict = replace(kept, visit=visit), visit.verdict
