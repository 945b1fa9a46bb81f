"""From the prescriptions of a visit to the arms that are tried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from gradmend.records import Change, Grade, Prescription, Visit
from gradmend.treatments.change_optimizer import PLAIN
from gradmend.treatments.change_optimizer import TREATMENT as OPTIMIZER
from gradmend.treatments.lower_learning_rate import TREATMENT as LOWER_RATE
from gradmend.treatments.raise_learning_rate import TREATMENT as RAISE_RATE
from gradmend.treatments.surgery import (
    FEEDING,
    Feed,
    Material,
    can_apply,
    change_of,
    compile_like,
    copy_of,
    fed,
    in_doses,
    operate,
)
from gradmend.treatments.surgery.compiling import inner_of
from gradmend.treatments.surgery.copying import own_objects
from gradmend.trials.budget import Budget
from gradmend.trials.entry import Entry, Feeding, Watch, unchanged
from gradmend.trials.executor import Executor
from gradmend.trials.fresh import afresh, looks_trained
from gradmend.trials.likeness import few, outputs
from gradmend.trials.race import Race
from gradmend.trials.rows import Rows
from gradmend.trials.succession import in_succession

PLACEBO = "placebo"
AFRESH = "fresh-weights"
TOGETHER = " + "

FRESH_WEIGHTS = Prescription(
    treatment=AFRESH,
    title="start again with fresh weights",
    grade=Grade.KEEPS_FUNCTION,
    answers="",
    before=("model.fit(x, y)  # from the weights it has",),
    after=("model = build_model()  # new weights", "model.compile(...)", "model.fit(x, y)"),
)
SHORTER_STEPS = Prescription(
    treatment=LOWER_RATE.name,
    title=LOWER_RATE.title,
    grade=LOWER_RATE.grade,
    answers="",
    before=("learning_rate=rate",),
    after=("learning_rate=rate / 10  # or the optimizer's default, where that is lower",),
)


LONGER_STEPS = Prescription(
    treatment=RAISE_RATE.name,
    title=RAISE_RATE.title,
    grade=RAISE_RATE.grade,
    answers="",
    before=("learning_rate=rate",),
    after=("learning_rate=rate * 10  # or the optimizer's default, where that is higher",),
)
OTHER_STEPS = Prescription(
    treatment=OPTIMIZER.name,
    title=OPTIMIZER.title,
    grade=OPTIMIZER.grade,
    answers="",
    before=("SGD(learning_rate=rate)",),
    after=("Adam(learning_rate=0.001)",),
)
# The usual guesses about the steps, whatever was found: a cure has to be better than these, and
# what was cured may still want steps of another length.
CONTROLS = (SHORTER_STEPS, LONGER_STEPS, OTHER_STEPS)
STEPS = frozenset(control.treatment for control in CONTROLS)


class Clinic:
    """Knows the patient, what was prescribed, and how the model of an arm is built.

    A model that was trained before is tried from the weights it has, and once more with
    fresh ones; any other is drawn anew for every seed.
    """

    def __init__(self, model: keras.Model, visit: Visit, train: Rows) -> None:
        self._model, self._visit, self._train = model, visit, train
        self._trained = _finite(model) and looks_trained(model, train.x)
        self.prescriptions = tuple(p for p in visit.prescriptions if can_apply(p))
        self._by_name = {PLACEBO: (), **self._arms()}

    def _arms(self) -> dict[str, tuple[Prescription, ...]]:
        arms: dict[str, tuple[Prescription, ...]] = {}
        for prescription in self.prescriptions:
            for one in self._in_doses(prescription):
                name = one.treatment if one.dose is None else f"{one.treatment} {one.dose:g}"
                # One treatment at several places is one change.
                arms[name] = (*arms.get(name, ()), one)
        if self._trained:
            arms[AFRESH] = (FRESH_WEIGHTS,)
        for control in CONTROLS if self._model.optimizer is not None else ():
            if control.treatment not in arms and (control is not OTHER_STEPS or self._plain()):
                arms[control.treatment] = (control,)
        return arms

    @property
    def doubted(self) -> bool:
        """Whether a training of the unchanged model was followed, and lost its memory."""
        m = self._visit.measurements
        return m is not None and bool(m.times_after)

    def _plain(self) -> bool:
        return type(inner_of(self._model.optimizer)).__name__.lower() in PLAIN

    def _in_doses(self, prescription: Prescription) -> tuple[Prescription, ...]:
        try:
            return in_doses(self._model, prescription, self._material(0))
        except Exception:  # noqa: BLE001 - what cannot be measured is tried in its usual strength
            return (prescription,)

    def named(self, name: str) -> tuple[Prescription, ...]:
        """The prescriptions that an arm follows."""
        return self._by_name[name]

    def entries(self) -> list[Entry]:
        """The placebo, then one arm per treatment, in the order of the root causes."""
        return [self._entry(name) for name in self._by_name]

    def combined(self, names: Sequence[str]) -> Entry | None:
        """An arm that follows the prescriptions of several arms."""
        names = _one_about_steps(names)
        name = TOGETHER.join(names)
        if name in self._by_name:
            return None
        self._by_name[name] = self._prescribed(names)
        return self._entry(name)

    def _prescribed(self, names: Sequence[str]) -> tuple[Prescription, ...]:
        return tuple(p for name in names for p in self._by_name[name])

    def _entry(self, name: str) -> Entry:
        chosen = self._by_name[name]
        treatments = tuple(dict.fromkeys(p.treatment for p in chosen))
        return Entry(
            name=name,
            treatments=treatments,
            build=lambda seed: self.build(chosen, seed),
            control=any(control in chosen for control in CONTROLS),
            chosen=chosen,
            answers=tuple(dict.fromkeys(p.answers for p in chosen if p.answers)),
            feeding=self.feeding(chosen),
        )

    def feeding(self, chosen: Sequence[Prescription]) -> Feeding:
        """How the rows change that an arm is fed."""

        def feeding(rows: Rows, batch_size: int) -> tuple[Rows, int]:
            given = Feed(
                x=rows.x, y=rows.y, sample_weight=rows.sample_weight, batch_size=batch_size
            )
            new = fed(given, chosen, self._material(0))
            return Rows(x=new.x, y=new.y, sample_weight=new.sample_weight), new.batch_size

        return feeding if any(p.treatment in FEEDING for p in chosen) else unchanged

    def build(
        self, chosen: Sequence[Prescription], seed: int, *, fresh: bool = False
    ) -> keras.Model:
        """Return the compiled model of an arm for a seed."""
        keep = self._trained and not fresh and FRESH_WEIGHTS not in chosen
        x = self._train.x
        model = copy_of(self._model, x) if keep else afresh(self._model, seed, x)
        keras.utils.set_random_seed(seed)
        model = compile_like(model, self._model)
        for prescription in chosen:
            if prescription != FRESH_WEIGHTS and prescription.treatment not in FEEDING:
                model = operate(model, prescription, self._material(seed), given=True)
        return model

    def as_given(self) -> keras.Model:
        """Return a compiled copy of the model with the weights it has."""
        return compile_like(copy_of(self._model, self._train.x), self._model)

    def _material(self, seed: int) -> Material:
        measurements = self._visit.measurements
        if measurements is None:
            raise ValueError("a visit without measurements has no prescriptions")
        return Material(measurements=measurements, x=self._train.x, y=self._train.y, seed=seed)

    def refuse_to_travel(self) -> None:
        """Refuse a model with code that another process cannot find.

        Raises:
            ValueError: names what is in the way.
        """
        for name, thing in own_objects(self._model).items():
            if name == "<lambda>":
                raise ValueError("it uses a lambda, which has no name to be found by")
            if thing.__module__ == "__main__":
                raise ValueError(f"'{name}' is defined in the script, not in a module of its own")
        if "__lambda__" in str(self._model.get_compile_config()):
            raise ValueError("it is compiled with a lambda, which has no name to be found by")

    def probe(self) -> tuple[list[Any], str]:
        """What the model computes on few rows, and how it is compiled: to compare copies by."""
        x = few(self._model, self._train)
        return outputs(self._model, x), str(self._model.get_compile_config())

    def changes(self, chosen: Sequence[Prescription]) -> tuple[Change, ...]:
        """What was changed, one after another, as lines before and after."""
        alone = (change_of(prescription, self._material(0)) for prescription in chosen)
        return tuple(in_succession(alone))


def _one_about_steps(names: Sequence[str]) -> list[str]:
    """Of several settings of the same step the last one counts, which is the control."""
    about = [name for name in names if name in STEPS]
    return [name for name in names if name not in about[:-1]]


def _finite(model: keras.Model) -> bool:
    return all(np.isfinite(keras.ops.convert_to_numpy(w.value)).all() for w in model.weights)


def race_of(
    clinic: Clinic,
    train: Rows,
    judged: Rows,
    *,
    budget: Budget,
    batch_size: int,
    seeds: int,
    watch: Watch | None = None,
    executor: Executor | None = None,
) -> Race:
    """Return the race of all arms of a clinic."""
    return Race(
        clinic.entries(),
        train,
        judged,
        budget=budget,
        batch_size=batch_size,
        seeds=range(seeds),
        combine=clinic.combined,
        watch=watch,
        executor=executor,
        doubted=clinic.doubted,
    )
