from __future__ import annotations

from typing import Any

from gradmend.records import Change, Grade
from gradmend.report.diff import unified_diff

SOURCE = """import keras
model = keras.Sequential([keras.Input((4,))])
model.add(keras.layers.Dense(8, activation='sigmoid'))
model.compile("sgd", "mse")
"""


def change(before: tuple[str, ...], after: tuple[str, ...], **more: Any) -> Change:
    return Change(treatment="t", title="t", grade=Grade.ADVICE, before=before, after=after, **more)


SWAP = change(('Dense(8, activation="sigmoid")',), ('Dense(8, activation="relu")',))


def test_a_line_that_is_found_is_changed_where_it_stands() -> None:
    lines = unified_diff([SWAP], name="train.py", source=SOURCE).splitlines()
    assert lines[:2] == ["--- train.py", "+++ train.py (mended)"]
    assert "-model.add(keras.layers.Dense(8, activation='sigmoid'))" in lines
    assert '+model.add(keras.layers.Dense(8, activation="relu"))' in lines
    assert ' model.compile("sgd", "mse")' in lines


def test_a_line_written_in_another_way_is_shown_by_itself() -> None:
    source = SOURCE.replace("8", "UNITS")
    lines = unified_diff([SWAP], name="train.py", source=source).splitlines()
    assert lines[0] == "--- train.py: layer lines"
    assert lines[-2:] == ['-Dense(8, activation="sigmoid")', '+Dense(8, activation="relu")']


def test_a_change_of_more_lines_than_before_is_shown_by_itself() -> None:
    more = change(('Dense(8, activation="sigmoid")',), ("Dense(8)", "LayerNormalization()"))
    lines = unified_diff([more], name="train.py", source=SOURCE).splitlines()
    assert lines[0] == "--- train.py: layer lines"
    assert "+LayerNormalization()" in lines


def test_without_changes_there_is_nothing_to_write() -> None:
    assert unified_diff([], name="train.py", source=SOURCE) == ""
