"""Several fits: the worst first, the same trouble told once."""

from gradmend.report.several import documents_of
from tests.report.patients import deep_sigmoid, exploding_rnn, healthy, unknown


def test_worst_first_and_twins_in_one_line() -> None:
    visits = [unknown(), healthy(), deep_sigmoid(), exploding_rnn(), deep_sigmoid(), healthy()]
    documents = documents_of([(f"fit {i}", visit) for i, visit in enumerate(visits)])
    assert [document.title for document in documents] == [
        "fit 2",
        "fit 3",
        "fit 4",
        "fit 1",
        "fit 5",
        "fit 0",
    ]
    assert [len(document.blocks) == 1 for document in documents] == [
        False,
        False,
        True,
        False,
        False,
        True,
    ]
    assert documents[2].blocks[0].lines == (
        ("sick", "fit 4: the same findings as fit 2 (V101, C101)"),
    )
