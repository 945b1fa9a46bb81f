"""Every example in a docstring runs, and prints what it says it prints."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import gradmend

OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
ADAPTERS = {
    "_jax": "jax",
    "_jax_taps": "jax",
    "_tensorflow": "tensorflow",
    "_torch": "torch",
    "_torch_sums": "torch",
}


def module_names() -> list[str]:
    """Every module of gradmend, found without importing those of other backends."""
    found = pkgutil.walk_packages(gradmend.__path__, "gradmend.")
    return ["gradmend", *sorted(module.name for module in found)]


@pytest.mark.parametrize("name", module_names())
def test_examples_in_docstrings_run(
    name: str, backend: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    if ADAPTERS.get(name.rpartition(".")[2], backend) != backend:
        pytest.skip("the adapter of another backend")
    if name.endswith("__main__"):
        pytest.skip("runs the command line when imported")
    monkeypatch.chdir(str(tmp_path))  # an example may save a file
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=OPTIONS)
    assert failed == 0, f"{failed} examples in {name} print something else: see above"
