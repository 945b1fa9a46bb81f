"""Attends one `fit`: a check-up before the first step, the loss followed, a visit after.

Whatever goes wrong on our side is caught and told in the visit; whatever the training
raises goes through unchanged.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import keras

from gradmend.measure.batch import fixed_batch_size
from gradmend.monitor.adapter import TrainFunctionAdapter, adapter_for, is_own_train_step
from gradmend.monitor.arrays import batch_from_arrays
from gradmend.monitor.bare import bare_measurements
from gradmend.monitor.batch import Batch, batch_of
from gradmend.monitor.clinic import Clinic
from gradmend.monitor.dispatcher import Dispatcher, Installer, handed_over
from gradmend.monitor.follower import Follower
from gradmend.monitor.layers_followed import LayersFollowed, with_findings
from gradmend.monitor.learning_rates import rates_set, scheduled_rates
from gradmend.monitor.undisturbed import undisturbed
from gradmend.monitor.validation import validation_targets
from gradmend.monitor.words import one_line
from gradmend.records import Course, Finding, Measurements, Verdict, Visit

# Of the trivial loss: who came this far is not asked what rounding does, which costs three passes.
ARRIVED = 0.5


class Attendance:
    """Follows one call of `fit`, or several that go on with one training.

    Args:
        clinic: what examines and judges.
        decline: called with the built model before the first step; returns why the
            check-up is left out, or None to have it made.

    After `run` has returned or raised, `visit` holds the outcome. When `run` is called again, the
    first check-up stands and the loss is followed further; `conclude` then judges it as a whole.
    """

    def __init__(
        self, *, clinic: Clinic, decline: Callable[[Any], str | None] = lambda model: None
    ) -> None:
        self.visit: Visit | None = None
        self._clinic = clinic
        self._decline = decline
        self._follower = Follower()
        self._model: Any = None
        self._arguments: dict[str, Any] = {}
        self._batch: Batch | None = None
        self._measurements: Measurements | None = None
        self._reason: str | None = None
        self._course = Course()
        self._installer: Installer | None = None
        self._layers: LayersFollowed | None = None
        self._found: tuple[Finding, ...] = ()
        self._examined = False

    def run(self, fit: Callable[..., Any], model: Any, *args: Any, **kwargs: Any) -> Any:
        """Call `fit(model, *args, **kwargs)`, and return what it returns."""
        self._model = model
        signature = inspect.signature(fit)
        bound = signature.bind(model, *args, **kwargs)
        self._arguments = {**_defaults(signature), **bound.arguments}
        self._installer = Installer(self._dispatcher, self._follower)
        try:
            with handed_over(bound.arguments, self._installer):
                result = fit(*bound.args, **bound.kwargs)
        except BaseException as error:
            self._end(error)
            raise
        self._end(None)
        return result

    def _dispatcher(self, train_function: Callable[..., Any]) -> Dispatcher:
        self._follower.running_mean = is_own_train_step(self._model)
        if isinstance(train_function, Dispatcher):  # a fit inside a fit of the same model
            train_function = train_function.original
        return Dispatcher(
            original=train_function,
            adapter=adapter_for(keras.backend.backend()),
            first_step=self._first_step,
            observe=self._observe,
        )

    def _observe(self, logs: Any, result: Any) -> None:
        follower = self._follower
        follower.observe(logs, self._model.steps_per_execution)
        if self._layers is not None and self._batch is not None:
            self._layers.after(self._batch.x, result, follower.total_steps, follower.epochs - 1)

    def _first_step(self, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        if self._examined:
            return arguments
        self._examined = True
        adapter = adapter_for(keras.backend.backend())
        self._reason = self._declined(adapter, arguments)
        if self._reason is not None:
            return arguments
        self._batch = self._from_arrays()
        if self._batch is None:
            data, arguments = adapter.peek(self._model, arguments)
            if data is None:
                self._reason = "its first batch could not be seen without being lost"
                return arguments
            self._batch = batch_of(data)
        self._examine(adapter, arguments, self._batch)
        return arguments

    def _declined(self, adapter: TrainFunctionAdapter, arguments: tuple[Any, ...]) -> str | None:
        try:
            # Outside `undisturbed`: the draws and names of a build belong to the training.
            adapter.build(self._model, arguments)
            return self._decline(self._model)
        except Exception as error:  # noqa: BLE001  # nothing of ours may end a training
            return f"the check-up could not be made: {one_line(error)}"

    def _from_arrays(self) -> Batch | None:
        if fixed_batch_size(self._model) is not None:  # it takes batches as they come
            return None
        try:
            with undisturbed():
                return batch_from_arrays(self._arguments)
        except Exception:  # noqa: BLE001  # arrays of a kind we cannot slice: the iterator can
            return None

    def _examine(
        self, adapter: TrainFunctionAdapter, arguments: tuple[Any, ...], batch: Batch
    ) -> None:
        began = time.perf_counter()
        try:
            with undisturbed(), adapter.variables_in_place(self._model, arguments):
                self._measurements = self._clinic.examine(
                    self._model,
                    batch.x,
                    batch.y,
                    batch.sample_weight,
                    fit_batch_size=batch.fit_batch_size,
                )
            self._measurements = replace(self._measurements, batch_variety=batch.variety)
            self._layers = LayersFollowed(self._model, began)
            self._layers.before(self._measurements)
        except Exception as error:  # noqa: BLE001  # nothing of ours may end a training
            self._reason = f"the check-up could not be made: {one_line(error)}"

    def _end(self, error: BaseException | None) -> None:
        """Put everything back; write the visit, which a later call only makes out of date."""
        if self._installer is not None:
            self._installer.put_back()
        self._follower.close()
        try:
            if self._layers is not None:
                self._found = self._layers.findings()
        except Exception:  # noqa: BLE001  # the rest of the visit stands without them
            self._found = ()
        if self.visit is None or error is not None:
            self._conclude(error)
        # The report outlives the script: it must not keep its data and model alive.
        self._model = self._installer = self._layers = None
        self._arguments = {}

    def conclude(self, model: Any, *, as_left: bool) -> None:
        """Judge all that was followed as one training of `model`.

        `as_left` says whether its weights still are those that the training has left.
        """
        self._model = model
        self._conclude(None, as_left=as_left)
        self._model = None

    def _conclude(self, error: BaseException | None, *, as_left: bool = True) -> None:
        try:
            with undisturbed():
                final = self._final_data_loss() if error is None and as_left else None
                self._course = self._followed(error, final)
                self.visit = with_findings(self._judged(error), self._found)
        except Exception as trouble:  # noqa: BLE001  # nothing of ours may end a training
            visit = _unknown(f"the check-up could not be judged: {one_line(trouble)}")
            self.visit = replace(visit, measurements=self._measurements)

    def _followed(self, error: BaseException | None, final: float | None) -> Course:
        follower = self._follower
        return Course(
            steps=tuple(window.end for window in follower.windows),
            losses=tuple(window.mean for window in follower.windows),
            epochs=follower.epochs,
            total_steps=follower.total_steps,
            trivial=self._trivial(),
            final_data_loss=final,
            final_trivial=self._measurements.loss.trivial if self._measurements else None,
            first_nonfinite_step=follower.first_nonfinite_step,
            error=None if error is None else one_line(error),
            learning_rates=self._learning_rates(),
            validation_losses=tuple(follower.validation_losses),
            validation_trivial=self._validation_trivial() if follower.validation_losses else None,
            rounding=None if final is None else self._rounding(final),
        )

    def _learning_rates(self) -> tuple[float, ...]:
        steps = [window.end for window in self._follower.windows]
        scheduled = scheduled_rates(getattr(self._model, "optimizer", None), steps)
        return scheduled or rates_set(self._follower.rates, steps)

    def _trivial(self) -> float | None:
        if self._batch is None:
            return None
        y, sample_weight = self._batch.target_rows
        found: float | None = None
        try:
            found = self._clinic.trivial_loss(
                self._model, y, self._output_shapes(), sample_weight=sample_weight
            )
        except Exception:  # noqa: BLE001  # that of the batch will do
            found = None
        if found is None and self._measurements is not None:
            found = self._measurements.loss.trivial
        return found

    def _output_shapes(self) -> list[tuple[int, ...]] | None:
        """What a subclassed model returns: it does not say so before it was called."""
        found = self._measurements
        return [output.shape for output in found.outputs] if found is not None else None

    def _validation_trivial(self) -> float | None:
        if not self._arguments:  # a later call: those of the first
            return self._course.validation_trivial
        try:
            y = validation_targets(self._arguments)
            shapes = self._output_shapes()
            return None if y is None else self._clinic.trivial_loss(self._model, y, shapes)
        except Exception:  # noqa: BLE001  # unknown is a fair answer here
            return None

    def _final_data_loss(self) -> float | None:
        batch = self._batch
        if batch is None or not self._follower.total_steps:
            return None
        try:
            return self._clinic.data_loss(self._model, batch.x, batch.y, batch.sample_weight)
        except Exception:  # noqa: BLE001  # unknown is a fair answer here
            return None

    def _rounding(self, final: float) -> float | None:
        trivial = None if self._measurements is None else self._measurements.loss.trivial
        if self._batch is None or (trivial and final < ARRIVED * trivial):
            return None
        try:
            return self._clinic.rounding(self._model, self._batch.x)
        except Exception:  # noqa: BLE001  # unknown is a fair answer here
            return None

    def _judged(self, error: BaseException | None) -> Visit:
        if self._measurements is not None:
            self._measurements = replace(self._measurements, course=self._course)
            return self._clinic.conclude(self._measurements)
        if not self._follower.total_steps:
            return _unknown(_no_step(error, self._reason))
        return self._judged_by_course(self._reason or "nothing was measured")

    def _judged_by_course(self, reason: str) -> Visit:
        # Without signals a loss that went wrong still tells; a loss that went well proves nothing.
        size = self._batch.fit_batch_size if self._batch else 0
        bare = bare_measurements(self._model, self._course, batch_size=size, note=reason)
        visit = self._clinic.conclude(bare)
        if visit.verdict in {Verdict.SICK, Verdict.WATCH}:
            return visit
        return replace(visit, verdict=Verdict.UNKNOWN, reason=reason)


def _defaults(signature: inspect.Signature) -> Mapping[str, Any]:
    return {name: parameter.default for name, parameter in signature.parameters.items()}


def _no_step(error: BaseException | None, reason: str | None) -> str:
    if error is not None:
        return f"fit() raised {one_line(error)} before its first step was over"
    return reason or "fit() took no step"


def _unknown(reason: str) -> Visit:
    return Visit(verdict=Verdict.UNKNOWN, reason=reason, certainty="certain")
