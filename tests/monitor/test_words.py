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


def test_keras_says_what_below_where() -> None:
    error = ValueError(
        "Exception encountered when calling Dense.call().\n\n\x1b[1mno axis -1.\x1b[0m\n\nArguments"
    )
    assert one_line(error) == "ValueError: no axis -1"


def test_tensorflow_says_what_below_its_frames() -> None:
    frames = 'Detected at node x\n  File "a.py", line 1\n'
    text = f"Graph execution error:\n\n{frames}\nlabel 10 is out\n\t [[x]]"
    assert one_line(RuntimeError(text)) == "RuntimeError: label 10 is out"
    assert (
        one_line(RuntimeError("Graph execution error:")) == "RuntimeError: Graph execution error:"
    )
