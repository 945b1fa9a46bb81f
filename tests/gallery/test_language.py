"""The answers of the languages, found again by another road."""

from __future__ import annotations

import numpy as np

from gradmend.gallery._language import (
    FILLERS,
    PLURAL,
    SINGULAR,
    WORDS,
    adding,
    agreement,
    copying,
    reviews,
    sentence,
)


def test_the_first_noun_decides_and_the_others_do_not() -> None:
    x, y = agreement(0, steps=30, rows=400)
    for row, plural in zip(x, y, strict=True):
        first, *rest = sentence(row).split()
        assert first in (PLURAL if plural else SINGULAR)
        attractors = [word for word in rest if word not in FILLERS]
        assert 1 <= len(attractors) <= 3
    assert 0.4 < y.mean() < 0.6
    last = [WORDS[row[np.flatnonzero(np.isin(row, range(1, 13)))[-1]]] in PLURAL for row in x]
    assert 0.4 < np.mean(np.array(last) == y) < 0.6  # the nearest noun is no clue


def test_a_seed_gives_the_same_sentences_again() -> None:
    assert np.array_equal(agreement(3, steps=10)[0], agreement(3, steps=10)[0])
    assert not np.array_equal(agreement(3, steps=10)[0], agreement(4, steps=10)[0])


def test_adding_is_the_sum_of_two_marked_numbers() -> None:
    x, y = adding(0, steps=20, rows=50)
    assert x[:, :, 1].sum(axis=1).tolist() == [2.0] * 50
    assert np.allclose((x[:, :, 0] * x[:, :, 1]).sum(axis=1, keepdims=True), y)


def test_copying_shows_the_answer_first_and_blanks_after_it() -> None:
    x, y = copying(0, steps=9, rows=20)
    assert x[:, 0].tolist() == y.tolist()
    assert (x[:, 1:] == 8).all()


def test_one_early_word_of_a_review_tells_the_opinion() -> None:
    x, y = reviews(0, steps=40, rows=300)
    telling = x <= 40
    assert telling.sum(axis=1).tolist() == [1] * 300
    assert telling.argmax(axis=1).max() < 5
    praise = (x[telling] <= 20).astype(int)
    assert praise.tolist() == y.tolist()
