from __future__ import annotations

from dataclasses import replace

from gradmend.findings import diagnose
from gradmend.findings.half_range_exceeded import check
from gradmend.records import Cause, Measurements
from tests.findings.records import UNITS, call, followed, forward, kernel, mlp, network, tensor

SILENT = {"rms": 0.0, "mean": 0.0, "std": 0.0, "largest": 0.0, "zero_share": 1.0}


def overflowing(precision: str = "mixed_float16", largest: float = 10_812.0) -> Measurements:
    """A mean of squares over features in the thousands, written as a layer of one's own."""
    own = call(0, "rms", "other", class_name="RMSNorm", forward=forward(**SILENT))
    facts = tensor(rms=1987.0, mean=1652.0, std=1103.0, smallest=92.0, largest=largest)
    m = network([own, call(1, "dense_0")], inputs=(facts,), weights=(kernel("dense_0"),))
    return replace(m, model=replace(m.model, precision=precision))


def test_zeros_out_of_values_whose_squares_overflow() -> None:
    (finding,) = check(overflowing())
    assert (finding.cause, finding.where) == (Cause.PRECISION, ("rms",))
    assert finding.message == (
        "'rms' reads values up to 10812 and returns zeros: in float16 a square beyond 256 "
        "is infinite"
    )


def test_it_explains_the_scale_of_the_inputs_and_the_end_of_the_training() -> None:
    findings = diagnose(followed(overflowing(), 2.31, 2.305, 2.303, 2.303))
    assert findings[0].code == "N106"
    assert {"D101", "T102"} <= set(findings[0].explains)


def test_other_precisions_and_squares_within_reach_are_left_alone() -> None:
    assert not list(check(overflowing("mixed_bfloat16")))
    assert not list(check(overflowing("float32")))
    assert not list(check(overflowing(largest=255.0)))
    assert list(check(overflowing(largest=257.0)))


def test_silent_branches_relus_and_outputs_that_vary_are_left_alone() -> None:
    m = overflowing()
    scale = kernel("rms", role="scale", shape=(UNITS,), rms=0.0)
    assert not list(check(replace(m, weights=(scale,))))
    for change in ({"activation": "relu"}, {"forward": forward()}, {"forward": None}):
        assert not list(check(replace(m, calls=(replace(m.calls[0], **change), m.calls[1]))))
    assert not list(check(mlp(2)))
