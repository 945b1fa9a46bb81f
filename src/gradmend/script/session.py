"""What was seen while a script ran."""

from __future__ import annotations

import os
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from gradmend.monitor.clinic import Clinic
from gradmend.script.ending import is_ours
from gradmend.script.keeping import Keeper
from gradmend.script.reports import FitReport
from gradmend.script.series import Series

MOST_ALIKE = 8


@dataclass(slots=True)
class Session:
    """Collects the trainings of one script, in the order they began.

    Every process the script forks inherits the patches: `process` tells them apart.
    """

    clinic: Clinic
    folder: str
    process: int = field(default_factory=os.getpid)
    keeper: Keeper | None = None
    own_loop: bool = False
    legacy: bool = False
    open: bool = True
    _fits: dict[int, FitReport] = field(default_factory=dict)
    _begun: int = 0
    _latest: Series | None = None
    _alike: Counter[Any] = field(default_factory=Counter)
    _inside: threading.local = field(default_factory=threading.local)
    _lock: Any = field(default_factory=threading.Lock)

    @property
    def fits(self) -> tuple[FitReport, ...]:
        """The trainings that are over, in the order they began."""
        return tuple(self._fits[number] for number in sorted(self._fits))

    @property
    def watches(self) -> bool:
        """Whether what happens now belongs to the script, in its main process."""
        return self.open and os.getpid() == self.process

    @property
    def inside_fit(self) -> bool:
        """Whether this thread is inside a `fit`."""
        return getattr(self._inside, "depth", 0) > 0

    def fit(self, fit: Callable[..., Any], model: Any, *args: Any, **kwargs: Any) -> Any:
        """Run `fit(model, ...)` and keep its visit."""
        where = self._where(sys._getframe(1))  # noqa: SLF001 - the documented way to the caller
        with self._lock:
            self._begun += 1
            number = self._begun
            series, self._latest = self._latest, None
        if series is None or not series.goes_on(where, fit, model, args, kwargs):
            self._end(series)
            series, args, kwargs = self._new(number, where, fit, model, args, kwargs)
        self._inside.depth = getattr(self._inside, "depth", 0) + 1
        try:
            return series.run(fit, model, *args, **kwargs)
        finally:
            self._inside.depth -= 1
            self._fits[series.number] = series.report
            with self._lock:
                before, self._latest = self._latest, series
            self._end(before)

    def close(self) -> None:
        """Judge what is still open."""
        series, self._latest = self._latest, None
        self._end(series)

    def _new(
        self,
        number: int,
        where: str,
        fit: Callable[..., Any],
        model: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> tuple[Series, tuple[Any, ...], dict[str, Any]]:
        from gradmend.monitor.attendance import Attendance  # imports keras

        kept = None
        if self.keeper:
            kept, args, kwargs = self.keeper.before(fit, model, args, kwargs)
        attendance = Attendance(clinic=self.clinic, decline=self._decline)
        return Series(number=number, where=where, attendance=attendance, kept=kept), args, kwargs

    def _end(self, series: Series | None) -> None:
        if series is None:
            return
        series.close()
        self._fits[series.number] = series.report
        if self.keeper:
            self.keeper.after(series.kept, series.report.visit)

    def why_no_fit(self, error: str | None) -> str:
        """Return the one line on a script in which no fit was seen."""
        if error is not None:
            return f"the script raised {error} before its first fit()"
        if self.legacy:
            return "it trains with tf_keras (Keras 2), which gradmend does not measure"
        if self.own_loop:
            return "it trains with its own loop (GradientTape / train_on_batch), not fit()"
        return "the script ended without calling fit()"

    def _decline(self, model: Any) -> str | None:
        from gradmend.monitor.bare import architecture  # imports keras

        kind = architecture(model)
        with self._lock:
            self._alike[kind] += 1
            count = self._alike[kind]
        if count <= MOST_ALIKE:
            return None
        return f"only its loss was followed: {MOST_ALIKE} models like it had been examined before"

    def _where(self, frame: FrameType | None) -> str:
        """Name the line of the user's that led here: the nearest outside of any library."""
        nearest: str | None = None
        while frame is not None:
            file = frame.f_code.co_filename
            if not is_ours(file):
                line = f"{self._named(file)}:{frame.f_lineno}"
                nearest = nearest or line
                if not _is_library(file):
                    return line
            frame = frame.f_back
        return nearest or "?"

    def _named(self, file: str) -> str:
        path = Path(file)
        return str(path.relative_to(self.folder)) if path.is_relative_to(self.folder) else path.name


def _is_library(file: str) -> bool:
    return any(part in file for part in ("site-packages", "dist-packages")) or file.startswith("<")
