"""The three backends reproduce the stored measurements.

Written on JAX; after a change that is meant, write them again:

    KERAS_BACKEND=jax python -m tests.golden.write
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import keras
import pytest

from gradmend.measure import measure
from gradmend.records import Measurements
from gradmend.records.codec import decode, encode
from tests.golden.networks import NETWORKS

FOLDER = Path(__file__).parent
# These belong to the machine that measured.
MACHINE = {"backend", "keras_version"}
RELATIVE, ABSOLUTE = 1e-3, 1e-7
# Keras on TensorFlow sends these losses round a final softmax or sigmoid, straight to the
# logits it remembers: no gradient passes the output of that layer, and None is recorded.
FUSED = {"sigmoid_tower": "head", "masked_lstm": "head"}


def differences(ours: Any, stored: Any, place: str = "") -> list[str]:
    """Return every place where two encoded records disagree beyond the tolerance."""
    if isinstance(ours, dict) and isinstance(stored, dict):
        keys = sorted((ours.keys() | stored.keys()) - MACHINE - _of_rounding(ours))
        return [d for k in keys for d in differences(ours.get(k), stored.get(k), f"{place}.{k}")]
    if isinstance(ours, list) and isinstance(stored, list) and len(ours) == len(stored):
        pairs = enumerate(zip(ours, stored, strict=True))
        return [d for i, (a, b) in pairs for d in differences(a, b, f"{place}[{i}]")]
    numbers = [value for value in (ours, stored) if isinstance(value, int | float)]
    if len(numbers) == 2 and math.isclose(ours, stored, rel_tol=RELATIVE, abs_tol=ABSOLUTE):
        return []
    return [] if ours == stored else [f"{place}: {ours!r}, stored {stored!r}"]


def _of_rounding(record: dict[str, Any]) -> set[str]:
    """Before a normalization or a softmax a bias may change nothing: its zeros are rounding."""
    return {"gradient_zero_share"} if record.get("role") == "bias" else set()


def stored(name: str) -> dict[str, Any]:
    """Return the stored record; a field that came later has its default."""
    record = json.loads((FOLDER / f"{name}.json").read_text())
    return encode(decode(record, Measurements))


@pytest.mark.parametrize("name", NETWORKS)
def test_agrees_with_what_is_stored(name: str) -> None:
    ours, expected = encode(measure(*NETWORKS[name]())), stored(name)
    if keras.backend.backend() == "tensorflow" and name in FUSED:
        for call, other in zip(ours["calls"], expected["calls"], strict=True):
            if call["path"] == FUSED[name]:
                assert call.pop("backward") is None
                assert other.pop("backward") is not None
    assert differences(ours, expected) == []


def test_every_file_has_its_network() -> None:
    assert {file.stem for file in FOLDER.glob("*.json")} == set(NETWORKS)


def test_the_comparison_sees_a_small_change_and_a_missing_part() -> None:
    one, other = stored("two_heads"), stored("two_heads")
    assert differences(one, other) == []
    other["calls"][0]["backward"]["norm"] *= 1.01
    other["weights"][0]["gradient_norm"] = None
    other["notes"] = ["new"]
    places = [text.partition(":")[0] for text in differences(one, other)]
    assert places == [".calls[0].backward.norm", ".notes", ".weights[0].gradient_norm"]
