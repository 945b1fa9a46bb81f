from __future__ import annotations

from gradmend.records import Cause
from gradmend.treatments.exchange_normalization import prescribe
from tests.findings.records import call, network
from tests.treatments.findings import finding

NORMALIZED = network(
    [call(0, "scale", "norm", class_name="LayerNormalization"), call(1, "head", inputs=(0,))]
)


def test_normalizes_over_the_batch_instead() -> None:
    (cure,) = prescribe(NORMALIZED, finding("B102", Cause.NORMALIZATION, "scale"))
    assert (cure.where, cure.before) == (("scale",), ("LayerNormalization()",))
    assert cure.after == ("BatchNormalization()",)


def test_has_nothing_to_say_about_other_troubles_of_normalization() -> None:
    assert not list(prescribe(NORMALIZED, finding("B101", Cause.NORMALIZATION, "scale")))
