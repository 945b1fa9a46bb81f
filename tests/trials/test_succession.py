from __future__ import annotations

from gradmend.records import Change, Grade
from gradmend.trials.succession import in_succession


def change(before: tuple[str, ...], after: tuple[str, ...]) -> Change:
    return Change(treatment="t", title="t", grade=Grade.ADVICE, before=before, after=after)


SWAP = change(('Dense(5, activation="sigmoid")',), ('Dense(5, activation="selu")',))
ROAD = change(
    ('x = Dense(5, activation="sigmoid")(x)',),
    ('branch = Dense(5, activation="sigmoid")(x)', "x = Add()([x, branch])"),
)
STEPS = change(("learning_rate=rate",), ("learning_rate=rate * 10",))


def test_a_later_change_begins_with_the_lines_of_an_earlier_one() -> None:
    swap, road, steps = in_succession([SWAP, ROAD, STEPS])
    assert swap == SWAP
    assert steps == STEPS
    assert road.before == ('x = Dense(5, activation="selu")(x)',)
    assert road.after == ('branch = Dense(5, activation="selu")(x)', "x = Add()([x, branch])")


def test_a_change_that_splits_a_line_in_two_is_not_carried_on() -> None:
    road, swap = in_succession([ROAD, SWAP])
    assert (road, swap) == (ROAD, SWAP)


def test_two_changes_of_the_same_line_add_up() -> None:
    first = change(("Adam()",), ("Adam(clipnorm=1.0)",))
    second = change(("model.compile(Adam())",), ("model.compile(Adam(), jit_compile=False)",))
    _, made = in_succession([first, second])
    assert made.before == ("model.compile(Adam(clipnorm=1.0))",)
    assert made.after == ("model.compile(Adam(clipnorm=1.0), jit_compile=False)",)


def test_a_line_that_holds_the_new_text_already_stays() -> None:
    first = change(("rate",), ("rate * 10",))
    second = change(("rate * 10",), ("rate * 10 * 2",))
    assert list(in_succession([first, second])) == [first, second]
