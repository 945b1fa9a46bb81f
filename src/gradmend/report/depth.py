"""The gradient's way through depth, one row per layer call, input first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from gradmend.records import Finding, LayerCall, Measurements, Symptom
from gradmend.report.blocks import DepthProfile, DepthRow
from gradmend.report.words import plain

CAPTION = "the gradient through depth, input first"


def depth_profile(m: Measurements, root: Finding | None) -> DepthProfile | None:
    """Return the profile where it tells the story of the root cause, else None.

    It does when the trouble stands at some of the layers and shows in their gradients.
    """
    profile = depth_rows(m, root)
    aside = root is not None and root.symptom is Symptom.NOT_LEARNING
    told = root is None or (profile and not aside and any(row.marked for row in profile.rows))
    return profile if told else None


def depth_rows(m: Measurements, root: Finding | None) -> DepthProfile | None:
    """Return the profile, None where fewer than two calls saw a gradient."""
    if sum(call.backward is not None for call in m.calls) < 2:
        return None
    where = frozenset(root.where) if root else frozenset()
    heads = frozenset(output.layer for output in m.outputs)
    rows = tuple(_row(call, where, head=call.path in heads) for call in m.calls)
    return DepthProfile(caption=CAPTION, rows=rows)


def _row(call: LayerCall, where: frozenset[str], *, head: bool) -> DepthRow:
    gradient, word = _gradient(call, head=head)
    return DepthRow(
        label=plain(call.label),
        gradient=gradient,
        word=word,
        rms=call.forward.rms if call.forward else None,
        marked=not where.isdisjoint((call.label, call.path, *call.weights)),
    )


def _gradient(call: LayerCall, *, head: bool) -> tuple[float | None, str]:
    if call.backward is None:
        # TensorFlow differentiates a softmax or sigmoid and its cross-entropy in one piece.
        apart = "fused with the loss" if head else "does not reach the loss"
        return None, "not seen" if call.hidden else apart
    norm, broken = call.backward.norm, call.backward.nonfinite
    if broken or not math.isfinite(norm):
        return None, "nan/inf" if broken else str(norm)
    return (norm, "") if norm > 0.0 else (None, "zero")


def grouped(rows: Sequence[DepthRow], limit: int = 24) -> tuple[DepthRow, ...]:
    """Return at most `limit` rows, neighbours put together evenly; sizes are medians.

    Example:
        >>> rows = [DepthRow(label=f"d{i}", gradient=1.0) for i in range(60)]
        >>> [(row.label, row.calls) for row in grouped(rows, 24)][:2]
        [('d0 … d2', 3), ('d3 … d5', 3)]
    """
    size = -(-len(rows) // limit)
    return tuple(_together(rows[i : i + size]) for i in range(0, len(rows), size))


def _together(rows: Sequence[DepthRow]) -> DepthRow:
    if len(rows) == 1:
        return rows[0]
    drawn = [row.gradient for row in rows if row.gradient is not None]
    words = [row.word for row in rows if row.word]
    sizes = [row.rms for row in rows if row.rms is not None]
    return DepthRow(
        label=f"{rows[0].label} … {rows[-1].label}",
        gradient=median(drawn) if drawn else None,
        word=_counted(words, len(rows)),
        rms=median(sizes) if sizes else None,
        marked=any(row.marked for row in rows),
        calls=len(rows),
    )


def _counted(words: Sequence[str], total: int) -> str:
    """Say the commonest word, and how often where it is not all of them."""
    if not words:
        return ""
    word = max(dict.fromkeys(words), key=words.count)
    return word if words.count(word) == total else f"{word} ×{words.count(word)}"
