"""One more look at a recurrent model, when the `fit` of a script has ended and disappointed."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from typing import Any

from gradmend.findings import look_after_pays
from gradmend.records import Visit


def looked_at_again(
    visit: Visit, fit: Callable[..., Any], model: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Visit:
    """Return the visit, judged anew where the trained model was worth another look.

    Args:
        visit: What came of the fit.
        fit: The method that was called.
        model: The model as the fit has left it.
        args: What the fit was given.
        kwargs: The same by name.
    """
    found = visit.measurements
    if found is None or not look_after_pays(found):
        return visit
    try:
        given = inspect.signature(fit).bind(model, *args, **kwargs).arguments
        x, y = given.get("x"), given.get("y")
        if hasattr(x, "__next__"):
            return visit  # the script has used it up
        checkup = importlib.import_module("gradmend.checkup")  # imports keras when it is called
        with importlib.import_module("gradmend.monitor.undisturbed").undisturbed():
            look = importlib.import_module("gradmend.trials").looked_after
            again = look(found, model, x, y, given.get("sample_weight"))
            return _joined(visit, checkup.conclude(again).visit)
    except Exception:  # noqa: BLE001 - nothing of ours may end a script
        return visit


def _joined(first: Visit, again: Visit) -> Visit:
    """The later visit, with what only the monitor found in the earlier one."""
    from gradmend.monitor.layers_followed import with_findings

    known = {finding.code for finding in again.findings}
    return with_findings(again, tuple(f for f in first.findings if f.code not in known))
