"""What the L2 penalties have in common: the layers they stand on, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gradmend.records.finding import Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Prescription
from gradmend.records.signals import LayerCall
from gradmend.treatments._keras_lines import distinct, layer_line
from gradmend.treatments._treatment import Treatment

ROLES = frozenset({"dense", "conv", "recurrent"})


def penalized(
    treatment: Treatment,
    m: Measurements,
    finding: Finding,
    arguments: Callable[[LayerCall], dict[str, str]],
) -> Iterator[Prescription]:
    """Yield one prescription for the hidden layers of a network with saturated units."""
    heads = {output.layer for output in m.outputs}
    layers = [c for c in m.calls if c.role in ROLES and c.call == 1 and c.path not in heads]
    if finding.code != "A102" or m.loss.penalty > 0.0 or not layers:
        return
    yield treatment.prescription(
        finding,
        expected="fewer units are saturated, and the others can move again",
        where=[call.path for call in layers],
        before=distinct(layer_line(m, call) for call in layers),
        after=distinct(layer_line(m, call, **arguments(call)) for call in layers),
    )
