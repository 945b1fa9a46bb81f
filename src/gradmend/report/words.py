"""How numbers, places and enums are said. Every word of a report comes from here or document."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gradmend.records import Cause, Grade, Severity, Symptom, Verdict
from gradmend.report.blocks import Tone

SYMPTOMS = {
    Symptom.VANISHING: "gradient vanishes",
    Symptom.EXPLODING: "gradient explodes",
    Symptom.ZERO_GRADIENT: "gradient is exactly zero",
    Symptom.NON_FINITE: "nan or inf",
    Symptom.DEAD_UNITS: "dead units",
    Symptom.SATURATED: "saturated activations",
    Symptom.NOT_LEARNING: "does not learn",
}
CAUSES = {
    Cause.ACTIVATION: "activation function",
    Cause.DEPTH: "depth of the network",
    Cause.INITIALIZER: "initializer",
    Cause.BIAS: "bias",
    Cause.LEARNING_RATE: "learning rate",
    Cause.INPUT_SCALE: "scale of the inputs",
    Cause.TARGET_SCALE: "scale of the targets",
    Cause.OUTPUT_ACTIVATION: "activation of the output",
    Cause.LOSS_PAIRING: "loss and output do not fit",
    Cause.LABELS: "labels",
    Cause.RECURRENT_MEMORY: "memory of the recurrent layer",
    Cause.RECURRENT_EXPLOSION: "recurrent weights",
    Cause.NORMALIZATION: "normalization",
    Cause.PRECISION: "number format",
    Cause.DATA: "data",
    Cause.NUMERICS: "arithmetic (log, division, overflow)",
    Cause.REGULARIZATION: "regularization",
}
GRADES = {
    Grade.KEEPS_FUNCTION: "same model",
    Grade.CHANGES_FUNCTION: "changes the model",
    Grade.ADVICE: "advice",
}
VERDICT_TONES = {
    Verdict.SICK: Tone.BAD,
    Verdict.WATCH: Tone.CAREFUL,
    Verdict.HEALTHY: Tone.GOOD,
    Verdict.UNKNOWN: Tone.CAREFUL,
}
SEVERITY_TONES = {
    Severity.ERROR: Tone.BAD,
    Severity.WARNING: Tone.CAREFUL,
    Severity.NOTE: Tone.QUIET,
}


def plain(text: str) -> str:
    r"""Return the text with every unprintable character spelled out.

    Example:
        >>> print(plain("\x1b[31mred"))
        \x1b[31mred
    """
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def number(value: float, digits: int = 3) -> str:
    """Return a number to so many digits, in the shortest form that reads well.

    Example:
        >>> [number(v) for v in (0.0, 2.304, 1234.0, 12345.6, 7.2e-19, 0.001, float("nan"))]
        ['0', '2.3', '1234', '1.23e4', '7.2e-19', '0.001', 'nan']
    """
    if not value or not math.isfinite(value):
        return str(value) if value else "0"
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    if -4 < int(exponent) < 4:
        decimals = max(digits - 1 - int(exponent), 0)
        text = f"{value:.{decimals}f}"
        return text.rstrip("0").rstrip(".") if decimals else text
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"


def loss(value: float) -> str:
    """Return a loss to four digits, zeros kept, so that two losses can be compared.

    Example:
        >>> loss(2.3), loss(1e-9), loss(54321.0), loss(float("nan"))
        ('2.300', '1.000e-09', '5.432e+04', 'nan')
    """
    return f"{value:#.4g}".rstrip(".")


def power(value: float) -> str:
    """Return a positive number as a power of ten.

    Example:
        >>> power(2.0e-19)
        '10^-18.7'
    """
    return f"10^{math.log10(value):.1f}"


def plural(count: int, noun: str) -> str:
    """Return the count before its noun.

    Example:
        >>> plural(1, "layer"), plural(12345, "step")
        ('1 layer', '12,345 steps')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def places(where: Sequence[str], noun: str = "layer") -> str:
    """Return where something is, a long list shortened to its ends.

    Example:
        >>> places(["a", "b"]), places([f"dense_{i}" for i in range(3, 30)])
        ('a, b', 'dense_3 … dense_29 (27 layers)')
    """
    names = [plain(name) for name in dict.fromkeys(where)]
    if len(names) <= 3:
        return ", ".join(names)
    return f"{names[0]} … {names[-1]} ({plural(len(names), noun)})"
