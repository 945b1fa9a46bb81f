"""`GradientMonitor`: the gradients of a training, seen inside Keras' own compiled `fit`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras

from gradmend.errors import UsageError, teach
from gradmend.monitor.first_aid import FirstAid, Policy
from gradmend.monitor.looks import LookMode, Looks
from gradmend.monitor.record import Record
from gradmend.monitor.schedule import Frequency, Schedule
from gradmend.monitor.steps import Steps, steps_for
from gradmend.monitor.watch import Watch
from gradmend.records.training import TrainingRun

POLICIES = ("stop", "skip", "warn")


class GradientMonitor(keras.callbacks.Callback):  # type: ignore[misc]  # keras ships no types
    """Sees gradients, weights and updates while `fit` trains, and stops it at the first NaN.

    Nothing has to be subclassed, and the training stays compiled. Most steps run exactly
    as Keras would run them; on sampled steps the norms are taken inside the compiled step.
    The weights that come out are bit for bit those of a training without it.

    Three numbers appear in the logs, so that `EarlyStopping`, `ReduceLROnPlateau`, `CSVLogger`
    and `History` see them: `grad_norm` (L2 norm of the whole gradient before clipping),
    `update_ratio` (norm of the update over norm of the weights), and, when the optimizer
    clips, `clipped_share` (share of gradients that were clipped). At the end of an epoch they
    are medians (for `clipped_share` the mean) over its sampled steps.

    Args:
        log_dir: folder for one run store per `fit` (SQLite), read by `gradmend report` and
            `gradmend compare`. None keeps the record in `run` only.
        update_freq: "auto" (every step at first, then ever fewer), "batch", "epoch" or a
            number of steps.
        layers: what the layers do (size of their outputs, zeros, dead and saturated units), in a
            forward pass of its own after some of the sampled steps: 1, 4, 16, then at most every
            256th. "auto" takes at most 0.5 % of the time so far for it, so that short trainings may
            have none; True takes what it takes; False leaves it out.
        probe: `(x, y)`, examined by a full check-up at the end of every epoch.
        raise_error: raise `NonFiniteError` instead of ending `fit` quietly.
        on_nonfinite: what to do when a step gives NaN or infinity. "stop" ends the training
            with the weights from before that step in the model; "skip" goes on as if its batch
            had not been there (ten times at most); "warn" only says so. Each writes a capsule
            for `gradmend replay` to `log_dir` or the working directory.

    After `fit`, `run` holds the record of it. Use one monitor for repeated calls of `fit`: what
    it compiled serves them all.

    Raises:
        UsageError: an argument is not one of the above.

    Example:
        >>> import gradmend, keras, numpy as np
        >>> layers = [keras.Input((4,)), keras.layers.Dense(1, name="out")]
        >>> model = keras.Sequential(layers, name="net")
        >>> model.compile("sgd", "mse")
        >>> monitor = gradmend.GradientMonitor()
        >>> x, y = np.ones((64, 4)), np.ones((64, 1))
        >>> history = model.fit(x, y, callbacks=[monitor], verbose=0)
        >>> sorted(history.history)
        ['grad_norm', 'loss', 'update_ratio']
        >>> [weight.path for weight in monitor.run.samples[0].weights]
        ['net/out/kernel', 'net/out/bias']
    """

    def __init__(
        self,
        log_dir: str | Path | None = None,
        update_freq: Frequency = "auto",
        probe: Any = None,
        raise_error: bool = False,  # noqa: FBT001, FBT002 - as in Keras' own callbacks
        on_nonfinite: Policy = "stop",
        layers: LookMode = "auto",
    ) -> None:
        super().__init__()
        if on_nonfinite not in POLICIES:
            raise UsageError(_no_policy(on_nonfinite))
        if probe is not None and not isinstance(probe, tuple | list):
            raise UsageError(_no_probe(probe))
        if layers not in ("auto", True, False):
            raise UsageError(_no_look_mode(layers))
        Schedule(update_freq)  # refuses now what it would refuse in `fit`
        self.log_dir = None if log_dir is None else Path(log_dir)
        self.update_freq: Frequency = update_freq
        self.probe = probe
        self.raise_error = raise_error
        self.layers: LookMode = layers
        self.on_nonfinite: Policy = on_nonfinite
        self._watch: Watch | None = None
        self._record: Record | None = None
        self._steps: Steps | None = None

    @property
    def run(self) -> TrainingRun | None:
        """The record of the present or latest `fit`, None before the first."""
        return None if self._record is None else self._record.run()

    @property
    def file(self) -> Path | None:
        """The run store of the present or latest `fit`, None without `log_dir`."""
        return None if self._record is None else self._record.file

    # `self.model` would make Keras on JAX write its state back into the model: `_model` does not.

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        """Take the place of the train function."""
        self._end()
        model = self._model
        self._record = Record(model, self.log_dir, self.update_freq)
        if getattr(model, "train_function", None) is None:
            self._record.note("the model trains without a train function: nothing can be seen")
            return
        self._watch = Watch(
            model,
            steps=self._compiled_steps(model),
            schedule=Schedule(self.update_freq),
            first_aid=FirstAid(self.on_nonfinite, raises=self.raise_error, tell=self._tell),
            looks=Looks(model, self.layers, self._record.note),
            keep=self._record.keep,
        )

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Note that an epoch begins."""
        if self._watch is not None:
            self._watch.begin_epoch(epoch)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Write the record of the epoch, and examine the probe."""
        if self._watch is None or self._record is None:
            return
        self._watch.settle()
        self._record.epoch(epoch, self._watch.taken, logs or {})
        if self.probe is not None:
            self._record.probe(epoch, self._watch.taken, self.probe)

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """Put everything back, and close the record."""
        watch, record = self._watch, self._record
        if watch is not None and record is not None:
            watch.settle()
            record.finish(watch.taken)
        self._end()

    def _compiled_steps(self, model: Any) -> Steps:
        """Return the steps of the last `fit` where they still serve: compiling them takes time."""
        kept = self._steps
        if kept is None or kept.model is not model or kept.original is not model.train_function:
            kept = self._steps = steps_for(model, model.train_function)
        return kept

    def _tell(self, bad: Any, action: str) -> str:
        assert self._watch is not None  # noqa: S101 - it is the watch that calls
        assert self._record is not None  # noqa: S101 - made together with it
        return self._record.nonfinite(bad, action, self._watch.steps)

    def _end(self) -> None:
        if self._watch is not None:
            self._watch.leave()
        if self._record is not None:
            self._record.close()
        self._watch = None


def _no_policy(received: object) -> str:
    return teach(
        "on_nonfinite must say what to do about NaN and infinity.",
        expected=", ".join(repr(policy) for policy in POLICIES),
        received=repr(received),
        means="a misspelt word.",
        attempt='GradientMonitor(on_nonfinite="stop")',
    )


def _no_look_mode(received: object) -> str:
    return teach(
        "layers must say whether to look at what the layers do.",
        expected='"auto" (within 0.5 % of the time), True or False',
        received=repr(received),
        means="a misspelt word, or a list of layers: all of them are looked at.",
        attempt='GradientMonitor(layers="auto")',
    )


def _no_probe(received: object) -> str:
    return teach(
        "probe must be a batch of data.",
        expected="a tuple (x, y) or (x, y, sample_weight)",
        received=type(received).__name__,
        means="a dataset or x alone was given.",
        attempt="GradientMonitor(probe=(x_val[:256], y_val[:256]))",
    )
