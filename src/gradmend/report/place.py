"""Where a finding stands, in words: layers with what they compute, an input, the optimizer."""

from __future__ import annotations

from gradmend.records import Finding, LayerCall, Measurements
from gradmend.report.words import places, plain, plural

FEW = 3  # layers that are all named


def place_of(finding: Finding, m: Measurements | None) -> str:
    """Return where the finding stands; the bare names when nothing more is known."""
    names = tuple(dict.fromkeys(finding.where))
    if m is None or not names:
        return places(names)
    calls = [call for call in m.calls if call.label in names]
    if len(calls) == len(names):
        return _layers(calls, m)
    if any(names[0] == fact.name for fact in m.targets):
        return _targets(names[0], m)
    return f"{_kind(names[0], m)}{places(names)}"


def _targets(name: str, m: Measurements) -> str:
    output = next(o for o in m.outputs if o.target is not None and o.target.name == name)
    return "targets" if len(m.outputs) == 1 else f"targets of output {plain(output.name)}"


def _kind(name: str, m: Measurements) -> str:
    """Return what a name that is no layer stands for."""
    if m.optimizer is not None and name == m.optimizer.name:
        return "optimizer "
    return "input " if any(name == fact.name for fact in m.inputs) else ""


def _layers(calls: list[LayerCall], m: Measurements) -> str:
    if len(calls) > 1:
        mark = ":" if len(calls) <= FEW else ","
        return f"{plural(len(calls), _adjective(calls) + 'layer')}{mark} {_ends(calls)}"
    call = calls[0]
    output = next((o for o in m.outputs if o.layer == call.path), None)
    word = "output" if output else "layer"
    told = [plain(call.class_name)] if call.role == "recurrent" else []
    told += [plain(call.activation)] if call.activation else []
    told += [plural(output.units, "unit")] if output else []
    return f"{word} {plain(call.label)}" + (f" ({', '.join(told)})" if told else "")


def _adjective(calls: list[LayerCall]) -> str:
    """Return the activation that all of them share, as a word before "layers"."""
    shared = {call.activation for call in calls}
    only = next(iter(shared))
    return f"{plain(only)} " if len(shared) == 1 and only else ""


def _ends(calls: list[LayerCall]) -> str:
    names = [plain(call.label) for call in calls]
    return ", ".join(names) if len(names) <= FEW else f"{names[0]} … {names[-1]}"
