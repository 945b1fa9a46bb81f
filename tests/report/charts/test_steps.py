from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest

from gradmend.report.blocks import TimeProfile
from gradmend.report.charts import NARROW, WIDE, drawable, drawn
from gradmend.report.charts.steps import strip

WORDS = ("cats", "caught", "a", "fish")


def profile(**changes: Any) -> TimeProfile:
    told: dict[str, Any] = {"label": "rnn", "norms": (0.0, 1e-3, 0.1, 1.0), "remark": "r"}
    return TimeProfile(**{**told, **changes})


def cells(one: TimeProfile, width: float = 600.0) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = strip(one, width)["layer"][0]["data"]["values"]
    return found


def test_the_more_gradient_the_darker_and_none_is_lost() -> None:
    drawn_cells = cells(profile())
    assert [cell["lost"] for cell in drawn_cells] == [True, False, False, False]
    assert [round(cell["share"], 2) for cell in drawn_cells[1:]] == [0.0, 0.67, 1.0]
    assert drawn_cells[1]["told"] == "step 2: gradient 0.001"


def test_the_words_stand_in_rows_that_fit() -> None:
    one = profile(words=WORDS)
    assert [cell["told"].split(",")[0] for cell in cells(one)] == [f"'{word}'" for word in WORDS]
    assert {cell["top"] for cell in cells(one)} == {0}
    assert len({cell["top"] for cell in cells(one, 60.0)}) > 1
    assert all(cell["b"] <= 60.0 for cell in cells(one, 60.0))


def test_before_and_mended_share_a_scale() -> None:
    one = profile(words=WORDS, before=(0.0, 0.0, 1e-20, 1.0))
    above, below = cells(one)[:4], cells(one)[4:]
    assert [cell["lost"] for cell in above] == [True, True, True, False]
    assert above[0]["top"] < below[0]["top"]
    assert "before" in above[0]["told"]
    assert "mended" in below[0]["told"]


def test_words_of_another_length_than_the_curve_before_are_left_out() -> None:
    assert "'" not in cells(profile(words=WORDS, before=(1.0,)))[0]["told"]


def test_long_sequences_are_thinned_and_fill_the_width() -> None:
    many = cells(profile(norms=(1.0,) * 2000))
    assert len(many) <= 240
    assert many[-1]["b"] == pytest.approx(600.0)


@pytest.mark.skipif(not drawable(), reason="vl-convert is not installed")
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_words_and_names_are_in_the_picture(width: int) -> None:
    one = profile(words=("<b>", *WORDS[1:]), before=(1.0,) * 4)
    root = ET.fromstring(drawn(one, width))  # noqa: S314 - made by us a line ago
    texts = ["".join(text.itertext()) for text in root.iter() if text.tag.endswith("text")]
    assert {"<b>", "caught", "before", "mended"} <= set(texts)
    assert float(root.attrib["width"]) <= width + 8
