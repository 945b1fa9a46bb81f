"""One line on an exception."""

from __future__ import annotations

from gradmend.monitor.words import MOST_CHARACTERS, one_line


def test_the_first_line_is_enough() -> None:
    assert one_line(ValueError("\nbad shape\nand more")) == "ValueError: bad shape"


def test_an_exception_without_text_is_its_type() -> None:
    assert one_line(KeyboardInterrupt()) == "KeyboardInterrupt"


def test_a_long_line_is_cut() -> None:
    line = one_line(ValueError("x" * 1000))
    assert len(line) == MOST_CHARACTERS
    assert line.endswith("…")
