"""One arm: a model compiled once, trained from one seed after the other."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from gradmend.measure.loss import (
    BINARY_LOSSES,
    CLASS_LOSSES,
    SPARSE_LOSSES,
    evaluate_data_loss,
    loss_name,
    trivial_loss,
)
from gradmend.records import Run
from gradmend.treatments.surgery.copying import give_state
from gradmend.treatments.surgery.losses import loss_at
from gradmend.trials.entry import Build, Feeding
from gradmend.trials.legs import Leg, legs
from gradmend.trials.rows import Rows, order

CROSSENTROPIES = CLASS_LOSSES | SPARSE_LOSSES | BINARY_LOSSES
AT_ONCE = 2**27  # bytes of rows that are laid out for one `fit`

# Is told the step and the mean loss of the stretch that ends there; answers whether to go on.
Scored = Callable[[int, float], bool]


class Trainee:
    """Trains one arm in stretches, and scores it on the held-out rows after each."""

    def __init__(self, build: Build, train: Rows, judged: Rows, batch_size: int) -> None:
        self._build, self._train, self._judged = build, train, judged
        self._batch_size = batch_size
        self._model: keras.Model | None = None
        self._optimizer: list[Any] = []
        self._best: dict[int, list[Any]] = {}
        self.trivial: float | None = None
        self.reference: float | None = None

    def start(self, seed: int) -> Run:
        """Take the weights of a seed and a fresh optimizer; nothing is trained yet."""
        built = self._build(seed)
        if self._model is None or getattr(self._model.optimizer, "use_ema", False):
            self._model = built
            self._model.optimizer.build(self._model.trainable_variables)
            self._optimizer = [_copied(v) for v in self._model.optimizer.variables]
            self.trivial = self._trivial()
        else:
            give_state(self._model, built)
            state = self._model.optimizer.variables
            for variable, value in zip(state, self._optimizer, strict=True):
                variable.assign(value)
        if self.trivial is None and self.reference is None:
            self.reference = self._held_out()
        return Run(seed=seed)

    def advance(
        self, run: Run, until: int, stop: Callable[[], bool], keep: Callable[[Run], None]
    ) -> Run:
        """Train on to step `until`, or till the loss is not finite; score after every stretch.

        `keep` is given the run after every stretch, so that an interruption loses one at most.
        """
        done = run.steps[-1] if run.steps else 0
        if not self._ready().trainable_variables:
            return self._scored(run, until, self._held_out())  # a step would be an error on torch
        if until <= done or (run.losses and not math.isfinite(run.losses[-1])):
            return run
        plan = order(len(self._train), self._batch_size, until, run.seed)

        def scored(step: int, loss: float) -> bool:
            nonlocal run
            run = self._scored(run, step, loss)
            keep(run)
            return math.isfinite(loss) and not stop()

        for leg in legs(done, until, self._together(plan.shape[1])):
            if stop() or not self._trained(plan, leg, scored, run.seed):
                break
        return run

    def _trained(self, plan: Any, leg: Leg, scored: Scored, seed: int) -> bool:
        """Train a leg in one `fit`, a stretch an epoch; return whether to go on."""
        part = self._train.take(plan[leg.first : leg.last].reshape(-1))
        teller = _Teller(leg, scored, seed)
        self._ready().fit(
            part.x, part.y, sample_weight=part.sample_weight, shuffle=False, verbose=0,
            batch_size=plan.shape[1], epochs=leg.count, callbacks=[teller],
            steps_per_epoch=leg.size if leg.count > 1 else None,
        )  # fmt: skip
        # After `fit`: an average of weights is put in place at its very end.
        return teller.going_on and scored(leg.last, teller.loss)

    def _together(self, batch_size: int) -> int:
        """How many steps may go into one `fit`, where a `fit` may take several stretches."""
        model = self._ready()
        inner = getattr(model.optimizer, "inner_optimizer", model.optimizer)
        if getattr(inner, "use_ema", False) or getattr(model, "steps_per_execution", 1) > 1:
            return 1  # the average is put in place when fit ends; executions may overrun an epoch
        return AT_ONCE // max(batch_size * self._train.bytes_per_row, 1)

    def _scored(self, run: Run, step: int, loss: float) -> Run:
        held_out = self._held_out() if math.isfinite(loss) else math.inf
        held_out = held_out if math.isfinite(held_out) else math.inf
        if held_out < run.held_out or run.seed not in self._best:
            self._best[run.seed] = self._ready().get_weights()
        best = min(held_out, run.held_out)
        return Run(
            seed=run.seed,
            steps=(*run.steps, step),
            losses=(*run.losses, loss),
            held_out=best,
            score=self._share(best),
        )

    def model_of(self, seed: int) -> keras.Model:
        """Return a model of this arm with the best weights seen from a seed."""
        model = self._build(seed)
        if seed in self._best:
            model.set_weights(self._best[seed])
        return model

    def best(self, seed: int) -> list[Any] | None:
        """Return the best weights seen from a seed, None when none were scored."""
        return self._best.get(seed)

    def _share(self, loss: float) -> float:
        whole = self.trivial if self.trivial is not None else self.reference
        if not whole or not math.isfinite(whole) or (loss < 0.0 and self._reads_probabilities()):
            return math.inf
        return loss / whole

    def _reads_probabilities(self) -> bool:
        """Whether only cross-entropies judge: none falls below 0 but for labels it cannot read."""
        losses = [keras.losses.get(loss) for loss in keras.tree.flatten(loss_at(self._ready()))]
        names = [getattr(loss, "__name__", None) or loss_name(loss) for loss in losses]
        return all(name in CROSSENTROPIES for name in names)

    @property
    def model(self) -> keras.Model:
        """The model as it stands after the last step."""
        return self._ready()

    def _held_out(self) -> float:
        rows = self._judged
        return evaluate_data_loss(self._ready(), rows.x, rows.y, rows.sample_weight)

    def _trivial(self) -> float | None:
        rows = self._judged
        found = trivial_loss(self._ready(), rows.y, sample_weight=rows.sample_weight)
        return found if found is not None and found > 1e-12 and math.isfinite(found) else None

    def _ready(self) -> keras.Model:
        if self._model is None:
            raise RuntimeError("start() comes first")
        return self._model


class _Teller(keras.callbacks.Callback):  # type: ignore[misc]  # keras ships no types
    """Tells of every stretch but the last of a `fit`, and ends it where that is wanted."""

    def __init__(self, leg: Leg, scored: Scored, seed: int) -> None:
        super().__init__()
        self._leg, self._scored, self._seed = leg, scored, seed
        self.going_on, self.loss = True, math.nan

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        # PyTorch draws dropout from one generator for all: arms would share what it gives.
        if keras.backend.backend() == "torch":
            step = self._leg.first + epoch * self._leg.size
            keras.utils.set_random_seed((self._seed * 1_000_003 + step) % 2**31)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.loss = float(logs["loss"])
        done = epoch + 1
        if done < self._leg.count:
            self.going_on = self._scored(self._leg.first + done * self._leg.size, self.loss)
            self.model.stop_training = not self.going_on


def trainee_of(
    build: Build, feeding: Feeding, train: Rows, judged: Rows, batch_size: int
) -> Trainee:
    """Return the trainee of an arm that is fed other rows, or more of them a step."""
    fed, size = feeding(train, batch_size)
    return Trainee(build, fed, feeding(judged, batch_size)[0], size)


def _copied(variable: Any) -> Any:
    return np.array(keras.ops.convert_to_numpy(variable.value))
