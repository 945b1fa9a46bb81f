from __future__ import annotations

from gradmend.records import Cause
from gradmend.treatments.standardize_inputs import prescribe
from tests.findings.records import mlp, tensor
from tests.treatments.findings import finding

SCALE = finding("D101", Cause.INPUT_SCALE, "x")


def test_adapts_a_normalization() -> None:
    (cure,) = prescribe(mlp(2, inputs=(tensor(rms=40.0),)), SCALE)
    assert cure.after == (
        "normalize = Normalization()",
        "normalize.adapt(x)",
        "Input((64,)),",
        "normalize,",
    )


def test_rescales_pixels() -> None:
    pixels = tensor(shape=(32, 28, 28), rms=140.0, smallest=0.0, largest=255.0, integer_valued=True)
    (cure,) = prescribe(mlp(2, inputs=(pixels,)), SCALE)
    assert cure.after == ("Input((28, 28)),", "Rescaling(1 / 255),")


def test_has_nothing_to_say_without_inputs() -> None:
    assert not list(prescribe(mlp(2, inputs=()), SCALE))
