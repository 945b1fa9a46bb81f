"""What the monitor asks of the rest of the house, handed in by whoever builds it.

The check-up stands beside the monitor, not below it, so its functions come as
arguments. That also lets a test put its own in their place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gradmend.records import Measurements, Visit


@dataclass(frozen=True, kw_only=True, slots=True)
class Clinic:
    """The five calls that make a visit out of one `fit`.

    `examine(model, x, y, sample_weight, fit_batch_size=n)` measures one batch,
    `conclude(measurements)` judges, `trivial_loss(model, y, shapes, sample_weight=w)` is
    the loss of the best constant prediction of these shapes (None when there is none), and
    `data_loss(model, x, y, sample_weight)` the loss without penalties, `rounding(model, x)` how
    much of the answers is decided by the rounding of the inputs. None of them may leave a trace
    on the model; each may raise.
    """

    examine: Callable[..., Measurements]
    conclude: Callable[[Measurements], Visit]
    trivial_loss: Callable[..., float | None]
    data_loss: Callable[..., float]
    rounding: Callable[[Any, Any], float | None]
