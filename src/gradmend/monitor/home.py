"""Whether a train function is called by the `fit` it was made for.

A callback is not told when a training ends by an exception. So what stands on the
model must learn by itself that its `fit` is over, and leave: when a callback of that `fit`
raises, when the frame of `fit` is gone, or when another `fit` calls.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import keras

OURS = str(Path(__file__).parents[1])
HOOKS = (
    "on_epoch_begin",
    "on_epoch_end",
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_test_begin",
    "on_test_batch_begin",
    "on_test_batch_end",
    "on_test_end",
)


class Home:
    """Remembers the `fit` that a callback is in. Build it inside `on_train_begin`.

    `leave` is called as soon as that `fit` is gone, however it ended.
    """

    def __init__(self, leave: Callable[[], None]) -> None:
        members, fit = _callback_list_and_fit(sys._getframe(1))
        self._fit = None if fit is None else id(fit)
        # The list of callbacks lives as long as the frame of `fit`, which has no weak reference.
        self._farewell = None if members is None else weakref.finalize(members, leave)
        self._members = None if members is None else weakref.ref(members)
        for hook in HOOKS if members is not None else ():
            vars(members)[hook] = _leaving(getattr(members, hook), leave)

    def calls_from(self, frame: FrameType | None) -> bool:
        """Tell whether `frame`, or what called gradmend's frames above it, is that `fit`."""
        if self._fit is None:
            return True
        while frame is not None and frame.f_code.co_filename.startswith(OURS):
            frame = frame.f_back
        return id(frame) == self._fit

    def forget(self) -> None:
        """Ask for no farewell any more, and leave the list of callbacks as it was."""
        members = self._members() if self._members else None
        for hook in HOOKS if members is not None else ():
            vars(members).pop(hook, None)
        if self._farewell is not None:
            self._farewell.detach()


def _leaving(hook: Callable[..., Any], leave: Callable[[], None]) -> Callable[..., Any]:
    """Return a hook of a `CallbackList` that lets us leave when a callback raises."""
    function, owner = hook.__func__, weakref.ref(hook.__self__)  # type: ignore[attr-defined]  # a method

    def called(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(owner(), *args, **kwargs)
        except BaseException:
            leave()
            raise

    return called


def _callback_list_and_fit(frame: FrameType | None) -> tuple[Any, FrameType | None]:
    while frame is not None:
        owner = frame.f_locals.get("self")
        if isinstance(owner, keras.callbacks.CallbackList):
            return owner, frame.f_back
        frame = frame.f_back
    return None, None
