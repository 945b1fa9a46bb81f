"""Apply a prescription: a new model out of an old one, which is never touched.

Needs Keras, unlike `gradmend.treatments`, which prescribes from records alone.
"""

from __future__ import annotations

from gradmend.treatments.surgery.compiling import compile_like
from gradmend.treatments.surgery.copying import blank_copy, copy_of
from gradmend.treatments.surgery.feed import Feed
from gradmend.treatments.surgery.feeding import FEEDING, fed
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.surgery.operate import (
    OPERATIONS,
    can_apply,
    change_of,
    in_doses,
    operate,
)

__all__ = [
    "FEEDING",
    "OPERATIONS",
    "Feed",
    "Material",
    "blank_copy",
    "can_apply",
    "change_of",
    "compile_like",
    "copy_of",
    "fed",
    "in_doses",
    "operate",
]
