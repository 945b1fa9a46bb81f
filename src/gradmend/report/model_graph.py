"""The model as a graph, each layer call with its health."""

from __future__ import annotations

from collections.abc import Sequence

from gradmend.records import Finding, LayerCall, Measurements, Severity
from gradmend.report.blocks import GraphNode, ModelGraph, Tone
from gradmend.report.words import SEVERITY_TONES, plain

RANK = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


def model_graph(m: Measurements, findings: Sequence[Finding]) -> ModelGraph | None:
    """Return the graph, None where no layer call was seen.

    A call has the tone of the worst finding that stands at it, and names all of them.
    """
    if not m.calls:
        return None
    places = {call.index: place for place, call in enumerate(m.calls)}
    nodes = tuple(_node(call, places, findings) for call in m.calls)
    return ModelGraph(caption="the model, each layer coloured by its health", nodes=nodes)


def _node(call: LayerCall, places: dict[int, int], findings: Sequence[Finding]) -> GraphNode:
    names = {call.label, call.path, *call.weights}
    here = sorted(
        (f for f in findings if names & set(f.where)), key=lambda f: RANK.index(f.severity)
    )
    tone, word = _health(call)
    if here:
        tone = SEVERITY_TONES[here[0].severity]
        word = ", ".join(dict.fromkeys(plain(f.code) for f in here))
    return GraphNode(
        label=plain(call.label),
        kind=_kind(call),
        tone=tone,
        word=word,
        reads=tuple(places[i] for i in call.inputs if i in places),
    )


def _health(call: LayerCall) -> tuple[Tone, str]:
    if call.hidden or call.forward is None:
        return Tone.QUIET, "not seen"
    if call.weights and not call.trainable:
        return Tone.QUIET, "frozen"
    return Tone.GOOD, "nothing found"


def _kind(call: LayerCall) -> str:
    activation = f", {plain(call.activation)}" if call.activation else ""
    return f"{plain(call.class_name)}{activation}"
