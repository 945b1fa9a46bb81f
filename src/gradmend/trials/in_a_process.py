"""The program of a worker process: orders come in, runs go out, till the pipe closes."""

from __future__ import annotations

import _thread
import os
import queue
import signal
import sys
import threading
from typing import IO, Any

from gradmend.trials.processes import read, write
from gradmend.trials.worker import Worker


def main() -> None:
    """Serve the process that began this one."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    orders, answers = sys.stdin.buffer, _own_output()
    try:
        worker = Worker(read(orders))
    except Exception as error:  # noqa: BLE001 - the other side goes on without us
        write(answers, (False, str(error)))
        return
    write(answers, (True, ""))
    inbox: queue.Queue[Any] = queue.Queue()
    at_work = threading.Event()
    threading.Thread(target=_listen, args=(orders, inbox, at_work), daemon=True).start()
    while True:
        try:
            _serve(worker, inbox.get(), answers, at_work)
        except KeyboardInterrupt:  # it came between two orders
            continue


def _own_output() -> IO[bytes]:
    """The pipe for answers; what frameworks print goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return answers


def _listen(orders: IO[bytes], inbox: queue.Queue[Any], at_work: threading.Event) -> None:
    """Runs in a thread: an interruption, and the end of the other side, are heard at work."""
    try:
        while True:
            what, order = read(orders)
            if what != "interrupt":
                inbox.put((what, order))
            elif at_work.is_set():
                _thread.interrupt_main()
    except (EOFError, OSError):
        os._exit(0)


def _serve(worker: Worker, message: Any, answers: IO[bytes], at_work: threading.Event) -> None:
    what, order = message
    at_work.set()
    try:
        if what == "weights":
            result: Any = worker.weights(order)
        else:
            result = worker.advance(order, lambda run: write(answers, ("kept", run)))
    finally:
        at_work.clear()
    write(answers, ("done", result))


if __name__ == "__main__":
    main()
