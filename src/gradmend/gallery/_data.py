"""The data of the patients: bundled with scikit-learn, or drawn from a seed. No download."""

from __future__ import annotations

from typing import Any

from gradmend.errors import UsageError, teach


def _datasets() -> Any:
    try:
        from sklearn import datasets
    except ImportError:
        raise UsageError(
            teach(
                "this patient needs the data sets of scikit-learn.",
                expected="scikit-learn beside gradmend",
                received="no module named 'sklearn'",
                means="gradmend was installed without the data of its examples.",
                attempt="pip install 'gradmend[examples]'",
            )
        ) from None
    return datasets


def raw_digits() -> tuple[Any, Any]:
    """1797 handwritten digits of 8x8 pixels in 0..16, flat, and their classes."""
    digits = _datasets().load_digits()
    return digits.data.astype("float32"), digits.target


def digits() -> tuple[Any, Any]:
    """The handwritten digits, each pixel with mean 0 and standard deviation 1."""
    x, y = raw_digits()
    return (x - x.mean(0)) / (x.std(0) + 1e-6), y


def images() -> tuple[Any, Any]:
    """The handwritten digits as images of shape (8, 8, 1) in 0..1."""
    x, y = raw_digits()
    return (x / 16.0).reshape(-1, 8, 8, 1), y


def iris() -> tuple[Any, Any]:
    """150 flowers, 4 standardised features, 3 classes."""
    flowers = _datasets().load_iris()
    x = flowers.data.astype("float32")
    return (x - x.mean(0)) / x.std(0), flowers.target


def normal(seed: int, *shape: int) -> Any:
    """Numbers from N(0, 1), always the same for a seed."""
    import numpy as np

    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def regression(seed: int = 0, *, scale: float = 1.0) -> tuple[Any, Any]:
    """The digits' pixels, and a linear function of them with spread about `scale`."""
    x, _ = digits()
    return x, (x @ normal(seed + 1, 64, 1) / 8.0 * scale).astype("float32")


def circles(rows: int = 1000, *, noise: float = 0.1) -> tuple[Any, Any]:
    """Two rings, one inside the other, and which of them a point lies on."""
    x, y = _datasets().make_circles(rows, noise=noise, factor=0.8, random_state=0)
    return x.astype("float32"), y


def padded_tokens(seed: int, *, rows: int = 512, length: int = 40, words: int = 200) -> Any:
    """Sentences of 5 to `length` words, zeros in front; the class is told by two words.

    Word 1 stands in sentences of class 1, word 2 in those of class 0.
    """
    import numpy as np

    random = np.random.default_rng(seed)
    y = random.integers(0, 2, rows)
    x = np.zeros((rows, length), "int32")
    for row, label in enumerate(y):
        size = int(random.integers(5, length + 1))
        x[row, -size:] = random.integers(3, words, size)
        x[row, -int(random.integers(1, size + 1))] = 1 if label else 2
    return x, y


def table(name: str, *, rows: int | None = None) -> tuple[Any, Any]:
    """A table of scikit-learn ("wine", "breast_cancer", "diabetes"), features standardised."""
    bunch = getattr(_datasets(), f"load_{name}")()
    x, y = bunch.data.astype("float32"), bunch.target
    order = normal(0, len(x)).argsort()[:rows]
    return ((x - x.mean(0)) / x.std(0))[order], y[order]


def moons(rows: int = 400, *, noise: float = 0.1) -> tuple[Any, Any]:
    """Two half moons that no straight line parts, standardised."""
    x, y = _datasets().make_moons(rows, noise=noise, random_state=0)
    return ((x - x.mean(0)) / x.std(0)).astype("float32"), y


def friedman(rows: int = 400) -> tuple[Any, Any]:
    """A bent function of five of ten features in 0..1; targets with mean 0 and deviation 1."""
    x, y = _datasets().make_friedman1(rows, noise=0.5, random_state=0)
    return x.astype("float32"), ((y - y.mean()) / y.std()).astype("float32")[:, None]


def early_sums(seed: int, *, rows: int = 256, steps: int = 12) -> tuple[Any, Any]:
    """Sequences of two channels; the class is told by the first third of the first channel."""
    x = normal(seed, rows, steps, 2)
    return x, (x[:, : steps // 3, 0].sum(1) > 0.0).astype("float32")
