"""How far do mended recurrent networks remember? The agreement language, sick and mended.

    python benchmarks/memory.py --steps 100 --kinds short
    python benchmarks/memory.py --steps 200 --kinds simple lstm gru

Prints a table, and writes it as JSON beside the others in `results/`. Each row mends one
network with `gradmend.mend`, then trains the network as it was and as it was mended from
three seeds each, and tells the accuracy on sentences that neither has seen. A network
"stuck-simple" was trained before it is mended, from a seed with which it learns nothing.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
SEEDS = (0, 1, 2)
BATCH = 50
ROWS, HELD_OUT = 2000, 500


def accuracy(model: Any, data: Any, test: Any, epochs: int) -> float:
    """Train until the accuracy on new sentences stands at 0.99, or the epochs are over."""
    best = 0.0
    for _ in range(epochs):
        model.fit(*data, batch_size=BATCH, verbose=0)
        best = max(best, float(model.evaluate(*test, verbose=0, return_dict=True)["accuracy"]))
        if best >= 0.99:
            break
    return round(best, 3)


def applied(kind: str, steps: int, epochs: int) -> dict[str, Any]:
    """Follow the prescription for long-memory gates without a trial: how far does it carry?"""
    import gradmend
    from gradmend.gallery import memory
    from gradmend.gallery._language import agreement
    from gradmend.treatments.surgery import Material, operate

    data, test = agreement(0, steps=steps, rows=ROWS), agreement(1, steps=steps, rows=HELD_OUT)
    mended = []
    for seed in SEEDS:
        model = memory.agreement_model(seed, kind=kind, steps=steps)
        found = gradmend.check(model, *data, lag=steps, batch_size=32)
        cure = next(p for p in found.prescriptions if p.treatment == "lengthen-memory")
        material = Material(measurements=found.measurements, x=data[0], y=data[1], seed=seed)
        mended.append(accuracy(operate(model, cure, material), data, test, epochs))
        print(f"{kind} T={steps} seed {seed}: {mended[-1]}", flush=True)
    return {"network": f"{kind}, no trial", "steps": steps, "sick": [], "mended": mended,
            "by": [cure.treatment], "parameters": [], "seconds": 0}  # fmt: skip


def row(kind: str, steps: int, epochs: int, budget: int) -> dict[str, Any]:
    """Mend one network and measure what it was worth."""
    import gradmend
    from gradmend.gallery import memory
    from gradmend.gallery._language import agreement

    data, test = agreement(0, steps=steps, rows=ROWS), agreement(1, steps=steps, rows=HELD_OUT)
    model = memory.agreement_model(0, kind=kind.removeprefix("stuck-"), steps=steps)
    if kind.startswith("stuck-"):
        print(f"trained before: {accuracy(model, data, test, epochs)}", flush=True)
    started = time.perf_counter()
    mending = gradmend.mend(
        model, *data, budget=budget, batch_size=BATCH, lag=steps, progress=False
    )
    seconds = time.perf_counter() - started
    print(mending, flush=True)
    mended = (
        [accuracy(mending.untrained(seed), data, test, epochs) for seed in SEEDS]
        if mending.changes
        else []
    )
    sick = [
        accuracy(
            memory.agreement_model(s, kind=kind.removeprefix("stuck-"), steps=steps),
            data,
            test,
            epochs,
        )
        for s in SEEDS
    ]
    return {
        "network": kind,
        "steps": steps,
        "sick": sick,
        "mended": mended,
        "by": [change.treatment for change in mending.changes],
        "parameters": [model.count_params(), mending.model.count_params()],
        "seconds": round(seconds),
    }


def main() -> None:
    """Run the rows that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, nargs="+", default=[100])
    parser.add_argument("--kinds", nargs="+", default=["short", "simple", "lstm", "gru"])
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--budget", type=int, default=600, help="steps per finalist")
    parser.add_argument("--apply", action="store_true", help="no trial, only the cure: pushes T")
    given = parser.parse_args()
    import keras

    target = RESULTS / f"memory_{keras.backend.backend()}.json"
    known = json.loads(target.read_text()) if target.exists() else []
    for steps in given.steps:
        for kind in given.kinds:
            if given.apply:
                found = applied(kind, steps, given.epochs)
            else:
                found = row(kind, steps, given.epochs, given.budget)
            same = (found["network"], steps)
            known = [r for r in known if (r["network"], r["steps"]) != same] + [found]
            target.write_text(json.dumps(known, indent=1) + "\n")
            print_row(found)


def print_row(found: dict[str, Any]) -> None:
    """Print one row of the table."""
    by = " + ".join(found["by"]) or "nothing"
    print(f"{found['network']:8} T={found['steps']:4}  sick {found['sick']}  "
          f"mended {found['mended']}  by {by}  ({found['seconds']} s)", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
