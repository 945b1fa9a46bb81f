"""Several fits: the worst first, the same trouble told once."""

from dataclasses import replace

from gradmend.records import Verdict
from gradmend.report.several import documents_of
from tests.report.patients import deep_sigmoid, exploding_rnn, healthy, unknown


def test_worst_first_and_twins_share_one_line() -> None:
    visits = [unknown(), healthy(), *[deep_sigmoid()] * 2, exploding_rnn(), deep_sigmoid()]
    documents = documents_of([(f"t.py:4 fit {i}", visit) for i, visit in enumerate(visits)])
    titles = [document.title.removeprefix("t.py:4 ") for document in documents]
    assert titles == ["fit 2", "fit 3", "fit 4", "fit 1", "fit 0"]
    assert documents[1].blocks[0].lines == (("sick", "t.py:4 fit 3, 5: the same as fit 2 (V101)"),)
    assert len(documents[1].blocks) == 1


def test_healthy_twins_are_folded_too() -> None:
    first, second = documents_of([("a.py:1 fit 1", healthy()), ("a.py:9 fit 2", healthy())])
    assert len(first.blocks) == 1
    assert second.blocks[0].lines == (("healthy", "a.py:9 fit 2: the same as a.py:1 fit 1"),)


def test_what_could_not_be_judged_for_another_reason_is_told() -> None:
    other = replace(unknown(), reason="its batch could not be seen")
    assert other.verdict is Verdict.UNKNOWN
    documents = documents_of([("fit 1", unknown()), ("fit 2", other)])
    assert [document.title for document in documents] == ["fit 1", "fit 2"]
