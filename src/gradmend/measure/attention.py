"""How sharply attention looks: the share of queries that see one key and nothing else.

The scores are computed a second time, beside the layer's own computation, which may be a fused
kernel that never shows them; of few samples and queries only, because all of them may not fit into
memory.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from keras import layers, ops

SAMPLES, QUERIES = 16, 32  # at most that many are looked at, spread evenly
ONE_HOT = 0.99  # of the weight of a query on a single key
FORBIDDEN = -1e9

# A layer's method that knows the scores, or what they are made of.
Method = tuple[str, Callable[[Any, dict[str, Any]], Any]]


def method_of(layer: Any) -> Method | None:
    """Return the method to listen to, and what counts its one-hot queries.

    The count takes the layer and the arguments of the method by name, and returns a vector of
    two: queries that are one-hot, and queries that may look at two keys or more. None for other
    layers, and for a subclass with a method of its own, which may compute anything.
    """
    for kind, name, count in (
        (layers.Attention, "_apply_scores", _of_scores),  # AdditiveAttention as well
        (layers.MultiHeadAttention, "_compute_attention", _of_heads),
        (layers.GroupQueryAttention, "_compute_attention", _of_heads),
    ):
        if isinstance(layer, kind) and getattr(type(layer), name) is getattr(kind, name):
            return name, count
    return None


def heard(original: Callable[..., Any], listener: Callable[[dict[str, Any]], None]) -> Any:
    """Return `original`, with its arguments told to `listener` by name at every call."""
    signature = inspect.signature(original)

    def method(*args: Any, **kwargs: Any) -> Any:
        try:
            listener(dict(signature.bind(*args, **kwargs).arguments))
        except Exception:  # noqa: BLE001 - Keras may change what it hands over: then nothing is seen
            return original(*args, **kwargs)
        return original(*args, **kwargs)

    return method


def _of_heads(layer: Any, arguments: dict[str, Any]) -> Any:
    """Scores of projected queries (B, T, N, H) and keys (B, S, N, H)."""
    query, key = arguments["query"], arguments["key"]
    rows, places = _stride(query.shape[0], SAMPLES), _stride(query.shape[1], QUERIES)
    query, keys = query[::rows, ::places], key[::rows]
    scale = getattr(layer, "_inverse_sqrt_key_dim", None) or layer._inverse_sqrt_head_dim
    scores = ops.einsum("bthd,bshd->bhts", _plain(query), _plain(keys)) * scale
    allowed = _thinned(arguments.get("attention_mask"), rows, places)
    if arguments.get("use_causal_mask"):
        steps = ops.arange(key.shape[1])
        past = ops.expand_dims(steps, 0) <= ops.expand_dims(steps[: key.shape[1] : places], 1)
        allowed = past if allowed is None else ops.logical_and(allowed, past)
    return _one_hot(scores, allowed)


def _of_scores(_: Any, arguments: dict[str, Any]) -> Any:
    """Scores as they are, (B, T, S)."""
    scores = arguments["scores"]
    rows, places = _stride(scores.shape[0], SAMPLES), _stride(scores.shape[1], QUERIES)
    allowed = _thinned(arguments.get("scores_mask"), rows, places)
    return _one_hot(ops.expand_dims(_plain(scores[::rows, ::places]), 1), allowed)


def _stride(size: int, most: int) -> int:
    return max(-(-size // most), 1)


def _plain(value: Any) -> Any:
    """Half precision is too coarse, and no gradient belongs to us."""
    return ops.cast(ops.stop_gradient(value), "float32")


def _thinned(mask: Any, rows: int, places: int) -> Any:
    """The mask as (B or 1, N or 1, T or 1, S or 1), of the same samples and queries."""
    if mask is None:
        return None
    while len(mask.shape) < 4:
        mask = ops.expand_dims(mask, -3)
    kept = mask[:: rows if mask.shape[0] > 1 else 1]
    kept = kept[:, :, :: places if mask.shape[2] > 1 else 1]
    return ops.cast(ops.stop_gradient(kept), "bool")


def _one_hot(scores: Any, allowed: Any) -> Any:
    """Count among scores (B, N, T, S)."""
    if allowed is None:
        allowed = ops.ones_like(scores, dtype="bool")
    allowed = ops.broadcast_to(allowed, scores.shape)
    scores = ops.where(allowed, scores, ops.full_like(scores, FORBIDDEN))
    above = scores - ops.max(scores, axis=-1, keepdims=True)
    largest = 1.0 / ops.sum(ops.exp(above), axis=-1)
    free = ops.sum(ops.cast(allowed, "int32"), axis=-1) > 1
    sharp = ops.logical_and(largest > ONE_HOT, free)
    return ops.stack([ops.sum(ops.cast(found, "float32")) for found in (sharp, free)])
