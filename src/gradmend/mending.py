"""`mend`: cures by root cause, proven by paired trials before they are offered."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradmend.errors import UsageError, teach
from gradmend.records import Change, Outcome, Trial, Verdict, Visit

if TYPE_CHECKING:
    from gradmend.trials import Clinic, Race, Rows

MIN_SEEDS = 3  # fewer cannot tell a gain from luck
FEW = (
    "So few rows were given that the arms are judged by the rows they train on: a gain says that "
    "the network learns, not that it generalizes."
)
BY_HEART = (
    "On held-out rows no arm beats a constant: what is mended learns the rows it is given and does "
    "not generalize from them. More data, or a smaller network, comes next."
)
LEARNS = 0.5  # of the trivial loss of the rows trained on


@dataclass(frozen=True, slots=True, repr=False)
class Mending:
    """The outcome of `mend`: a model, what was changed, and the trial that proves it.

    `model` is the mended model with the best weights of the trial, or the very model that
    was given where nothing was found that helps. Of a trial that was stopped it is that of the
    arm that was ahead: `verdict` is "unfinished", for nothing is proven. `visit` is the
    check-up it began with.
    """

    model: Any
    changes: tuple[Change, ...]
    trial: Trial
    visit: Visit
    rebuild: Callable[[int], Any] | None = None
    feeding: Callable[[Rows, int], tuple[Rows, int]] | None = None

    @property
    def verdict(self) -> Outcome:
        """Better, no difference, nothing helped or unfinished."""
        return self.trial.outcome

    @property
    def reason(self) -> str:
        """One sentence on why the verdict is what it is."""
        return self.trial.reason

    def untrained(self, seed: int = 0) -> Any:
        """Return the mended model with fresh weights, to train it from the start.

        Raises:
            UsageError: nothing was changed, so there is no mended model.
        """
        if self.rebuild is None:
            raise UsageError(_not_changed())
        return self.rebuild(seed)

    def fit_arguments(
        self, x: Any, y: Any = None, sample_weight: Any = None, batch_size: int | None = None
    ) -> dict[str, Any]:
        """Return what to give `fit`, so that the mended model is trained as it was in the trial.

        Most cures change the model alone: then it is what was given. Those of the data change the
        labels, leave out broken rows, or take more rows a step.

        Example:
            `mending.untrained().fit(**mending.fit_arguments(x, y), epochs=10)`
        """
        from gradmend.trials import rows_of

        rows, size = rows_of(x, y, sample_weight, batch_size=batch_size)
        if self.feeding is not None:
            rows, size = self.feeding(rows, size)
        return {"x": rows.x, "y": rows.y, "sample_weight": rows.sample_weight, "batch_size": size}

    def __repr__(self) -> str:
        from gradmend.report.mending import text

        return text(self.trial, self.changes)

    def _repr_html_(self) -> str:
        from gradmend.report.html import cell
        from gradmend.report.mending_document import mending_document

        return cell(mending_document(self.visit, self.trial, self.changes))

    def save(self, path: str | Path) -> Path:
        """Write the model or the report; the suffix chooses.

        `.keras` is the model, which needs no gradmend to be loaded; `.html` a page that loads
        nothing, `.md` for a comment on a pull request, `.txt` plain text, `.json` the trial.

        Raises:
            UsageError: a suffix that is not known.
        """
        from gradmend.report.forms import save
        from gradmend.report.mending import dumps
        from gradmend.report.mending_document import mending_document

        path = Path(path)
        if path.suffix == ".keras":
            self.model.save(path)
            return path
        return save(
            path,
            documents=lambda: [mending_document(self.visit, self.trial, self.changes)],
            json=lambda: dumps(self.visit, self.trial, self.changes),
            keras="the model",
        )


def mend(  # noqa: PLR0913 - the arguments of fit, and few of its own
    model: Any,
    x: Any,
    y: Any = None,
    validation_data: Any = None,
    sample_weight: Any = None,
    *,
    budget: int | str | timedelta | None = None,
    seeds: int = MIN_SEEDS,
    batch_size: int | None = None,
    lag: int | None = None,
    progress: bool | None = None,
    workers: int = 1,
    executor: str | None = None,
) -> Mending:
    """Find out what keeps a model from learning, try the cures, and return what is proven.

    Args:
        model: A compiled Keras model.
        x: Training inputs in any form that Keras takes, not only one batch.
        y: Targets.
        validation_data: As in `fit`; else a fifth of the rows is held out.
        sample_weight: As in `fit`.
        budget: Steps per finalist (default: thirty epochs, 500 to 1500), or "5 min".
        seeds: Trainings of each finalist, at least 3.
        batch_size: Rows per step for arrays; default 32.
        lag: How many steps back in a sequence the answer stands, if known.
        progress: Show what is tried; default: on a terminal.
        workers: Processes that train arms at a time; the result is that of one.
        executor: "ray" for the actors of a Ray cluster.

    Raises:
        UsageError: the call cannot work as written.

    Example:
        >>> import gradmend, keras, numpy as np
        >>> x = np.random.default_rng(0).normal(size=(200, 4)).astype("float32")
        >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "softmax")])
        >>> model.compile(keras.optimizers.Adam(0.01), "mse")
        >>> gradmend.mend(model, x, (x[:, :1] > 0) * 1.0, budget=200).changes[0].treatment
        'repair-head'
    """
    from gradmend.trials import budget_of, rows_of

    data, size = rows_of(x, y, sample_weight, batch_size=batch_size)
    return _mended(
        model, *_split(data, validation_data), own_split=validation_data is None, lag=lag,
        budget=budget_of(budget, steps_per_epoch=max(len(data) // size, 1)),
        batch_size=size, seeds=seeds, progress=progress, hiring=_checked(seeds, workers, executor),
    )  # fmt: skip


def _checked(seeds: int, workers: int, executor: str | None) -> dict[str, Any]:
    from gradmend.trials import refuse_odd_workers

    if seeds < MIN_SEEDS:
        raise UsageError(_too_few_seeds(seeds))
    refuse_odd_workers(workers, executor)
    return {"workers": workers, "executor": executor}


def _mended(
    model: Any,
    train: Rows,
    judged: Rows,
    *,
    own_split: bool,
    progress: bool | None,
    lag: int | None,
    hiring: dict[str, Any],
    **limits: Any,
) -> Mending:
    from gradmend.checkup import conclude, examine
    from gradmend.measure.preserve import preserved
    from gradmend.trials import Clinic, course_of
    from gradmend.trials.rows import scored

    measured = examine(
        model, train.x, train.y, train.sample_weight,
        fit_batch_size=limits["batch_size"], strict=True, lag=lag,
    )  # fmt: skip
    visit = conclude(measured).visit
    with preserved(model):
        clinic = Clinic(model, visit, train)
        if not clinic.prescriptions and visit.verdict is not Verdict.SICK:
            steps = {name: limits[name] for name in ("budget", "batch_size")}
            course = course_of(clinic, train, **steps)
            visit = conclude(replace(measured, course=course)).visit
        tried = partial(_tried, model, visit, train, progress=progress, hiring=hiring, **limits)
        mending = tried(judged=judged, own_split=own_split, note=FEW if judged is train else "")
        if mending.trial.arms and mending.verdict is Outcome.NOTHING_HELPED and judged is not train:
            again = tried(judged=scored(train), own_split=own_split, note=BY_HEART)
            return again if _learns_only_now(again.trial) else mending
        return mending


def _tried(
    model: Any,
    visit: Visit,
    train: Rows,
    *,
    judged: Rows,
    own_split: bool,
    note: str,
    progress: bool | None,
    hiring: dict[str, Any],
    **limits: Any,
) -> Mending:
    from gradmend.trials import Clinic, executor_for, race_of
    from gradmend.trials.progress import shown

    clinic = Clinic(model, visit, train)
    # What a training alone shows to be sick may want other steps, even where no cure is known.
    trained = visit.measurements is not None and visit.measurements.course is not None
    if not clinic.prescriptions and not (trained and visit.verdict is Verdict.SICK):
        nothing = Trial(arms=(), outcome=Outcome.NOTHING_HELPED, reason="")
        return _unchanged(model, visit, nothing)
    runner, odd = executor_for(
        clinic, train, judged, limits["batch_size"], budget=limits["budget"], **hiring
    )
    with closing(runner), shown(steps=limits["budget"].steps, wanted=progress) as watch:
        race = race_of(clinic, train, judged, watch=watch, executor=runner, **limits)
        race.run()
        note = " ".join(part for part in (note, odd) if part)
        apart = not note.startswith((FEW, BY_HEART))
        trial = replace(race.result(), own_split=own_split, held_out=apart, note=note)
        return _outcome(race, clinic, trial, visit, model)


def _learns_only_now(trial: Trial) -> bool:
    """Whether the unchanged model cannot learn even its own rows, and the winner does."""
    from gradmend.trials.verdict import BEATS_TRIVIAL

    won = [arm for arm in trial.arms if arm.name == trial.winner]
    return bool(won) and trial.arms[0].score >= BEATS_TRIVIAL and won[0].score <= LEARNS


def _outcome(race: Race, clinic: Clinic, trial: Trial, visit: Visit, model: Any) -> Mending:
    best = trial.winner or trial.leader
    if best is None:
        return _unchanged(model, visit, trial)
    chosen = clinic.named(best)
    return Mending(
        race.model_of(best),
        clinic.changes(chosen),
        _told(trial, visit),
        visit,
        lambda seed: clinic.build(chosen, seed, fresh=True),
        clinic.feeding(chosen),
    )


def _split(data: Rows, validation_data: Any) -> tuple[Rows, Rows]:
    """The rows to train on and those to judge by; `validation_data` as `fit` takes it."""
    from gradmend.trials.rows import held_out, rows_of, scored

    if validation_data is None:
        return held_out(data)
    parts = validation_data if isinstance(validation_data, tuple) else (validation_data,)
    return data, scored(rows_of(*parts)[0])


def _unchanged(model: Any, visit: Visit, trial: Trial) -> Mending:
    return Mending(model, (), _told(trial, visit), visit)


def _told(trial: Trial, visit: Visit) -> Trial:
    from gradmend.report.mending import reason

    found = visit.findings[0].message if visit.findings else ""
    told = reason(trial, healthy=visit.verdict is Verdict.HEALTHY, found=found)
    return replace(trial, reason=told)


def _too_few_seeds(seeds: int) -> str:
    return teach(
        "so few seeds cannot prove a cure.",
        expected=f"seeds={MIN_SEEDS} or more",
        received=f"seeds={seeds}",
        means="one training more or less well is luck: the spread needs three.",
        attempt=f"leave seeds out, or a smaller budget with seeds={MIN_SEEDS}",
    )


def _not_changed() -> str:
    return teach(
        "there is no mended model to start from.",
        expected="a mending whose verdict is 'better'",
        received="a model that was not changed",
        means="nothing was found that helps.",
        attempt="print(mending) shows what was tried.",
    )
