"""From `workers=` and `executor=` to what runs the arms."""

from __future__ import annotations

from typing import Any

from gradmend.errors import UsageError, teach
from gradmend.trials.arms import Clinic
from gradmend.trials.budget import Budget
from gradmend.trials.executor import Executor
from gradmend.trials.in_turn import InTurn
from gradmend.trials.rows import Rows
from gradmend.trials.seats import CannotBeSent, Hire

EXECUTORS = ("processes", "ray")


def hired(workers: int, executor: str | None, *, seeds: int, least: int) -> dict[str, Any]:
    """Return the settings of who trains the arms.

    Raises:
        UsageError: fewer seeds than `least`, or workers that cannot be meant.
    """
    refuse_few_seeds(seeds, least)
    refuse_odd_workers(workers, executor)
    return {"workers": workers, "executor": executor}


def refuse_odd_workers(workers: object, executor: object) -> None:
    """Refuse what cannot be meant.

    Raises:
        UsageError: not a whole number from 1, or an executor that is not known.
    """
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        raise UsageError(
            teach(
                "this is not a number of workers.",
                expected="a whole number from 1: processes that train arms at the same time",
                received=f"workers={workers!r}",
                means="0 or -1 was meant as 'all cores'.",
                attempt="workers=os.cpu_count() // 2",
            )
        )
    if executor not in (None, *EXECUTORS):
        raise UsageError(
            teach(
                "this executor is not known.",
                expected="'processes' (of this machine) or 'ray' (a cluster)",
                received=f"executor={executor!r}",
                means="it is misspelled, or that of another library.",
                attempt="leave executor out; workers=4 alone means four processes",
            )
        )


def refuse_few_seeds(seeds: int, least: int) -> None:
    """Refuse a trial that could prove nothing.

    Raises:
        UsageError: fewer seeds than `least`.
    """
    if seeds < least:
        raise UsageError(
            teach(
                "so few seeds cannot prove a cure.",
                expected=f"seeds={least} or more",
                received=f"seeds={seeds}",
                means="one training more or less well is luck: the spread needs three.",
                attempt=f"leave seeds out, or a smaller budget with seeds={least}",
            )
        )


def executor_for(
    clinic: Clinic,
    train: Rows,
    judged: Rows,
    batch_size: int,
    *,
    budget: Budget,
    workers: int = 1,
    executor: str | None = None,
) -> tuple[Executor, str]:
    """Return what runs the arms, and why it is not what was asked for ("" when it is)."""
    in_turn = InTurn(train, judged, batch_size)
    if workers == 1 and executor != "ray":
        return in_turn, ""
    hire = _hire(workers, executor)
    from gradmend.trials.spread import Spread
    from gradmend.trials.worker import packed

    try:
        parcel = packed(clinic, train, judged, batch_size)
        return Spread(hire, workers, parcel, lambda: budget.left), ""
    except CannotBeSent as error:
        return in_turn, _in_turn(str(error))
    except Exception as error:  # noqa: BLE001 - a user's own class may raise anything
        return in_turn, _in_turn(str(error) or type(error).__name__)


def _hire(workers: int, executor: str | None) -> Hire:
    if executor == "ray":
        from gradmend.trials.ray import hire

        return hire()
    from gradmend.trials.processes import hire as hire_process

    return hire_process(workers)


def _in_turn(reason: str) -> str:
    lines = [line.strip() for line in reason.splitlines() if line.strip()]
    told = lines[0][:160].rstrip(".") if lines else "no reason was given"
    return (
        f"The arms ran one after another, for the model cannot be sent to another process: {told}."
    )
