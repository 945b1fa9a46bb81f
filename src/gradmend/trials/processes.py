"""Workers that are processes of this machine.

Started as programs of their own, not through `multiprocessing`: that would run the user's script
a second time, up to its `if __name__ == "__main__"`, or without end where there is none.
"""

from __future__ import annotations

import os
import pickle
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import IO, Any

import keras

from gradmend.records import Run
from gradmend.trials.seats import CannotBeSent, WorkerDied
from gradmend.trials.worker import Order

LENGTH = struct.Struct("!Q")
GRACE = 2.0  # seconds between asking a process to end and ending it
THREADS = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "NPROC",  # what XLA sizes its pool by on the CPU
)


def write(stream: IO[bytes], message: object) -> None:
    """Write one message: its length, then a pickle."""
    data = pickle.dumps(message)
    stream.write(LENGTH.pack(len(data)) + data)
    stream.flush()


def read(stream: IO[bytes]) -> Any:
    """Read one message.

    Raises:
        EOFError: the other side is gone.
    """
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    (size,) = LENGTH.unpack(head)
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return pickle.loads(data)  # noqa: S301 - a pipe between a process and the one that began it


def environment(threads: int) -> dict[str, str]:
    """The environment of a worker: this backend, and so many threads at most."""
    bounded = {name: str(threads) for name in THREADS}
    path = os.pathsep.join(entry or str(os.getcwd()) for entry in sys.path)  # noqa: PTH109 - as str
    shared = {
        "KERAS_BACKEND": keras.backend.backend(),
        "PYTHONPATH": path,
        # several processes on one accelerator: none may take all of its memory at the start
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    }
    return {**os.environ, **bounded, **shared}


def hire(workers: int) -> Callable[[bytes], ProcessSeat]:
    """Return what starts a worker, when so many are to share the cores."""
    threads = max((os.cpu_count() or 1) // workers, 1)
    return lambda parcel: ProcessSeat(parcel, threads)


class ProcessSeat:
    """One worker process, and the thread that reads what it says."""

    def __init__(self, parcel: bytes, threads: int = 1) -> None:
        # Ctrl-C is for the race to deal with: it must not reach the workers by themselves
        self.process: subprocess.Popen[bytes] = subprocess.Popen(
            [sys.executable, "-m", "gradmend.trials.in_a_process"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=environment(threads), creationflags=0x200 if os.name == "nt" else 0,
            start_new_session=os.name != "nt",
        )  # fmt: skip
        self._future: Future[Any] | None = None
        self._keep: Callable[[Run], None] = lambda run: None
        try:
            self._say(parcel)
            ready, reason = read(self._pipe)
        except (EOFError, OSError) as error:
            self.close()
            raise CannotBeSent("its process ended at once") from error
        if not ready:
            self.close()
            raise CannotBeSent(reason)
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def _pipe(self) -> IO[bytes]:
        if self.process.stdout is None:
            raise EOFError
        return self.process.stdout

    def _say(self, message: object) -> None:
        if self.process.stdin is None:
            raise EOFError
        write(self.process.stdin, message)

    def submit(self, what: str, order: Order, keep: Callable[[Run], None]) -> Future[Any]:
        """Have a method of `Worker` called."""
        future: Future[Any] = Future()
        self._future, self._keep = future, keep
        try:
            self._say((what, order))
        except OSError as error:
            self._fail(error)
        return future

    def _listen(self) -> None:
        try:
            while True:
                kind, value = read(self._pipe)
                if kind == "kept":
                    self._keep(value)
                elif self._future is not None:
                    future, self._future = self._future, None
                    future.set_result(value)
        except (EOFError, OSError, ValueError) as error:  # ValueError: we have closed the pipe
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        future, self._future = self._future, None
        if future is not None and not future.done():
            code = self.process.poll()
            death = WorkerDied(f"the process that trained it ended ({code}), and so did a second")
            death.__cause__ = error
            future.set_exception(death)

    def interrupt(self) -> None:
        """Have the training end where it stands."""
        try:
            self._say(("interrupt", None))
        except OSError as error:
            self._fail(error)

    def close(self) -> None:
        """End the process."""
        for ask in (self.process.terminate, self.process.kill):
            ask()
            try:
                self.process.wait(GRACE)
                break
            except subprocess.TimeoutExpired:
                continue
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None and not stream.closed:
                _closed(stream)


def _closed(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except OSError:  # the rest of a message to a process that is gone
        return
