"""Kills a process that writes a run store, again and again, and reads what it left behind.

A child writes samples as fast as it can and flushes after every few; after each flush it says up
to which step. It is killed with SIGKILL after a random time. The store must then open, and hold
every step it had said, without a gap.

    python benchmarks/kills.py --kills 100

Prints one line, and with --out writes a JSON. Exits with 1 when a store was lost. Needs no Keras.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from gradmend.monitor.store import RunStore
from gradmend.records.run_store import open_run
from gradmend.records.training import StepSample, WeightSample

ABOUT = {
    "started": "2026-01-01T00:00:00+00:00",
    "backend": "none",
    "keras_version": "none",
    "model": "tower",
    "optimizer": "adam",
    "learning_rate": 0.001,
    "clip": None,
    "clip_limit": None,
    "update_freq": "batch",
}
WEIGHTS = 20
FLUSH_EVERY = 7  # samples, so that a kill finds some of them waiting
LONGEST = 0.15  # seconds until the kill


@dataclass(frozen=True, slots=True)
class Kill:
    """One killed writer: the last step it said was flushed, and what the store held."""

    said: int
    held: int
    whole: bool


def main() -> int:
    """Run the kills, print what came of them, and return the exit code."""
    parser = argparse.ArgumentParser(description="SIGKILL against the run store")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    kills = list(killed(arguments.kills, random.Random(arguments.seed)))  # noqa: S311 - no secrets
    lost = [kill for kill in kills if not kill.whole]
    steps = sum(kill.held for kill in kills)
    print(f"{len(kills)} kills, {len(kills) - len(lost)} stores whole, {steps} steps read back")
    if arguments.out:
        arguments.out.write_text(json.dumps([asdict(kill) for kill in kills], indent=1) + "\n")
    return int(bool(lost))


def killed(kills: int, rng: random.Random) -> Iterator[Kill]:
    """Yield what each of so many kills left."""
    for _ in range(kills):
        with tempfile.TemporaryDirectory() as folder:
            yield _kill(Path(folder), rng.uniform(0.0, LONGEST))


def _kill(folder: Path, after: float) -> Kill:
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            _write(folder, writing)  # until it is killed
        finally:
            os._exit(1)  # an error must not go on as a second parent
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        first = told.read(8)  # the store exists
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        rest = told.read()
    whole_words = (first + rest)[: (len(first) + len(rest)) // 8 * 8]
    said = int.from_bytes(whole_words[-8:], "little")
    return _read(folder, said)


def _read(folder: Path, said: int) -> Kill:
    try:
        run = open_run(folder)
    except Exception as error:  # noqa: BLE001 - any failure is the finding
        print(f"lost: {error}", file=sys.stderr)
        return Kill(said, 0, whole=False)
    steps = [sample.step for sample in run.samples]
    whole = steps == list(range(1, len(steps) + 1)) and len(steps) >= said
    whole = whole and all(len(sample.weights) == WEIGHTS for sample in run.samples)
    return Kill(said, len(steps), whole=whole)


def _write(folder: Path, told: int) -> None:
    store = RunStore(folder, datetime.now(UTC), ABOUT)
    store.about({"weights": [{"path": f"w{i}", "shape": [4, 4]} for i in range(WEIGHTS)]})
    store.flush()
    os.write(told, (0).to_bytes(8, "little"))
    for step in range(1, sys.maxsize):
        store.sample(_sample(step))
        if step % FLUSH_EVERY == 0:
            store.flush()
            os.write(told, step.to_bytes(8, "little"))


def _sample(step: int) -> StepSample:
    weights = tuple(
        WeightSample(
            path=f"w{i}",
            gradient_norm=1.0 * step,
            gradient_largest=1.0,
            gradient_zeros=0,
            gradient_nonfinite=0,
            weight_norm=2.0,
            update_norm=0.1,
        )
        for i in range(WEIGHTS)
    )
    return StepSample(
        step=step,
        epoch=0,
        seconds=0.001 * step,
        loss=1.0,
        grad_norm=1.0,
        update_ratio=0.05,
        clipped_share=None,
        weights=weights,
    )


if __name__ == "__main__":
    sys.exit(main())
