"""Follows a training from inside Keras' own `fit`.

`gradmend.monitor.attendance` imports Keras and is loaded only once a `fit` is called; this
page and `clinic` do not, so that a script may still choose its backend.
"""

from gradmend.monitor.clinic import Clinic

__all__ = ["Clinic"]
