"""The exception tree of gradmend.

    GradmendError
    ├── UsageError            the call itself cannot work as written
    │   ├── ModelError        the model is not compiled, not built, or not a Keras model
    │   ├── DataError         the data has the wrong shape, range, size or type
    │   ├── FileError         a file is missing, unreadable, unsafe or of another kind
    │   └── BackendError      the wanted Keras backend is absent or not supported
    ├── MeasurementError      the model ran into trouble while it was being measured
    ├── NonFiniteError        a training step gave NaN or infinity (on request only)
    └── RecordError           a stored record is not one of ours, or of a newer version

Every message says four things, in this order: what was expected, what was
received, what that usually means, what to try. Build it with `teach`.
"""


class GradmendError(Exception):
    """Root of everything gradmend raises on purpose."""


class UsageError(GradmendError):
    """The call itself cannot work as written."""


class ModelError(UsageError):
    """The model is not compiled, cannot be built, or is not a Keras model."""


class DataError(UsageError):
    """The data has the wrong shape, range, size or type."""


class FileError(UsageError):
    """A file is missing, unreadable, unsafe to load or of another kind."""


class BackendError(UsageError):
    """The wanted Keras backend is absent or not supported."""


class MeasurementError(GradmendError):
    """The model ran into trouble while it was being measured."""


class NonFiniteError(GradmendError):
    """A training step gave NaN or infinity; raised by `GradientMonitor(raise_error=True)`."""


class RecordError(GradmendError):
    """A stored record is not one of ours, or was written by a newer gradmend."""


def teach(headline: str, *, expected: str, received: str, means: str, attempt: str) -> str:
    """Return a message that says what is wrong, what it means and what to try.

    Example:
        >>> print(teach("the model has no loss.", expected="a compiled loss",
        ...     received="loss=None", means="compile() was called without one.",
        ...     attempt='model.compile("adam", loss="mse")'))
        the model has no loss.
        <BLANKLINE>
        Expected: a compiled loss
        Received: loss=None
        <BLANKLINE>
        This usually means: compile() was called without one.
        Try: model.compile("adam", loss="mse")
    """
    return (
        f"{headline}\n\nExpected: {expected}\nReceived: {received}\n\n"
        f"This usually means: {means}\nTry: {attempt}"
    )
