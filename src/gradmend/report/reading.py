"""One line under each picture: how to read it, and what healthy looks like."""

from __future__ import annotations

from gradmend.report.blocks import (
    Curve,
    DepthProfile,
    HeatMap,
    ModelGraph,
    Picture,
    TimeProfile,
    TrialTable,
    UnitStrip,
    WeightProfile,
)

READ: dict[type, str] = {
    DepthProfile: "Both lines should stay within a decade or two. Where the gradient falls toward "
    "the left, the first layers hardly learn; where it rises, their steps are too long.",
    TimeProfile: "Level: every step of the sequence can be learned from. Falling toward the left: "
    "the layer forgets what came early. Rising toward the left: it explodes. In the strip a cell "
    "stands for a step: the stronger its colour, the more gradient reaches it; red, next to none, "
    "or more than a float can hold. "
    "Dashed is the model before it was mended.",
    HeatMap: "One row per layer, training from left to right; the darker, the larger. A row that "
    "fades has stopped to learn; red is not finite.",
    Curve: "A loss that stays at the dashed line is no better than always giving the same answer.",
    WeightProfile: "A step of about a thousandth of the weight is usual. Far above it training "
    "jumps about, far below it nothing moves.",
    UnitStrip: "The darker, the larger the share of units that pass no gradient on: saturated ones "
    "are at the bounds of their activation, dead ones are zero on every sample.",
    ModelGraph: "From input to output. Squares stand for errors, triangles for warnings; an arc is "
    "an input from further back.",
    TrialTable: "Every dot is a training from one seed, the bar their mean. 1 has learned nothing; "
    "only what lies clearly below the unchanged model is proven.",
}


def reading_of(picture: Picture) -> str:
    """Return how to read a picture."""
    if isinstance(picture, Curve) and picture.quantity != "loss":
        return "Level or slowly falling is usual. Steep rises come before a loss that jumps."
    return READ[type(picture)]
