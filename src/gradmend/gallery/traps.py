"""What naive rules stumble over, and the healthy patient that has it."""

from __future__ import annotations

# What looks sick -> the patient that looks so and is well.
TRAPS: dict[str, str] = {
    "frozen layers have no gradient": "frozen-backbone",
    "most rows of an embedding have no gradient": "averaged-embeddings",
    "kernels before normalization have tiny relative gradients": "wide-kernels-normalized",
    "biases before normalization have no gradient": "bias-before-norm",
    "all gradients of a converged model are small": "converged",
    "a trained memory has no gradient into the past": "trained-latch",
    "gradients are tiny, and the optimizer rescales them": "narrow-recurrence",
    "residual branches start at zero": "zero-branches",
    "gradients grow toward the input under batch normalization": "batch-normalized",
    "a head that starts at zero lets no gradient through": "zero-head",
    "the last layer has the largest gradient": "loud-head",
    "one output weighs a hundred times less": "weighted-outputs",
    "the penalty is larger than the loss": "penalised",
    "a shared layer is counted twice": "shared-encoder",
    "half of the outputs of ReLU are zero": "relu-5",
    "gates and confident outputs are saturated": "open-forget-gates",
    "padded steps have no gradient": "masked-gru",
    "the gradient rises to the middle of the sequence": "answer-at-every-step",
    "a loss scale multiplies all gradients": "mixed-float16",
    "a summed loss multiplies all gradients": "summed-loss",
    "whole branches are zero in one batch": "stochastic-depth",
    "the first steps of a warm-up move nothing": "warm-up",
    "the loss goes up and down on its way down": "edge-of-stability",
    "the first batch holds one class": "sorted-labels",
    "squares of gradients underflow": "gru-100",
}
