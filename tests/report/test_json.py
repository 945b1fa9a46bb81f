"""A visit survives its JSON text; other text is refused with a lesson."""

import json

import pytest

from gradmend.errors import RecordError
from gradmend.report.json import dumps, loads
from tests.report.patients import PATIENTS


@pytest.mark.parametrize("name", PATIENTS)
def test_round_trip(name: str) -> None:
    visit = PATIENTS[name]()
    text = dumps(visit)
    assert repr(loads(text)) == repr(visit)
    assert json.loads(text)["schema"] == "gradmend.visit/1"
    assert "NaN" not in text
    assert "Infinity" not in text


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"schema": "gradmend.visit/1"'])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(RecordError, match="this text is not JSON") as caught:
        loads(text)
    assert "checkup.save" in str(caught.value)
