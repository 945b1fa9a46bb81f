"""Every record comes back equal, and garbage is refused with a message that teaches."""

import dataclasses
import json
import math
import types
import typing
from enum import Enum

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradmend import records
from gradmend.errors import RecordError
from gradmend.records import Evidence, Finding, Measurements, Verdict, Visit
from gradmend.records.codec import VERSION, decode, encode, schema_of

KINDS = [
    kind for name in records.__all__ if dataclasses.is_dataclass(kind := getattr(records, name))
]


def values(hint: typing.Any) -> st.SearchStrategy[typing.Any]:
    """Anything that the type hint of a field allows."""
    arguments = typing.get_args(hint)
    if isinstance(hint, types.UnionType):
        return st.none() | values(next(a for a in arguments if a is not type(None)))
    if typing.get_origin(hint) is tuple:
        return st.lists(values(arguments[0]), max_size=2).map(tuple)
    if dataclasses.is_dataclass(hint):
        return made(hint)
    if issubclass(hint, Enum):
        return st.sampled_from(hint)
    return {float: st.floats(), int: st.integers(), bool: st.booleans(), str: st.text(max_size=9)}[
        hint
    ]


def made(kind: typing.Any) -> st.SearchStrategy[typing.Any]:
    """Records of one kind, every field drawn from its type hint."""
    return st.deferred(
        lambda: st.builds(kind, **{k: values(h) for k, h in typing.get_type_hints(kind).items()})
    )


def visit() -> Visit:
    finding = Finding(
        code="V101",
        name="a",
        severity="error",  # type: ignore[arg-type]  # a StrEnum equals its text
        symptom=records.Symptom.VANISHING,
        cause=records.Cause.ACTIVATION,
        message="m",
        evidence=(Evidence(name="e", value=1.5, unit="decades"),),
    )
    return Visit(verdict=Verdict.SICK, reason="r", findings=(finding,))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_round_trip_through_strict_json(kind: type, data: st.DataObject) -> None:
    record = data.draw(made(kind))
    text = json.dumps(encode(record), allow_nan=False)
    back = decode(json.loads(text))
    # repr, because nan is not equal to itself
    assert type(back) is kind
    assert repr(back) == repr(record)


def test_the_schema_tags_are_fixed() -> None:
    assert VERSION == 1
    assert {schema_of(kind) for kind in KINDS} >= {
        "gradmend.visit/1",
        "gradmend.measurements/1",
        "gradmend.layer-call/1",
        "gradmend.finding/1",
    }
    assert next(iter(encode(visit()))) == "schema"


@pytest.mark.parametrize(
    ("value", "word"), [(math.nan, "nan"), (math.inf, "inf"), (-math.inf, "-inf")]
)
def test_non_finite_numbers_are_words(value: float, word: str) -> None:
    data = encode(Evidence(name="nan", value=value, unit="inf"))
    assert data["value"] == word
    back = decode(data, Evidence)
    assert str(back.value) == word
    assert back.name == "nan"
    assert back.unit == "inf"


def test_a_whole_number_is_taken_for_a_float() -> None:
    back = decode({"schema": "gradmend.evidence/1", "name": "a", "value": 3, "unit": "b"}, Evidence)
    assert type(back.value) is float


def test_a_field_with_a_default_may_be_absent() -> None:
    data = encode(visit())
    del data["prescriptions"]
    assert decode(data) == visit()


def broken(path: str, value: object) -> dict[str, typing.Any]:
    """The visit as data, with one entry set (or removed when value is ...)."""
    data: typing.Any = encode(visit())
    *way, last = path.split(".")
    place = data
    for step in way:
        place = place[int(step) if step.isdecimal() else step]
    key = int(last) if last.isdecimal() else last
    if value is ...:
        del place[key]
    else:
        place[key] = value
    return data


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, ["this is not a gradmend record", "None (NoneType)", "checkup.save"]),
        ([], ["this is not a gradmend record"]),
        ({}, ["this is not a gradmend record", "gradmend.visit/1"]),
        ({"schema": 7}, ["this is not a gradmend record"]),
        (broken("schema", "gradmend.visit/2"), ["newer gradmend", "pip install --upgrade"]),
        (broken("schema", "gradmend.visit/0"), ["cannot read 'gradmend.visit/0'"]),
        (broken("schema", "other.visit/1"), ["another program"]),
        (broken("schema", "gradmend.visit/²"), ["another program"]),
        (broken("reason", ...), ["Visit lacks reason", "verdict, reason, certainty"]),
        (broken("wishes", 1), ["unknown fields: wishes", "newer gradmend"]),
        (broken("reason", 3), ["Visit.reason", "a text", "3 (int)"]),
        (broken("verdict", "ill"), ["Visit.verdict", "sick, watch, healthy, unknown", "'ill'"]),
        (broken("verdict", ["sick"]), ["Visit.verdict", "(list)"]),
        (broken("findings", "none"), ["Visit.findings", "a list"]),
        (broken("findings.0", 4), ["Visit.findings[0]", "the fields of Finding"]),
        (broken("findings.0.certain", 1), ["Visit.findings[0].certain", "true or false"]),
        (broken("findings.0.evidence.0.value", "NaN"), ["evidence[0].value", "a number", "'NaN'"]),
        (broken("findings.0.evidence.0.value", True), ["evidence[0].value", "True (bool)"]),
        (broken("findings.0.evidence.0.value", 10**400), ["fits a float"]),
        (broken("findings.0.evidence.0.unit", ...), ["evidence[0] lacks unit"]),
        (broken("measurements", {"schema": "gradmend.measurements/1"}), ["unknown fields: schema"]),
    ],
)
def test_garbage_is_refused_with_a_lesson(data: object, words: list[str]) -> None:
    with pytest.raises(RecordError) as caught:
        decode(data)
    text = str(caught.value)
    for word in [*words, "Expected:", "Received:", "This usually means:", "Try:"]:
        assert word in text
    assert len(text) < 1200


def test_the_wanted_kind_is_kept() -> None:
    with pytest.raises(RecordError, match="this is a Visit, not a Measurements"):
        decode(encode(visit()), Measurements)


@pytest.mark.parametrize("thing", [None, 3, {"a": 1}, Verdict.SICK, Visit])
def test_only_records_are_encoded(thing: object) -> None:
    with pytest.raises(RecordError, match="cannot be stored"):
        encode(thing)


def test_an_array_in_a_record_is_named() -> None:
    bad = Evidence(name="a", value=[1.0], unit="b")  # type: ignore[arg-type]  # the mistake under test
    with pytest.raises(RecordError, match=r"Evidence\.value cannot be stored"):
        encode(bad)
