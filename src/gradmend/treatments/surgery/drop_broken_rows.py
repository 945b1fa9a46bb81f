"""Leave out the rows that hold NaN or infinity."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from keras import tree

from gradmend.errors import ModelError, teach
from gradmend.records.prescription import Prescription
from gradmend.treatments.surgery.feed import Feed
from gradmend.treatments.surgery.material import Material


def feed(feed: Feed, prescription: Prescription, material: Material) -> Feed:
    """Return the rows in which every number is finite."""
    whole = np.logical_and.reduce([_whole(leaf) for leaf in tree.flatten((feed.x, feed.y))])
    if not whole.any():
        raise ModelError(_none_left(len(whole)))
    x, y, weight = (_taken(part, whole) for part in (feed.x, feed.y, feed.sample_weight))
    return replace(feed, x=x, y=y, sample_weight=weight)


def _taken(part: Any, whole: Any) -> Any:
    return tree.map_structure(lambda leaf: None if leaf is None else leaf[whole], part)


def _whole(leaf: Any) -> Any:
    """Which rows hold finite numbers only; text and whole numbers always do."""
    leaf = np.asarray(leaf)
    if leaf.dtype.kind not in "fc":
        return np.ones(len(leaf), dtype=bool)
    return np.isfinite(leaf.reshape(len(leaf), -1)).all(axis=1)


def _none_left(rows: int) -> str:
    return teach(
        "no row is left when those with nan or inf are dropped.",
        expected="some rows in which every number is finite",
        received=f"{rows} rows, each with nan or inf",
        means="a whole column is broken: a division by a spread of zero, or a log of zero.",
        attempt="numpy.isfinite(x).all(axis=0) shows which columns; drop or impute those.",
    )
