"""Sequences whose answer stands far back: an agreement language, adding, copying, reviews.

All are drawn from a seed. In the agreement language the first word is a noun, the last one
asks for a pronoun that agrees with it, and in between stand fillers and other nouns.
"""

from __future__ import annotations

from typing import Any

SINGULAR = ("cat", "dog", "bird", "child", "king", "fish")
PLURAL = ("cats", "dogs", "birds", "children", "kings", "mice")
FILLERS = (
    "that", "the", "caught", "a", "big", "old", "near", "and", "with", "saw", "in", "garden",
    "which", "slept", "by", "small", "quiet", "river", "of", "green", "then", "ran", "over",
)  # fmt: skip
WORDS = ("", *SINGULAR, *PLURAL, *FILLERS)
PRONOUNS = ("it", "they")
MOST_ATTRACTORS = 3


def agreement(seed: int, *, steps: int, rows: int = 2000) -> tuple[Any, Any]:
    """Return sentences (rows, steps) of word numbers, and 1 where the first noun is plural.

    One to three other nouns of either number stand between; the sentence ends before the
    pronoun, so the answer lies `steps` steps back.

    Example:
        >>> x, y = agreement(0, steps=20, rows=2)
        >>> WORDS[x[0, 0]] in PLURAL if y[0] else WORDS[x[0, 0]] in SINGULAR
        True
    """
    import numpy as np

    random = np.random.default_rng([seed, steps])
    nouns, first_filler = len(SINGULAR), 1 + len(SINGULAR) + len(PLURAL)
    y = random.integers(0, 2, rows)
    x = random.integers(first_filler, len(WORDS), (rows, steps))
    x[:, 0] = 1 + nouns * y + random.integers(0, nouns, rows)
    for sentence in x:
        places = random.integers(1, steps, random.integers(1, MOST_ATTRACTORS + 1))
        sentence[places] = random.integers(1, first_filler, len(places))
    return x.astype("int32"), y


def sentence(row: Any) -> str:
    """Return a row of word numbers as text.

    Example:
        >>> sentence([1, 13, 14])
        'cat that the'
    """
    return " ".join(WORDS[int(word)] for word in row if int(word))


def adding(seed: int, *, steps: int, rows: int = 2000) -> tuple[Any, Any]:
    """Return the adding problem: (rows, steps, 2) numbers and marks, and the marked sum.

    One mark stands in each half. Source: Hochreiter & Schmidhuber (1997), section 5.4.
    """
    import numpy as np

    random = np.random.default_rng([seed, steps, 1])
    numbers = random.uniform(0, 1, (rows, steps))
    marks = np.zeros((rows, steps))
    half, row = steps // 2, np.arange(rows)
    first, second = random.integers(0, half, rows), random.integers(half, steps, rows)
    marks[row, first] = marks[row, second] = 1.0
    y = (numbers * marks).sum(axis=1, keepdims=True)
    return np.stack([numbers, marks], axis=-1).astype("float32"), y.astype("float32")


def copying(seed: int, *, steps: int, rows: int = 2000, symbols: int = 8) -> tuple[Any, Any]:
    """Return sequences that begin with one symbol, blanks after it, and the symbol as answer.

    The shortest form of the copy problem of Arjovsky et al. (2016): one symbol is kept.
    """
    import numpy as np

    random = np.random.default_rng([seed, steps, 2])
    y = random.integers(0, symbols, rows)
    x = np.full((rows, steps), symbols)
    x[:, 0] = y
    return x.astype("int32"), y


def reviews(seed: int, *, steps: int, rows: int = 2000, words: int = 1000) -> tuple[Any, Any]:
    """Return reviews of neutral words in which one of the first five words tells the opinion.

    Words 1 to 20 are praise, 21 to 40 blame; 0 is never used.
    """
    import numpy as np

    random = np.random.default_rng([seed, steps, 3])
    y = random.integers(0, 2, rows)
    x = random.integers(41, words, (rows, steps))
    place = random.integers(0, 5, rows)
    x[np.arange(rows), place] = random.integers(1, 21, rows) + 20 * (1 - y)
    return x.astype("int32"), y
