"""A replayed step told as a document: where NaN or infinity came up, and how it grew."""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings.first_nonfinite import Origin, first_nonfinite
from gradmend.records import BackwardSignal, ForwardSignal, LayerCall, Measurements
from gradmend.report.blocks import Block, Headline, Note, Paragraph, Table, Tone
from gradmend.report.document import Document
from gradmend.report.words import number, plain, plural

STAGES = {
    "data": "the data '{}' hold NaN or infinity already",
    "weight": "the weight '{}' held NaN or infinity before the step",
    "forward": "the output of layer '{}' is the first that is not finite, on the way forward",
    "loss": "every layer of '{}' is finite, its loss is not",
    "backward": "the gradient at layer '{}' is the first that is not finite, on the way back",
    "gradient": "the gradient of the weight '{}' is the first that is not finite",
    "update": "all gradients are finite; the update of the weight '{}' is not",
}
TRIES = {
    "data": "clean the data: np.isfinite(x).all() must hold before fit.",
    "weight": "train from a checkpoint that is finite.",
    "forward": "look at what this layer computes: log, division, exp of a large number.",
    "loss": "the loss takes a logarithm of 0 or divides by 0: use from_logits=True, or clip.",
    "backward": "a function here has no finite derivative (sqrt or norm at 0), or the gradient "
    "grew on the way: clip it, global_clipnorm=1.0.",
    "gradient": "clip the gradients: global_clipnorm=1.0.",
    "update": "the learning rate is too large for these gradients.",
}
RECURRENT = (
    "its state or gradient grows with every time step: an orthogonal recurrent_initializer, tanh "
    "instead of relu, an LSTM or GRU, or global_clipnorm=1.0."
)
NEIGHBOURS = 12


def replay_document(m: Measurements, *, title: str, step: int) -> Document:
    """Return what was found when a captured step was run again."""
    origin = first_nonfinite(m)
    return Document(title=plain(title), blocks=tuple(_blocks(m, origin, title, step)))


def _blocks(m: Measurements, origin: Origin | None, title: str, step: int) -> Iterator[Block]:
    if origin is None:
        text = f"{plain(title)}: step {step} is finite when it runs again"
        yield Headline(lines=(("not repeated", text),), tone=Tone.CAREFUL)
        yield Paragraph(
            text="It depends on something the capsule does not hold: a random number drawn outside "
            "of Keras, or the state of the optimizer (see the update norms)."
        )
    else:
        told = STAGES[origin.stage].format(plain(origin.path))
        lines = [("non-finite", f"{plain(title)}, step {step}: {told}")]
        if origin.before is not None:
            lines.append(("before it", f"the largest magnitude was {number(origin.before)}"))
        recurrent = any(c.path == origin.path and c.role == "recurrent" for c in m.calls)
        lines.append(("try", RECURRENT if recurrent else TRIES[origin.stage]))
        yield Headline(lines=tuple(lines), tone=Tone.BAD)
    yield from _way(m, origin)


def _way(m: Measurements, origin: Origin | None) -> Iterator[Block]:
    calls = [call for call in m.calls if call.forward is not None or call.backward is not None]
    shown = _around(calls, origin.path if origin else None)
    if shown:
        yield Table(
            caption="Largest magnitudes on the way, input first",
            columns=("layer", "output", "not finite", "gradient", "not finite"),
            rows=tuple(_row(call) for call in shown),
        )
    if len(shown) < len(calls):
        yield Note(text=f"{plural(len(calls) - len(shown), 'layer')} further away not shown")


def _around(calls: list[LayerCall], path: str | None) -> list[LayerCall]:
    places = [i for i, call in enumerate(calls) if call.path == path]
    middle = places[0] if places else len(calls)
    start = max(0, min(middle - NEIGHBOURS, len(calls) - 2 * NEIGHBOURS))
    return calls[start : start + 2 * NEIGHBOURS]


def _row(call: LayerCall) -> tuple[str, ...]:
    forward, backward = call.forward, call.backward
    return (
        plain(call.label),
        *_largest(forward),
        *_largest(backward),
    )


def _largest(signal: ForwardSignal | BackwardSignal | None) -> tuple[str, str]:
    """Return the largest finite magnitude and the number of others."""
    if signal is None:
        return "", ""
    nothing_left = signal.nonfinite and not signal.largest
    return "-" if nothing_left else number(signal.largest), str(signal.nonfinite)
