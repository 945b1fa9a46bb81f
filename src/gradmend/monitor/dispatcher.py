"""Stands as `model.train_function` while a `fit` is followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras

from gradmend.monitor.adapter import TrainFunctionAdapter
from gradmend.monitor.follower import Follower
from gradmend.monitor.learning_rates import present_rate


class Dispatcher:
    """Calls the train function Keras made, after one look at the first batch.

    `first_step(arguments)` is called once, before the first step, and returns the
    arguments to run it with. `observe(logs, result)` is called after every step.
    """

    def __init__(
        self,
        *,
        original: Callable[..., Any],
        adapter: TrainFunctionAdapter,
        first_step: Callable[[tuple[Any, ...]], tuple[Any, ...]],
        observe: Callable[[Any, Any], None],
    ) -> None:
        """Wrap `original`, the train function that Keras made."""
        self.original = original
        self._adapter = adapter
        self._first_step = first_step
        self._observe = observe
        self._started = False

    def __call__(self, *arguments: Any) -> Any:
        """Run one call of the train function, as Keras would have run it."""
        if not self._started:
            self._started = True
            arguments = self._first_step(arguments)
        result = self.original(*arguments)
        self._observe(self._adapter.logs(result), result)
        return result


class Installer(keras.callbacks.Callback):  # type: ignore[misc]  # keras ships no types
    """Puts the dispatcher in place once Keras has made its train function.

    It overrides no batch hook, so Keras goes on dispatching callbacks asynchronously. It
    never touches `self.model`, which on JAX would force the state back into the model.
    """

    def __init__(self, make: Callable[[Any], Dispatcher], follower: Follower) -> None:
        """Keep `make(train_function)`, which builds the dispatcher."""
        super().__init__()
        self._make = make
        self._follower = follower
        self._dispatcher: Dispatcher | None = None

    def on_train_begin(self, logs: Any = None) -> None:
        """Replace the train function."""
        self._put_in()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Tell the follower that the mean starts afresh; come back if we were replaced."""
        self._follower.begin_epoch(present_rate(self._model.optimizer))
        self._put_in()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Hand over the loss on the validation data, where there are any."""
        self._follower.end_epoch(logs)

    def on_train_end(self, logs: Any = None) -> None:
        """Put the train function of Keras back."""
        self.put_back()

    def put_back(self) -> None:
        """Put the train function of Keras back, if ours stands there."""
        ours = self._dispatcher
        if ours is not None and self._model.train_function is ours:
            self._model.train_function = ours.original

    def _put_in(self) -> None:
        present = self._model.train_function
        if present is None or present is self._dispatcher:
            return
        if self._dispatcher is None:
            self._dispatcher = self._make(present)
        self._dispatcher.original = present  # a callback made the train function anew
        self._model.train_function = self._dispatcher


@contextmanager
def handed_over(arguments: dict[str, Any], installer: Installer) -> Iterator[None]:
    """Add the installer to the `callbacks` among the arguments of `fit`.

    A list is copied; a ready `CallbackList` is added to and cleared again.
    """
    callbacks = arguments.get("callbacks")
    if not isinstance(callbacks, keras.callbacks.CallbackList):
        arguments["callbacks"] = _joined(callbacks, installer)
        yield
        return
    installer.set_model(callbacks._model)
    callbacks.callbacks.append(installer)
    try:
        yield
    finally:
        callbacks.callbacks.remove(installer)


def _joined(callbacks: Any, installer: Installer) -> Any:
    if not callbacks:
        return [installer]
    if isinstance(callbacks, list | tuple):
        return [*callbacks, installer]
    # Keras looks for batch hooks in lists only; a dict keeps a lone callback out of that.
    return {"0": callbacks, "1": installer}
