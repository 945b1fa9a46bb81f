"""Keeps what the worst `fit` of a script was given, so that it can be mended when it is over."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from gradmend.records import Verdict, Visit

WORTH = (Verdict.SICK, Verdict.WATCH)


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """One call of `fit`: the model, its arguments, and the weights it began with.

    `weights` is None for a model that was not built yet. Data is held, not copied. `visit` is what
    came of the fit.
    """

    model: Any
    arguments: dict[str, Any]
    weights: list[Any] | None
    visit: Visit | None = None


class Keeper:
    """Holds at most one `fit`: the first sick one, else the first to watch."""

    def __init__(self) -> None:
        self.worst: Kept | None = None
        self._verdict: Verdict | None = None

    def before(
        self, fit: Callable[..., Any], model: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Kept | None:
        """Note what a fit is given; None where it cannot be noted."""
        try:
            bound = inspect.signature(fit).bind(model, *args, **kwargs)
            given = {name: value for name, value in bound.arguments.items() if name != "self"}
            weights = model.get_weights() if model.built else None
        except Exception:  # noqa: BLE001  # nothing of ours may end a training
            return None
        return Kept(model=model, arguments=given, weights=weights)

    def after(self, kept: Kept | None, visit: Visit) -> None:
        """Hold what was noted, where its visit is worse than that of the one held."""
        if kept is None or visit.verdict not in WORTH or self._verdict is Verdict.SICK:
            return
        if self._verdict is None or visit.verdict is Verdict.SICK:
            self.worst, self._verdict = replace(kept, visit=visit), visit.verdict
