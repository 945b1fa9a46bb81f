"""Find out why a Keras model does not learn, mend it, and prove that the mend works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradmend import blocks
from gradmend.checkup import Checkup, check
from gradmend.errors import (
    BackendError,
    DataError,
    FileError,
    GradmendError,
    MeasurementError,
    ModelError,
    NonFiniteError,
    RecordError,
    UsageError,
)
from gradmend.mending import Mending, mend

if TYPE_CHECKING:
    from gradmend.monitor.gradient_monitor import GradientMonitor

__all__ = [
    "BackendError",
    "Checkup",
    "DataError",
    "FileError",
    "GradientMonitor",
    "GradmendError",
    "MeasurementError",
    "Mending",
    "ModelError",
    "NonFiniteError",
    "RecordError",
    "UsageError",
    "blocks",
    "check",
    "mend",
]
__version__ = "0.1.0.dev0"


def __getattr__(name: str) -> object:
    # A callback is a class of Keras', and a script may still choose its backend.
    if name == "GradientMonitor":
        from gradmend.monitor.gradient_monitor import GradientMonitor

        return GradientMonitor
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
