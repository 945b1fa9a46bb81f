from __future__ import annotations

from dataclasses import replace

import pytest

from gradmend.findings.embedding_gets_fractions import check
from gradmend.records import Cause, Measurements, Severity, TensorFacts
from tests.findings.records import call, followed, kernel, network, tensor


def looked_up(*inputs: TensorFacts, rows: int = 1) -> Measurements:
    """A table of 100 rows, so many of which have a gradient."""
    calls = [call(0, "tokens", "embedding"), call(1, "head", inputs=(0,))]
    table = kernel("tokens", role="embeddings", shape=(100, 8), gradient_zero_share=1 - rows / 100)
    return network(calls, inputs=inputs, weights=(table,))


SCALED = tensor(smallest=0.0, largest=0.98, integer_valued=False, distinct=51)
BOXED = tensor(smallest=0.0, largest=99.5, integer_valued=False, distinct=900)


def test_ids_that_were_scaled_to_one() -> None:
    (finding,) = check(looked_up(SCALED))
    assert (finding.severity, finding.cause) == (Severity.ERROR, Cause.DATA)
    assert finding.where == ("tokens",)
    assert "holds fractions from 0 to 0.98: cut to whole numbers" in finding.message


def test_a_column_in_many_boxes_and_a_training_that_learned_are_a_warning() -> None:
    (finding,) = check(looked_up(BOXED))
    assert finding.severity is Severity.WARNING
    (finding,) = check(followed(looked_up(SCALED), 2.3, 0.4))
    assert (finding.severity, finding.certain) == (Severity.WARNING, False)


@pytest.mark.parametrize(
    "inputs",
    [
        (tensor(smallest=0.0, largest=50.0, integer_valued=True, distinct=51),),
        (SCALED, tensor(smallest=0.0, largest=50.0, integer_valued=True, distinct=51)),
    ],
    ids=["whole numbers", "another input may hold the ids"],
)
def test_is_silent_where_ids_may_be_whole(inputs: tuple[TensorFacts, ...]) -> None:
    assert not list(check(looked_up(*inputs)))


def test_is_silent_without_an_embedding_that_reads_an_input() -> None:
    m = looked_up(SCALED)
    assert not list(check(replace(m, calls=(replace(m.calls[0], role="dense"), m.calls[1]))))
    assert not list(check(replace(m, calls=(call(0, "a"), call(1, "t", "embedding", inputs=(0,))))))


@pytest.mark.parametrize("rows", [16, 0], ids=["positions, or boxes", "a table that is not seen"])
def test_is_silent_where_other_rows_are_looked_up(rows: int) -> None:
    assert not list(check(looked_up(SCALED, rows=rows)))
    assert not list(check(replace(looked_up(SCALED), weights=())))


def test_numbers_around_zero_are_cut_off_to_one_row() -> None:
    (finding,) = check(looked_up(tensor(smallest=-0.9, largest=0.9, distinct=1001)))
    assert finding.evidence[0].value == 1.0
