"""What a finding is called in the first line: a few words that a student understands."""

from __future__ import annotations

from gradmend.records import Finding, Severity
from gradmend.report.words import SYMPTOMS

TROUBLES = {
    "N101": "the data hold NaN or infinity",
    "N102": "the weights hold NaN or infinity",
    "L101": "a softmax over one unit is always 1",
    "L102": "the softmax is applied twice",
    "L103": "the loss takes raw outputs for probabilities",
    "L104": "the output does not fit the loss",
    "L105": "the output cannot reach the targets",
    "L106": "the labels do not fit the loss",
    "L108": "the loss compares all rows with all rows",
    "L109": "the loss does not fit the targets",
    "D101": "the inputs are not scaled",
    "D102": "the targets are not scaled",
    "D104": "the inputs are all the same",
    "D103": "the targets are all the same",
    "D105": "the rows come sorted by their targets",
    "D106": "the sample weights are zero",
    "D107": "an embedding is given fractions",
    "Z102": "nothing can be trained",
    "N106": "float16 is too narrow inside a layer",
    "N107": "rounding decides what the model answers",
    "I105": "no bias can reach the mean of the targets",
    "S107": "the learning rate rises until the loss breaks",
    "B101": "the batch is too small to normalize over",
    "B102": "a normalization leaves nothing of its input",
    "L107": "one class is far more common",
    "G101": "the penalty drowns the loss of the data",
    "G102": "dropout leaves next to nothing",
    "I101": "the weights start too large",
    "I102": "the weights start too small",
    "G103": "weight decay outpaces learning",
    "I104": "the last layer starts too wide",
    "A103": "a softmax stands between the layers",
    "A105": "nothing but linear layers",
    "A104": "one ReLU unit stands in the way",
    "Z103": "most weights are frozen",
    "T103": "the loss rises while the model trains",
    "T107": "what was learned is lost again",
    "I103": "all units of a layer start equal",
    "R101": "the gradient explodes back through time",
    "R102": "the gradient vanishes back through time",
    "R103": "the memory is shorter than the lag",
    "R104": "the gates start with too short a memory",
    "R105": "a recurrence with ReLU",
    "R108": "the training has shortened the memory",
    "R109": "the memory fades over the long sequence",
    "R107": "the recurrent state is never negative",
    "R106": "the recurrent state is saturated",
    "N103": "the outputs turn NaN or infinite",
    "N104": "the loss is NaN or infinite",
    "N105": "the gradient turns NaN or infinite",
    "A101": "dead units: they are zero on every sample",
    "A102": "the activations are saturated",
    "A106": "attention looks at one key only",
    "A107": "all samples look the same inside the network",
    "V101": "the gradient vanishes toward the first layers",
    "V102": "signal and gradient fade with depth",
    "V103": "the gradient explodes toward the first layers",
    "Z101": "the gradient is exactly zero",
    "S101": "the learning rate is too high",
    "S102": "the steps are too long",
    "S103": "the steps are too short",
    "S105": "the learning rate fades too soon",
    "S106": "each epoch is a single step",
    "S104": "the batches are too small to follow",
    "T105": "the loss falls without a floor",
    "T101": "the loss blows up during training",
    "T102": "the model learns no more than a constant",
    "T106": "what was learned does not carry over",
}


def trouble_of(finding: Finding) -> str:
    """Return the trouble in words; a rule without words of its own is told by its symptom."""
    if finding.code == "T102" and finding.severity is not Severity.ERROR:
        return "so far no better than a constant"
    return TROUBLES.get(finding.code, SYMPTOMS[finding.symptom])
