"""How numbers, places and enums are said. Every word of a report comes from here or document."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gradmend.records import Cause, Evidence, Severity, Symptom, Verdict
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
    Cause.ACTIVATION: "the activation function",
    Cause.DEPTH: "the depth of the network",
    Cause.INITIALIZER: "the initializer",
    Cause.BIAS: "the bias",
    Cause.LEARNING_RATE: "the learning rate",
    Cause.INPUT_SCALE: "the scale of the inputs",
    Cause.TARGET_SCALE: "the scale of the targets",
    Cause.OUTPUT_ACTIVATION: "the activation of the output",
    Cause.LOSS_PAIRING: "loss and output do not fit",
    Cause.LABELS: "the labels",
    Cause.RECURRENT_MEMORY: "the memory of the recurrent layer",
    Cause.RECURRENT_EXPLOSION: "the recurrent weights",
    Cause.NORMALIZATION: "the normalization",
    Cause.PRECISION: "the number format",
    Cause.DATA: "the data",
    Cause.NUMERICS: "the arithmetic (log, division, overflow)",
    Cause.REGULARIZATION: "the regularization",
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


def number(value: float) -> str:
    """Return a number to three digits, in the shortest form that reads well.

    Example:
        >>> [number(v) for v in (0.0, 2.304, 1234.0, 12345.6, 7.2e-19, 0.001, float("nan"))]
        ['0', '2.3', '1234', '1.23e4', '7.2e-19', '0.001', 'nan']
    """
    if not value or not math.isfinite(value):
        return str(value) if value else "0"
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    if -4 < int(exponent) < 4:
        decimals = max(2 - int(exponent), 0)
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


def proof(evidence: Evidence) -> str:
    """Return one number with its name and unit, nothing said twice.

    Example:
        >>> proof(Evidence(name="dead units", value=0.95, unit="share"))
        'dead units 95 %'
        >>> proof(Evidence(name="real_steps", value=60.0, unit="steps"))
        'real steps 60'
    """
    name, unit = plain(evidence.name).replace("_", " "), plain(evidence.unit)
    if unit == "share" and math.isfinite(evidence.value):
        return f"{name} {number(100.0 * evidence.value)} %"
    said = unit == "count" or name.endswith(unit)
    return f"{name} {number(evidence.value)} {'' if said else unit.removeprefix('1 ')}".rstrip()
