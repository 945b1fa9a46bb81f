"""The clinic of the house. What it calls imports Keras, so it is reached for only when called."""

from __future__ import annotations

import importlib
from typing import Any

from gradmend.monitor.clinic import Clinic
from gradmend.records import Measurements, Visit


def house_clinic() -> Clinic:
    """Return gradmend's own check-up as the monitor wants it."""
    return Clinic(
        examine=_examine, conclude=_conclude, trivial_loss=_trivial_loss, data_loss=_data_loss
    )


def _examine(*args: Any, **kwargs: Any) -> Measurements:
    measurements: Measurements = _later("checkup").examine(*args, **kwargs)
    return measurements


def _conclude(measurements: Measurements) -> Visit:
    visit: Visit = _later("checkup").conclude(measurements).visit
    return visit


def _trivial_loss(*args: Any, **kwargs: Any) -> float | None:
    loss: float | None = _later("measure.loss").trivial_loss(*args, **kwargs)
    return loss


def _data_loss(*args: Any, **kwargs: Any) -> float:
    return float(_later("measure.loss").evaluate_data_loss(*args, **kwargs))


def _later(module: str) -> Any:
    return importlib.import_module(f"gradmend.{module}")
