"""PyTorch where it is installed: the JAX environment of `make test` has none."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

torch: Any = import_module("torch") if find_spec("torch") else None
