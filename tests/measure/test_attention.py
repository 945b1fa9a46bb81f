"""One-hot queries are counted as Keras' own scores have them."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from gradmend.measure import measure

ROWS, STEPS, FEATURES = 8, 6, 4
X = np.random.default_rng(0).normal(size=(ROWS, STEPS, FEATURES)).astype("float32")
MASK = np.arange(STEPS) < np.array([6, 5, 4, 3, 6, 6, 2, 1])[:, None]


def heads(**settings: Any) -> Any:
    start = keras.initializers.RandomNormal(stddev=3.0, seed=0)
    return layers.MultiHeadAttention(2, 3, kernel_initializer=start, **settings)


def attending(layer: Any, **how: Any) -> Any:
    tokens, seen = keras.Input((STEPS, FEATURES)), keras.Input((STEPS,), dtype="bool")
    if "masked" in how:
        how = {"attention_mask": keras.ops.expand_dims(seen, 1)}
    listed = isinstance(layer, layers.Attention)
    y = layer([tokens, tokens], **how) if listed else layer(tokens, tokens, **how)
    model = keras.Model([tokens, seen], layers.GlobalAveragePooling1D()(y))
    model.compile("sgd", "mse")
    return model


def said(model: Any) -> float | None:
    found = measure(model, [X, MASK], np.zeros((ROWS, FEATURES), "float32"))
    (share,) = (c.forward.attention_one_hot for c in found.calls if c.role == "attention")
    return share


def share_of(weights: Any, free: Any) -> float:
    """Of weights (rows, heads, queries, keys), where `free` says who had a choice."""
    sharp = keras.ops.convert_to_numpy(weights).max(axis=-1) > 0.99
    free = np.broadcast_to(free, sharp.shape)
    return float(sharp[free].mean())


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_of_heads(dropout: float) -> None:
    layer = heads(dropout=dropout)
    share = said(attending(layer))
    _, weights = layer(X, X, return_attention_scores=True)
    assert share == pytest.approx(share_of(weights, np.array(True)))
    assert 0.05 < share < 0.95


def test_of_heads_that_look_back() -> None:
    layer = heads()
    share = said(attending(layer, use_causal_mask=True))
    _, weights = layer(X, X, return_attention_scores=True, use_causal_mask=True)
    assert share == pytest.approx(share_of(weights, np.arange(STEPS) > 0))


def test_of_masked_keys() -> None:
    layer = heads()
    share = said(attending(layer, masked=True))
    _, weights = layer(X, X, return_attention_scores=True, attention_mask=MASK[:, None])
    assert share == pytest.approx(share_of(weights, (MASK.sum(1) > 1)[:, None, None]))


@pytest.mark.parametrize("kind", ["Attention", "AdditiveAttention"])
def test_of_plain_attention(kind: str) -> None:
    layer = getattr(layers, kind)()
    share = said(attending(layer))
    _, weights = layer([X, X], return_attention_scores=True)
    assert share == pytest.approx(share_of(keras.ops.expand_dims(weights, 1), np.array(True)))


def test_default_heads_are_not_one_hot() -> None:
    assert said(attending(layers.MultiHeadAttention(2, 3))) == 0.0


def test_who_sees_one_key_only_had_no_choice() -> None:
    one = keras.Input((1, FEATURES))
    model = keras.Model(one, layers.Flatten()(heads(name="attention")(one, one)))
    model.compile("sgd", "mse")
    found = measure(model, X[:, :1], np.zeros((ROWS, FEATURES), "float32"))
    assert all(call.forward.attention_one_hot is None for call in found.calls if call.forward)


def test_a_subclass_that_computes_another_way_is_left_alone() -> None:
    class Own(layers.MultiHeadAttention):  # type: ignore[misc]  # keras ships no types
        def _compute_attention(self, query: Any, key: Any, *rest: Any, **more: Any) -> Any:
            return keras.ops.zeros_like(query), None

    model = attending(Own(2, 3, name="own"))
    found = measure(model, [X, MASK], np.zeros((ROWS, FEATURES), "float32"))
    (call,) = (c for c in found.calls if c.path == "own")
    assert call.forward is not None
    assert call.forward.attention_one_hot is None


def test_no_listener_stays() -> None:
    layer = heads(name="attention")
    said(attending(layer))
    assert not {"call", "_compute_attention"} & set(vars(layer))
