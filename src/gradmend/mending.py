"""`mend`: cures by root cause, proven by paired trials before they are offered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradmend.errors import UsageError, teach
from gradmend.records import Change, Measurements, Outcome, Trial, Verdict, Visit
from gradmend.report.mending import BY_HEART, FEW

if TYPE_CHECKING:
    from gradmend.report.document import Document
    from gradmend.trials import Clinic, Race, Rows
    from gradmend.trials.request import Request

MIN_SEEDS = 3  # fewer cannot tell a gain from luck


@dataclass(frozen=True, slots=True, repr=False)
class Mending:
    """The outcome of `mend`: a model, what was changed, and the trial that proves it.

    `model` is the mended model with the best weights of the trial, or the very model that
    was given where nothing was found that helps (where only other weights do, a copy with
    those). Of a trial that was stopped it is that of the arm that was ahead: `verdict` is
    "unfinished", for nothing is proven. `visit` is the check-up it began with, `sample` the
    inputs by which a saved model is compared, `mended` what was measured of a recurrent model
    after mending and before it was trained.
    """

    model: Any
    changes: tuple[Change, ...]
    trial: Trial
    visit: Visit
    rebuild: Callable[[int], Any] | None = None
    feeding: Callable[[Rows, int], tuple[Rows, int]] | None = None
    sample: Any = None
    mended: Measurements | None = None

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

        Raises UsageError where nothing was changed.
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

        return cell(self._document())

    def _document(self, words: Sequence[str] = ()) -> Document:
        from gradmend.report.mending_document import mending_document

        return mending_document(
            self.visit, self.trial, self.changes, words=words, mended=self.mended
        )

    def save(self, path: str | Path, *, words: Sequence[str] = ()) -> Path:
        """Write the model or the report; the suffix chooses.

        `.keras` is the model, which needs no gradmend to be loaded; `.html` a page that loads
        nothing, `.md` for a comment on a pull request, `.txt` plain text, `.json` the trial.
        A model file is loaded again, and kept only if it computes what the model computes.
        `words` are what stands at each step of the sequences, for the picture through time.

        Raises:
            UsageError: a suffix that is not known.
            ModelError: no file can hold the model; it names the layers and the lines to write.
        """
        from gradmend.report.forms import save
        from gradmend.report.mending import dumps

        path = Path(path)
        if path.suffix == ".keras":
            from gradmend.trials.saving import save_model

            return save_model(self.model, path, self.sample, self.changes)
        return save(
            path,
            documents=lambda: [self._document(words)],
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
    seen: Measurements | None = None,
) -> Mending:
    """Find out what keeps a model from learning, try the cures, and return what is proven.

    Proven: in equal steps all seeds beat a constant on held-out rows, by more than their spread.

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
        seen: What `gradmend run` measured in a `fit` of this model, to build on its course.

    Raises UsageError where the call cannot work as written.

    Example:
        >>> import gradmend, keras, numpy as np
        >>> x = np.random.default_rng(0).normal(size=(200, 4)).astype("float32")
        >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "softmax")])
        >>> model.compile(keras.optimizers.Adam(0.01), "mse")
        >>> gradmend.mend(model, x, (x[:, :1] > 0) * 1.0, budget=200).changes[0].treatment
        'repair-head'
    """
    from gradmend.trials import hired, request_of

    hiring = hired(workers, executor, seeds=seeds, least=MIN_SEEDS)
    asked = request_of(x, y, validation_data, sample_weight, batch_size=batch_size, budget=budget)
    return _mended(model, asked, progress=progress, lag=lag, seeds=seeds, hiring=hiring, seen=seen)


def _mended(
    model: Any,
    asked: Request,
    *,
    progress: bool | None,
    lag: int | None,
    seeds: int,
    hiring: dict[str, Any],
    seen: Measurements | None,
) -> Mending:
    from gradmend.checkup import conclude, examine
    from gradmend.measure.preserve import preserved
    from gradmend.trials import Clinic, with_courses
    from gradmend.trials.likeness import few
    from gradmend.trials.rows import scored
    from gradmend.trials.verdict import learns_only_now

    train, judged, own_split = asked.train, asked.judged, asked.own_split
    limits: Any = {"batch_size": asked.batch_size, "budget": asked.budget, "seeds": seeds}
    measured = examine(
        model, train.x, train.y, train.sample_weight,
        fit_batch_size=asked.batch_size, strict=True, lag=lag,
    )  # fmt: skip
    visit = conclude(measured).visit
    with preserved(model):
        clinic = Clinic(model, visit, train)
        if not clinic.prescriptions and visit.verdict is not Verdict.SICK:
            if seen is not None and seen.course is not None:
                measured = replace(measured, course=seen.course, times_after=seen.times_after)
            else:
                measured = with_courses(
                    measured, clinic, train,
                    budget=asked.budget, batch_size=asked.batch_size, seeds=seeds,
                )  # fmt: skip
            visit = conclude(measured).visit
        tried = partial(_tried, model, visit, train, progress=progress, hiring=hiring, **limits)
        mending = tried(judged=judged, own_split=own_split, note=FEW if judged is train else "")
        if mending.trial.arms and mending.verdict is Outcome.NOTHING_HELPED and judged is not train:
            again = tried(judged=scored(train), own_split=own_split, note=BY_HEART)
            mending = again if learns_only_now(again.trial) else mending
        return replace(mending, sample=few(model, train))


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
        return _outcome(race, clinic, trial, visit, model, train)


def _outcome(
    race: Race, clinic: Clinic, trial: Trial, visit: Visit, model: Any, train: Rows
) -> Mending:
    from gradmend.report.mending import learns_anew
    from gradmend.trials import mended_times

    best = trial.winner or trial.leader
    if best is None:
        lucky = clinic.doubted and learns_anew(trial)
        kept = race.model_of(trial.arms[0].name) if lucky else model
        return Mending(kept, (), _told(trial, visit, failed=clinic.doubted), visit)
    chosen = clinic.named(best)
    before = visit.measurements
    return Mending(
        race.model_of(best),
        clinic.changes(chosen),
        _told(trial, visit),
        visit,
        lambda seed: clinic.build(chosen, seed, fresh=True),
        clinic.feeding(chosen),
        mended=before and mended_times(clinic.build(chosen, 0), before, train),
    )


def _unchanged(model: Any, visit: Visit, trial: Trial) -> Mending:
    return Mending(model, (), _told(trial, visit), visit)


def _told(trial: Trial, visit: Visit, *, failed: bool = False) -> Trial:
    from gradmend.report.mending import reason

    found = visit.findings[0].message if visit.findings else ""
    told = reason(trial, healthy=visit.verdict is Verdict.HEALTHY, found=found, failed=failed)
    return replace(trial, reason=told)


def _not_changed() -> str:
    return teach(
        "there is no mended model to start from.",
        expected="a mending whose verdict is 'better'",
        received="a model that was not changed",
        means="nothing was found that helps.",
        attempt="print(mending) shows what was tried.",
    )
