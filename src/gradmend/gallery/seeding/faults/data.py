"""Faults of inputs, targets and labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from gradmend.gallery._program import Program
from gradmend.gallery.seeding._fault import Fault
from gradmend.records import Cause

NUMBERS = "numbers"


def on_inputs(program: Program, change: Callable[[Any], Any]) -> Program | None:
    """Change every input of floating numbers."""
    arrays = program.x if isinstance(program.x, dict) else {"": program.x}
    if any(array.dtype.kind != "f" for array in arrays.values()):
        return None
    changed = {name: change(array.copy()) for name, array in arrays.items()}
    return replace(program, x=changed if isinstance(program.x, dict) else changed[""])


def on_targets(program: Program, change: Callable[[Any], Any]) -> Program | None:
    """Change the targets of a regression; the model should learn the changed ones."""
    if program.task != NUMBERS or program.y is program.x:
        return None
    y = change(program.y.copy())
    return replace(program, y=y, truth=y)


def on_labels(
    program: Program, change: Callable[[Any], Any], *, tasks: tuple[str, ...]
) -> Program | None:
    """Change the targets only: the truth stays what it was."""
    if program.task not in tasks:
        return None
    return replace(program, y=change(program.y.copy()))


def in_order(program: Program) -> Program | None:
    """Sort the rows by their answers, and tell `fit` not to shuffle them."""
    plain = not isinstance(program.task, dict) and not isinstance(program.x, dict)
    if not plain or program.task not in SORTABLE or program.y is program.x:
        return None
    order = program.truth.reshape(len(program.truth), -1)[:, 0].argsort(kind="stable")
    rows = {name: getattr(program, name)[order] for name in ("x", "y", "truth")}
    return replace(program, **rows, fit={**program.fit, "shuffle": False})


def _scaled(array: Any, factor: float = 1.0, shift: float = 0.0) -> Any:
    return (array * factor + shift).astype("float32")


def _one_wide_feature(array: Any) -> Any:
    array[..., 0] *= 1e5
    return array


def _one_bad_number(array: Any, value: float) -> Any:
    array.reshape(-1)[array.size // 2] = value
    return array


def _constant(array: Any, value: float | None = None) -> Any:
    array[:] = array[0] if value is None else value
    return array


def _shuffled(array: Any) -> Any:
    import numpy as np

    return array[np.random.default_rng(7).permutation(len(array))]


def _off_by_one(array: Any) -> Any:
    return array + 1 if array.ndim == 1 else array


SORTABLE = ("classes", "binary", NUMBERS)
LABELLED = ("classes", "binary", "labels")
SOUND = frozenset({Cause.DATA, Cause.LABELS})
SCALE, TARGET = frozenset({Cause.INPUT_SCALE}), frozenset({Cause.TARGET_SCALE})
BROKEN = frozenset({Cause.DATA, Cause.NUMERICS})
YES_NO = ("binary", "labels")


def _inputs(name: str, title: str, causes: frozenset[Cause], change: Callable[[Any], Any]) -> Fault:
    return Fault(name=name, title=title, causes=causes, put_into=partial(on_inputs, change=change))


def _targets(
    name: str, title: str, causes: frozenset[Cause], change: Callable[[Any], Any]
) -> Fault:
    return Fault(name=name, title=title, causes=causes, put_into=partial(on_targets, change=change))


def _labels(
    name: str, title: str, causes: frozenset[Cause], change: Callable[[Any], Any], *tasks: str
) -> Fault:
    put_into = partial(on_labels, change=change, tasks=tasks)
    return Fault(name=name, title=title, causes=causes, put_into=put_into)


FAULTS = (
    _inputs("inputs-x255", "inputs times 255", SCALE, partial(_scaled, factor=255.0)),
    _inputs("inputs-x1e4", "inputs times 10 000", SCALE, partial(_scaled, factor=1e4)),
    _inputs("inputs-x1e-4", "inputs over 10 000", SCALE, partial(_scaled, factor=1e-4)),
    _inputs("inputs-far-off", "1000 added to the inputs", SCALE, partial(_scaled, shift=1e3)),
    _inputs("one-wide-feature", "one feature times 100 000", SCALE, _one_wide_feature),
    _inputs("constant-inputs", "all rows alike", SOUND | SCALE, _constant),
    _inputs(
        "nan-input", "one NaN in the inputs", BROKEN, partial(_one_bad_number, value=float("nan"))
    ),
    _inputs(
        "inf-input",
        "one infinity in the inputs",
        BROKEN,
        partial(_one_bad_number, value=float("inf")),
    ),
    _targets("targets-x1e3", "targets times 1000", TARGET, partial(_scaled, factor=1e3)),
    _targets("targets-x1e6", "targets times 1 000 000", TARGET, partial(_scaled, factor=1e6)),
    _targets("targets-far-off", "10 000 added to the targets", TARGET, partial(_scaled, shift=1e4)),
    _targets(
        "nan-target", "one NaN in the targets", BROKEN, partial(_one_bad_number, value=float("nan"))
    ),
    _labels(
        "shuffled-labels",
        "targets in another order than the rows",
        SOUND,
        _shuffled,
        *LABELLED,
        NUMBERS,
    ),
    _labels("constant-labels", "all targets alike", SOUND, partial(_constant, value=0), *LABELLED),
    _labels(
        "labels-from-one",
        "classes counted from 1",
        frozenset({Cause.LABELS}),
        _off_by_one,
        "classes",
    ),
    _labels(
        "labels-0-255",
        "yes is 255",
        frozenset({Cause.LABELS}),
        partial(_scaled, factor=255.0),
        *YES_NO,
    ),
    _labels(
        "labels-1-2",
        "no is 1 and yes is 2",
        frozenset({Cause.LABELS}),
        partial(_scaled, shift=1.0),
        *YES_NO,
    ),
    _labels(
        "labels-plus-minus",
        "no is -1",
        frozenset({Cause.LABELS}),
        partial(_scaled, factor=2.0, shift=-1.0),
        *YES_NO,
    ),
    Fault(
        name="sorted-rows",
        title="rows sorted by their targets, not shuffled",
        causes=frozenset({Cause.DATA}),
        put_into=in_order,
    ),
)
