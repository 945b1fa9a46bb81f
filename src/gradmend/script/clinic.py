"""The clinic of the house. What it calls imports Keras, so it is reached for only when called."""

from __future__ import annotations

import importlib
from typing import Any

from gradmend.monitor.clinic import Clinic
from gradmend.records import Measurements, Visit


def house_clinic() -> Clinic:
    """Return gradmend's own check-up as the monitor wants it."""
    return Clinic(
        examine=_examine,
        conclude=_conclude,
        trivial_loss=_trivial_loss,
        data_loss=_data_loss,
        rounding=_rounding,
    )


def _examine(
    model: Any, x: Any, y: Any, sample_weight: Any, *, fit_batch_size: int
) -> Measurements:
    # All the samples handed over: they were chosen with the batch size of the fit in mind.
    samples = max(fit_batch_size, _later("monitor.batch").samples_in(x))
    measurements: Measurements = _later("checkup").examine(
        model, x, y, sample_weight, batch_size=samples, fit_batch_size=fit_batch_size
    )
    return measurements


def _conclude(measurements: Measurements) -> Visit:
    visit: Visit = _later("checkup").conclude(measurements).visit
    return visit


def _trivial_loss(*args: Any, **kwargs: Any) -> float | None:
    loss: float | None = _later("measure.loss").trivial_loss(*args, **kwargs)
    return loss


def _data_loss(*args: Any, **kwargs: Any) -> float:
    return float(_later("measure.loss").evaluate_data_loss(*args, **kwargs))


def _rounding(model: Any, x: Any) -> float | None:
    share: float | None = _later("measure.rounding").rounding_share(model, x)
    return share


def _later(module: str) -> Any:
    return importlib.import_module(f"gradmend.{module}")
