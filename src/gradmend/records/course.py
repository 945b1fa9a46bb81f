"""How the loss went through one `fit`, as `gradmend run` saw it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """The loss of one training.

    `steps[i]` is the number of optimizer steps taken when window i closed, and
    `losses[i]` the mean training loss over that window (penalties included).
    `trivial` is the data loss of the best constant prediction on the training
    targets seen, None where unknown. `final_data_loss` is the data loss of the
    trained model on the first batch (in inference mode), `final_trivial` the trivial loss on
    that same batch. `first_nonfinite_step` counts from 1. `error` is the one-line
    text of the exception that ended the training, None when it ended by itself.
    `learning_rates[i]` is the rate at `steps[i]`, of a schedule or as callbacks have set it at the
    beginning of that epoch; empty for a constant rate. `validation_losses` are the `val_loss` of
    the epochs that had one, penalties included, and `validation_trivial` is the data loss of the
    best constant prediction on the validation targets; None where they are no arrays, or weighted.
    `rounding` is how far the answers of the trained model move when every input moves to the next
    float32, over their standard deviation between samples; None where the training got far.
    """

    steps: tuple[int, ...] = ()
    losses: tuple[float, ...] = ()
    epochs: int = 0
    total_steps: int = 0
    trivial: float | None = None
    final_data_loss: float | None = None
    final_trivial: float | None = None
    first_nonfinite_step: int | None = None
    error: str | None = None
    learning_rates: tuple[float, ...] = ()
    validation_losses: tuple[float, ...] = ()
    validation_trivial: float | None = None
    rounding: float | None = None
