"""What is done when a step gives NaN or infinity: stop, skip it, or only say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from gradmend.errors import NonFiniteError, teach
from gradmend.monitor.guard import BadStep

if TYPE_CHECKING:
    from gradmend.monitor.watch import Watch

Policy = Literal["stop", "skip", "warn"]
MOST_SKIPPED = 10


class FirstAid:
    """Follows a policy. `tell(bad, action)` writes the capsule, and says what was done."""

    def __init__(
        self, policy: Policy, *, raises: bool, tell: Callable[[BadStep, str], str]
    ) -> None:
        self.policy = policy
        self._raises = raises
        self._tell = tell
        self._skipped = 0

    def help(self, watch: Watch, arguments: Any) -> tuple[Any, bool]:
        """Find the bad step and act; return the arguments to go on with, and whether to stop.

        `arguments` are None between epochs, when the model itself holds the state.
        """
        guard = watch.guard
        if self.policy == "warn":
            bad = _without_a_trace(watch, arguments)
            self._tell(bad, "warn")
            guard.active = False
            return arguments, False
        bad = guard.find()
        while self.policy == "skip" and bad.found and self._skipped < MOST_SKIPPED:
            self._skipped += 1
            self._tell(bad, "skip")
            state = watch.steps.copied(bad.good)
            next_bad = guard.follow(state, list(bad.rest), bad.step)
            if next_bad is None:
                arguments = watch.steps.go_back(arguments, guard.followed)
                guard.restart(watch.steps.snapshot(arguments)[0], watch.taken)
                return arguments, False
            bad = next_bad
        message = self._tell(bad, "stop")
        if bad.good is not None:
            arguments = watch.steps.go_back(arguments, bad.good)
        guard.active = False
        watch.model.stop_training = True
        if self._raises:
            raise NonFiniteError(message)
        return arguments, True


def _without_a_trace(watch: Watch, arguments: Any) -> BadStep:
    """Find the bad step, and put the training back to where it was."""
    now, _ = watch.steps.snapshot(arguments)
    try:
        return watch.guard.find()
    finally:
        watch.steps.go_back(arguments, now)


def bad_step_message(bad: BadStep, name: str, capsule: str | None) -> str:
    """Return the error for a training that was stopped."""
    at = f"step {bad.step}" if bad.found else f"a step after step {bad.step - 1}"
    replay = f"gradmend replay {capsule} {name}.keras" if capsule else "gradmend check"
    return teach(
        f"{at} gave NaN or infinity.",
        expected="a finite loss, and finite weights after the update",
        received=f"a non-finite loss or update at {at}; the model holds the weights before it",
        means="the step was too large, a function was asked for a value it does not have "
        "(log 0), or the data hold NaN.",
        attempt=f"{replay} names the first layer that went wrong.",
    )
