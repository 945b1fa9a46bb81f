"""`check`: one batch in, a verdict with its reasons out; the model is left as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gradmend.errors import UsageError, teach
from gradmend.records import Finding, Measurements, Prescription, Verdict, Visit

# Enough for a network that can learn to move its loss on one batch, cheap beside compiling.
REHEARSAL_STEPS = 20


@dataclass(frozen=True, slots=True, repr=False)
class Checkup:
    """The outcome of one visit: verdict, findings (root cause first) and what to try.

    Example:
        >>> import gradmend
        >>> from gradmend.records import Verdict, Visit
        >>> gradmend.Checkup(Visit(verdict=Verdict.UNKNOWN, reason="no data")).verdict.value
        'unknown'
    """

    visit: Visit

    @property
    def verdict(self) -> Verdict:
        """Sick, watch, healthy or unknown."""
        return self.visit.verdict

    @property
    def reason(self) -> str:
        """One sentence on why the verdict is what it is."""
        return self.visit.reason

    @property
    def certainty(self) -> str:
        """How sure the verdict is: certain, likely or possible."""
        return self.visit.certainty

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, root cause first, consequences after their cause."""
        return self.visit.findings

    @property
    def prescriptions(self) -> tuple[Prescription, ...]:
        """What to try, the cure of the root cause first."""
        return self.visit.prescriptions

    @property
    def measurements(self) -> Measurements | None:
        """Every number behind the findings."""
        return self.visit.measurements

    def __repr__(self) -> str:
        from gradmend.report.terminal import text

        return text(self.visit)

    def _repr_html_(self) -> str:
        from gradmend.report.document import document_of
        from gradmend.report.html import cell

        return cell(document_of(self.visit))

    def through_time(self, words: Sequence[str] = (), *, before: Checkup | None = None) -> str:
        """Return the gradient that reaches each step, a strip per recurrent layer, as text.

        Args:
            words: What stands at each step; shown under the steps when there are as many.
            before: A check-up of the model before it was mended: its strips stand above.

        Example:
            >>> import gradmend, keras, numpy as np
            >>> model = keras.Sequential([keras.Input((3, 2)), keras.layers.GRU(4, name="gru")])
            >>> model.compile("sgd", "mse")
            >>> x, y = np.ones((8, 3, 2)), np.ones((8, 4))
            >>> found = gradmend.check(model, x, y, through_time=True)
            >>> print(found.through_time(["cats", "ran", "home"]).splitlines()[-2].strip())
            cats ran home
        """
        from gradmend.report.terminal import strips

        if self.measurements is None:
            return ""
        return strips(self.measurements, words, before.measurements if before else None)

    def save(
        self,
        path: str | Path,
        *,
        title: str | None = None,
        words: Sequence[str] = (),
        before: Checkup | None = None,
    ) -> Path:
        """Write the check-up to a file.

        Args:
            path: The suffix chooses the form: `.html` one page that loads nothing, `.md` for a
                comment on a pull request, `.txt` what the terminal shows, `.json` every number.
            title: What was checked; the name of the model when None.
            words: What stands at each step of the sequences, as for `through_time`.
            before: A check-up of the model before it was mended, as for `through_time`.

        Raises:
            UsageError: a suffix that is not known.
        """
        from gradmend.report.document import document_of
        from gradmend.report.forms import save
        from gradmend.report.json import dumps

        return save(
            Path(path),
            documents=lambda: [
                document_of(
                    self.visit,
                    title=title,
                    words=words,
                    before=None if before is None else before.measurements,
                )
            ],
            json=lambda: dumps(self.visit),
        )


def check(
    model: Any,
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    *,
    batch_size: int | None = None,
    batches: int = 1,
    through_time: bool = False,
    lag: int | None = None,
) -> Checkup:
    """Find out from one batch whether a compiled model can learn, and if not, why.

    Measures one forward and backward pass and one optimizer step on copies; where that
    gives cause for suspicion, rehearses a few more steps on copies. The model, its
    optimizer, metrics and all random states are left bit-for-bit as they were.

    Args:
        model: A compiled Keras model on the JAX, TensorFlow or PyTorch backend.
        x: Arrays in any structure Keras takes, or a dataset, loader or generator.
        y: Targets, when `x` is arrays.
        sample_weight: As in `fit`.
        batch_size: Rows to measure, for arrays; default 256, spread over all rows.
        batches: How many batches to combine by the median.
        through_time: Also unroll recurrent layers: exact gradients at every step, gates.
        lag: How many steps back the answer stands, if you know it. Implies `through_time`.

    Returns:
        A `Checkup`; print it, or read `.verdict`, `.findings`, `.prescriptions`.

    Raises:
        UsageError: the call cannot work as written (ModelError, DataError, BackendError).
        MeasurementError: the model's own code raised while it was measured.

    Example:
        >>> import gradmend, keras, numpy as np
        >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "softmax")])
        >>> model.compile("adam", "binary_crossentropy")
        >>> x = np.random.default_rng(0).normal(size=(64, 4))
        >>> print(gradmend.check(model, x, x[:, :1] > 0).verdict.value)
        sick
    """
    found = examine(
        model, x, y, sample_weight, batch_size=batch_size, batches=batches, strict=True,
        through_time=through_time, lag=lag,
    )  # fmt: skip
    return conclude(found)


def examine(  # noqa: PLR0913 - the settings of check and of run
    model: Any,
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    *,
    batch_size: int | None = None,
    batches: int = 1,
    fit_batch_size: int | None = None,
    strict: bool = False,
    through_time: bool = False,
    lag: int | None = None,
) -> Measurements:
    """Measure, and take a second look (a rehearsal) when the first one is suspicious.

    Args: as for `check`; `fit_batch_size` is recorded when training uses another size
    than the measured batch; `strict` refuses targets that name classes without an output
    unit, which a running training script may not do us the favour of refusing.
    """
    import itertools

    refuse_impossible_lag(lag)
    from gradmend.findings import diagnose, needs_second_look
    from gradmend.measure.batch import batches_of, fixed_batch_size
    from gradmend.measure.combine import combined
    from gradmend.measure.instrument import Instrument

    batch_size = fixed_batch_size(model) or batch_size
    stream = batches_of(x, y, sample_weight, batch_size=batch_size)
    instruments = []
    for batch in itertools.islice(stream, max(batches, 1)):
        instruments.append(Instrument(model, batch))
        if strict:
            instruments[-1].refuse_impossible_labels()
    through_time = through_time or lag is not None
    found = combined([i.look(through_time=through_time) for i in instruments])
    found = replace(found, fit_batch_size=fit_batch_size, lag=lag)
    if needs_second_look(diagnose(found), found):
        found = replace(found, rehearsal=instruments[0].rehearse(REHEARSAL_STEPS))
    return found


def refuse_impossible_lag(lag: object) -> None:
    """Raise UsageError when a lag is no whole number of steps."""
    if lag is None or (isinstance(lag, int) and not isinstance(lag, bool) and lag > 0):
        return
    raise UsageError(
        teach(
            "this is no lag.",
            expected="lag=100, a whole number of steps, 1 or more",
            received=f"lag={lag!r}",
            means="the lag counts the steps from the word that decides to the end of the sequence.",
            attempt="leave lag out: then the length of the sequence is taken",
        )
    )


def conclude(measurements: Measurements) -> Checkup:
    """Turn measurements into findings, a verdict and prescriptions. Pure."""
    from gradmend.findings import diagnose, judge
    from gradmend.treatments import prescribe

    findings = diagnose(measurements)
    judgement = judge(findings, measurements)
    return Checkup(
        Visit(
            verdict=judgement.verdict,
            reason=judgement.reason,
            certainty=judgement.certainty,
            findings=findings,
            prescriptions=prescribe(measurements, findings),
            measurements=measurements,
        )
    )
