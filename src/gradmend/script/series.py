"""Calls of `fit` in a loop that go on with one training: `for _ in range(50): model.fit(x, y)`.

A call goes on when the line, the model, its optimizer and the data are those of the call before,
and the weights are where that call has left them. Everything else is a training of its own.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from gradmend.records import Verdict, Visit
from gradmend.script.afterwards import looked_at_again
from gradmend.script.keeping import Kept
from gradmend.script.reports import FitReport

if TYPE_CHECKING:
    from gradmend.monitor.attendance import Attendance

Fit = Callable[..., Any]
UNSEEN = Visit(verdict=Verdict.UNKNOWN, reason="fit() was not called as Keras defines it")


class Series:
    """One training, and the calls of `fit` that made it so far.

    Args:
        number: the how manyeth call of the script came first.
        where: the line that calls.
        attendance: what follows the training.
        kept: what the first call was given, for mending.
    """

    def __init__(
        self, *, number: int, where: str, attendance: Attendance, kept: Kept | None
    ) -> None:
        self.number, self.where, self.kept = number, where, kept
        self._attendance = attendance
        self._calls = 0
        self._visit = UNSEEN
        self._model: Any = None
        self._optimizer: Any = None
        self._data: tuple[Any, ...] = ()
        self._left: list[Any] = []

    @property
    def report(self) -> FitReport:
        """All calls as one fit."""
        return FitReport(
            number=self.number, where=self.where, visit=self._visit, calls=max(self._calls, 1)
        )

    def run(self, fit: Fit, model: Any, *args: Any, **kwargs: Any) -> Any:
        """Run one call of `fit`, and return what it returns."""
        ended = False
        try:
            result = self._attendance.run(fit, model, *args, **kwargs)
            ended = True
            return result
        finally:
            self._calls += 1
            if self._calls == 1 or not ended:
                visit = self._attendance.visit or UNSEEN
                self._visit = looked_at_again(visit, fit, model, args, kwargs)
            if ended:
                self._remember(fit, model, args, kwargs)
            else:
                self._model = None

    def goes_on(
        self, where: str, fit: Fit, model: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> bool:
        """Whether a call of `fit` that is about to be made continues this training."""
        if where != self.where or model is not self._model:
            return False
        try:
            data = _data(fit, model, args, kwargs)
            return (
                model.optimizer is self._optimizer
                and len(data) == len(self._data)
                and all(one is other for one, other in zip(data, self._data, strict=True))
                and _equal(self._left, _some_weights(model))
            )
        except Exception:  # noqa: BLE001  # then it is a training of its own
            return False

    def close(self) -> None:
        """Judge several calls as the one training that they are."""
        model, left = self._model, self._left
        self._model, self._data, self._left = None, (), []
        if self._calls < 2 or model is None:
            return
        # someone else may have moved it since: what is measured now would not be this training
        self._attendance.conclude(model, as_left=_equal(left, _some_weights(model)))
        self._visit = self._attendance.visit or self._visit

    def _remember(
        self, fit: Fit, model: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        measured = self._visit.measurements is not None
        try:
            data = _data(fit, model, args, kwargs) if measured else ()
            left = _some_weights(model) if data else []
        except Exception:  # noqa: BLE001  # nothing of ours may end a training
            data = ()
        if not data:
            self._model = None
            return
        self._model, self._optimizer = model, model.optimizer
        self._data, self._left = data, left


def _data(
    fit: Fit, model: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[Any, ...]:
    """What a call trains on; nothing where it can be read only once."""
    given = inspect.signature(fit).bind(model, *args, **kwargs).arguments
    x = given.get("x")
    if x is None or hasattr(x, "__next__"):
        return ()
    return x, given.get("y"), given.get("sample_weight"), given.get("batch_size")


def _some_weights(model: Any) -> list[Any]:
    """Copies of the first and the last trainable weight: a training moves them."""
    import keras
    import numpy as np

    some = [*model.trainable_variables[:1], *model.trainable_variables[-1:]]
    return [np.array(keras.ops.convert_to_numpy(variable), copy=True) for variable in some]


def _equal(one: list[Any], other: list[Any]) -> bool:
    import numpy as np

    pairs = zip(one, other, strict=False)
    return len(one) == len(other) and all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)
