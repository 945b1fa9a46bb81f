"""What holds for every test: one backend, no network, global settings left as found."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

# Keras reads it once, when it is first imported: one backend per process.
BACKEND = os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# A loaded machine changes how many threads PyTorch sums with, and so the last bit; the test
# processes already fill the cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")
# Tests compile much and run little. Where the last bit is judged, `compiled_as_users_do`.
os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
# What JAX compiled serves the tests, and the scripts they start, that compile the same again.
if "JAX_COMPILATION_CACHE_DIR" not in os.environ:
    _CACHE = os.environ["JAX_COMPILATION_CACHE_DIR"] = tempfile.mkdtemp(prefix="gradmend-jax-")
    atexit.register(shutil.rmtree, _CACHE, ignore_errors=True)
# JAX does not lock it: each worker of a parallel run has its own, within the given folder.
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    os.environ["JAX_COMPILATION_CACHE_DIR"] += f"/{worker}"

import pytest  # noqa: E402 - KERAS_BACKEND must stand before anything can import Keras
from hypothesis import settings  # noqa: E402 - as above

# The first example of a property pays for compilation: its time says nothing.
settings.register_profile("gradmend", deadline=None)
settings.load_profile("gradmend")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test marked `backend("jax", ...)` on every other backend."""
    for marker in item.iter_markers("backend"):
        if BACKEND not in marker.args:
            pytest.skip(f"for {' and '.join(marker.args)}, not for {BACKEND}")


@pytest.fixture(scope="session")
def backend() -> str:
    """The Keras backend of this process: jax, tensorflow or torch."""
    return BACKEND


@pytest.fixture(autouse=True)
def _settings_left_as_found() -> Iterator[None]:
    """Undo float type and precision policy; start every test from one seed."""
    keras: Any = sys.modules.get("keras")
    if keras is None:  # records, findings and reports are tested without it
        yield
        return
    floatx, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.utils.set_random_seed(0)
    yield
    keras.config.set_floatx(floatx)
    keras.config.set_dtype_policy(policy)


@pytest.fixture(autouse=True, scope="module")
def _survivors_are_not_searched_again() -> Iterator[None]:
    """Spare the collector what frameworks keep for good; Keras calls it at every clear_session."""
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture
def compiled_as_users_do() -> Iterator[None]:
    """Let JAX optimize what it compiles, as it does outside of these tests."""
    jax: Any = sys.modules.get("jax") if BACKEND == "jax" else None
    if jax is None:
        yield
        return
    jax.config.update("jax_disable_most_optimizations", False)
    yield
    jax.config.update("jax_disable_most_optimizations", True)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches for the network fails at once, on every machine."""
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in _LOOPBACK:
            raise AssertionError(f"a test reached for the network: {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local_only)


_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
