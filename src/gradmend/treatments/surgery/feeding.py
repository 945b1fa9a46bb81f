"""Prescriptions that change what `fit` is given, and leave the model as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from gradmend.records.prescription import Prescription
from gradmend.treatments.surgery import drop_broken_rows, enlarge_batch, repair_labels
from gradmend.treatments.surgery.feed import Feed
from gradmend.treatments.surgery.material import Material

Change = Callable[[Feed, Prescription, Material], Feed]

FEEDING: Mapping[str, Change] = MappingProxyType(
    {
        "drop-broken-rows": drop_broken_rows.feed,
        "enlarge-batch": enlarge_batch.feed,
        "repair-labels": repair_labels.feed,
    }
)


def fed(feed: Feed, prescriptions: Iterable[Prescription], material: Material) -> Feed:
    """Return what `fit` is given when these prescriptions are followed.

    Args:
        feed: What it was given before.
        prescriptions: Those about the model are passed over.
        material: Measurements and training rows: held-out rows are changed as those are.

    Raises:
        ModelError: a prescription does not fit these rows.
    """
    for prescription in prescriptions:
        change = FEEDING.get(prescription.treatment)
        if change is not None:
            feed = change(feed, prescription, material)
    return feed
