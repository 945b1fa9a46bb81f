"""Mends what the worst `fit` of a script was given, after the script has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradmend.errors import DataError, teach
from gradmend.script.keeping import Kept

if TYPE_CHECKING:
    from gradmend.mending import Mending


def mend_kept(kept: Kept, **settings: Any) -> Mending:
    """Mend the model of a kept `fit` from the weights it began with.

    Args:
        kept: What the fit was given.
        settings: Further arguments of `gradmend.mend`: `budget`, `workers`, `progress`.

    Raises:
        UsageError: the data could be read only once, or `gradmend.mend` refuses the call.
    """
    from gradmend.mending import mend

    given = kept.arguments
    settings["budget"] = settings.get("budget") or _steps_of(kept)
    x, y, sample_weight = _data_of(kept)
    validation = given.get("validation_data")
    return mend(
        as_given(kept, x),
        x,
        y,
        None if _runs_once(validation) else validation,
        sample_weight,
        batch_size=given.get("batch_size") or _batch_size(kept),
        seen=None if kept.visit is None else kept.visit.measurements,
        **settings,
    )


def _data_of(kept: Kept) -> tuple[Any, Any, Any]:
    """What the fit was given, or the rows that a generator gave in its first epoch."""
    given = kept.arguments
    if not _runs_once(given.get("x")):
        return given.get("x"), given.get("y"), given.get("sample_weight")
    gathered = None if kept.passing is None else kept.passing.gathered()
    if gathered is None:
        raise DataError(_read_already())
    return gathered


def _batch_size(kept: Kept) -> int | None:
    """As many rows as the first batch of a generator has."""
    from keras import tree

    batches = [] if kept.passing is None else kept.passing.batches
    return len(tree.flatten(batches[0])[0]) if batches else None


def _steps_of(kept: Kept) -> int | None:
    """As many steps as the fit had: a cure has to help in the time that the training takes."""
    from gradmend.trials.budget import MAX_DEFAULT, MIN_DEFAULT

    seen = None if kept.visit is None else kept.visit.measurements
    if seen is None or seen.course is None or seen.course.total_steps < MIN_DEFAULT:
        return None
    return min(seen.course.total_steps, MAX_DEFAULT)


def as_given(kept: Kept, x: Any) -> Any:
    """Return a compiled copy of the model as it stood before its `fit`, built for inputs `x`."""
    from gradmend.treatments.surgery import blank_copy, compile_like

    new = blank_copy(kept.model, _as_arrays(x))
    if kept.weights is not None:
        new.set_weights(kept.weights)
    return compile_like(new, kept.model)


def _as_arrays(x: Any) -> Any:
    """The inputs where they are arrays, in any structure; a dataset shows no shape."""
    from keras import tree

    leaves = tree.flatten(x)
    return x if leaves and all(hasattr(leaf, "shape") for leaf in leaves) else None


def _runs_once(data: Any) -> bool:
    """Whether data is a generator, which the script has used up."""
    return hasattr(data, "__next__")


def _read_already() -> str:
    return teach(
        "the data of this fit() cannot be read a second time.",
        expected="arrays, or a dataset or loader that begins anew",
        received="a generator, which the script has used up",
        means="yield hands every batch out once.",
        attempt="put the generator into a keras.utils.PyDataset or tf.data.Dataset, or collect "
        "some thousand rows into arrays.",
    )
