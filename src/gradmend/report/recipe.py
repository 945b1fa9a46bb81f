"""How to see a visit again: what was installed and measured, and the line to type."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from gradmend.records import Measurements
from gradmend.report.blocks import Recipe
from gradmend.report.words import plain, plural


def recipe_of(m: Measurements, command: str | None = None) -> Recipe:
    """Return the recipe; `command` is what was typed, a call of `gradmend.check` when None.

    Example:
        >>> from gradmend.records import LossFacts, ModelFacts
        >>> m = Measurements(
        ...     backend="jax", keras_version="3.15.1", batch_size=32, batches=1,
        ...     model=ModelFacts(name="m", kind="Sequential", layers=1, parameters=1,
        ...         trainable_parameters=1, frozen_layers=0, precision="float32"),
        ...     loss=LossFacts(total=0.7, data=0.7, penalty=0.0))
        >>> recipe_of(m).lines
        ('KERAS_BACKEND=jax python', 'gradmend.check(model, x, y, batch_size=32)')
    """
    facts = (
        ("gradmend", _version()),
        ("keras", plain(m.keras_version)),
        ("backend", plain(m.backend)),
        ("model", f"{plain(m.model.name)} ({plain(m.model.kind)}, {plain(m.model.precision)})"),
        ("measured", f"{_batches(m)}; {plural(len(m.calls), 'layer call')}"),
    )
    batches = f", batches={m.batches}" if m.batches > 1 else ""
    start = f"KERAS_BACKEND={plain(m.backend)}"
    if command is not None:
        return Recipe(facts=facts, lines=(f"{start} {plain(command)}",))
    call = f"gradmend.check(model, x, y, batch_size={m.batch_size}{batches})"
    return Recipe(facts=facts, lines=(f"{start} python", call))


def _batches(m: Measurements) -> str:
    if not m.batches:
        return "no batch"
    count = "one batch" if m.batches == 1 else f"the median of {m.batches} batches"
    return f"{count} of {plural(m.batch_size, 'sample')}"


def _version() -> str:
    try:
        return version("gradmend")
    except PackageNotFoundError:
        return "not installed (a source tree)"
