"""Bring labels into the range that the loss reads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from keras import tree

from gradmend.errors import ModelError, teach
from gradmend.records.facts import OutputFacts
from gradmend.records.prescription import Prescription
from gradmend.treatments.repair_labels import Labels, line_for, reads_classes
from gradmend.treatments.surgery.feed import Feed
from gradmend.treatments.surgery.material import Material


def feed(feed: Feed, prescription: Prescription, material: Material) -> Feed:
    """Return the rows with the labels of the outputs named mapped into the range of their loss."""
    outputs, targets = material.measurements.outputs, tree.flatten(feed.y)
    if len(outputs) != len(targets):
        raise ModelError(_not_one_each(len(outputs), len(targets)))
    new = [
        _repaired(target, labels_of(known), output) if _named(output, prescription) else target
        for target, known, output in zip(targets, tree.flatten(material.y), outputs, strict=True)
    ]
    return replace(feed, y=tree.pack_sequence_as(feed.y, new))


def labels_of(target: Any) -> Labels:
    """The range of all labels: one batch need not hold the smallest and the largest."""
    known = np.asarray(target)
    return Labels(
        smallest=float(known.min()), largest=float(known.max()), distinct=len(np.unique(known))
    )


def _named(output: OutputFacts, prescription: Prescription) -> bool:
    return (output.layer or output.name) in prescription.where


def _repaired(target: Any, labels: Labels, output: OutputFacts) -> Any:
    target = np.asarray(target)
    if reads_classes(output):
        if labels.largest - labels.smallest >= output.units:
            raise ModelError(_too_many_classes(labels, output))
        return target - np.asarray(labels.smallest, target.dtype)
    if labels.distinct <= 2:
        return (target > labels.smallest).astype("float32")
    spread = labels.largest - labels.smallest
    return ((target - labels.smallest) / spread).astype("float32")


def lines(
    prescription: Prescription, material: Material
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines for the range of all rows."""
    before, after = [], []
    for output, target in zip(
        material.measurements.outputs, tree.flatten(material.y), strict=False
    ):
        if _named(output, prescription):
            labels = labels_of(target)
            before.append(f"y in {labels.smallest:g}..{labels.largest:g}")
            after.append(line_for(output, labels))
    return tuple(before), tuple(after)


def _too_many_classes(labels: Labels, output: OutputFacts) -> str:
    count = int(labels.largest - labels.smallest) + 1
    return teach(
        f"the labels name {count} classes, and the output has {output.units} units.",
        expected=f"labels from 0 to {output.units - 1}, or a last layer of {count} units",
        received=f"labels from {labels.smallest:g} to {labels.largest:g}",
        means="a class was added to the data, or numbers were left out in between.",
        attempt=f"Dense({count}, ...) as the last layer, or numpy.unique(y, return_inverse=True)",
    )


def _not_one_each(outputs: int, targets: int) -> str:
    return teach(
        "the labels cannot be told apart by output.",
        expected=f"one target for each of {outputs} outputs",
        received=f"{targets} targets",
        means="some outputs are not trained on a target.",
        attempt="repair the labels by hand, with the line that was prescribed.",
    )
