"""Find out why a Keras model does not learn, mend it, and prove that the mend works."""

from gradmend.checkup import Checkup, check
from gradmend.errors import (
    BackendError,
    DataError,
    FileError,
    GradmendError,
    MeasurementError,
    ModelError,
    RecordError,
    UsageError,
)
from gradmend.mending import Mending, mend

__all__ = [
    "BackendError",
    "Checkup",
    "DataError",
    "FileError",
    "GradmendError",
    "MeasurementError",
    "Mending",
    "ModelError",
    "RecordError",
    "UsageError",
    "check",
    "mend",
]
__version__ = "0.1.0.dev0"
