"""Records to plain JSON data and back.

`encode` writes a record as nested dicts and lists under a tag `schema`
("gradmend.visit/1"); `decode` rebuilds an equal record, led by the type hints of the
dataclasses. Non-finite floats are the strings "nan", "inf" and "-inf", so that the
text is strict JSON. A field that has a default may be absent: records written before
the field existed stay readable.
"""

from __future__ import annotations

import math
import re
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar, overload

from gradmend import records
from gradmend.errors import RecordError, teach

VERSION = 1
NON_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}

R = TypeVar("R")


def schema_of(kind: type) -> str:
    """Return the tag that stands at the top of an encoded record of this kind.

    Example:
        >>> schema_of(records.LayerCall)
        'gradmend.layer-call/1'
    """
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", kind.__name__).lower()
    return f"gradmend.{name}/{VERSION}"


def encode(record: object) -> dict[str, Any]:
    """Return the record as JSON-safe data, its `schema` first.

    Raises:
        RecordError: `record` is not one of gradmend's records, or holds a value
            that is no plain Python number, text or tuple.

    Example:
        >>> from gradmend.records import Evidence
        >>> encode(Evidence(name="shrinkage", value=float("inf"), unit="decades"))
        {'schema': 'gradmend.evidence/1', 'name': 'shrinkage', 'value': 'inf', 'unit': 'decades'}
    """
    kind = type(record)
    if kind not in _kinds().values():
        raise _trouble(
            f"a {kind.__name__} cannot be stored.",
            expected="a record of gradmend.records, such as a Visit",
            received=_shown(record),
            means="something other than the record itself was handed over.",
            attempt="encode(checkup.visit)",
        )
    return {"schema": schema_of(kind), **_encoded(record, kind.__name__)}


@overload
def decode(data: object) -> object: ...
@overload
def decode(data: object, kind: type[R]) -> R: ...
def decode(data: object, kind: type[Any] | None = None) -> object:
    """Return the record that `encode` wrote; with `kind`, accept that kind only.

    Raises:
        RecordError: the data is not an encoded record, was written by a newer
            gradmend, or a field is absent, unknown or of the wrong type.

    Example:
        >>> from gradmend.records import Evidence
        >>> e = Evidence(name="shrinkage", value=18.8, unit="decades")
        >>> decode(encode(e)) == e
        True
    """
    found, content = _opened(data)
    if kind is not None and found is not kind:
        raise _trouble(
            f"this is a {found.__name__}, not a {kind.__name__}.",
            expected=f'"schema": "{schema_of(kind)}"',
            received=f'"schema": "{schema_of(found)}"',
            means="another kind of gradmend file was given.",
            attempt=f"the file that was written from a {kind.__name__}.",
        )
    return _record(content, found, found.__name__)


@cache
def _kinds() -> dict[str, type]:
    exported: list[type] = [getattr(records, name) for name in records.__all__]
    return {schema_of(kind): kind for kind in exported if is_dataclass(kind)}


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _encoded(value: object, place: str) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: _encoded(getattr(value, f.name), f"{place}.{f.name}") for f in fields(value)
        }
    if isinstance(value, tuple):
        return [_encoded(item, f"{place}[{i}]") for i, item in enumerate(value)]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(float(value))
    if value is None or type(value) in (bool, int, str):
        return value
    raise _trouble(
        f"{place} cannot be stored.",
        expected="a plain Python float, int, bool, str or tuple",
        received=_shown(value),
        means="an array or a backend's scalar was put into a record.",
        attempt="float(value) or int(value) before the record is built.",
    )


def _opened(data: object) -> tuple[type, dict[Any, Any]]:
    """Return what kind of record this is, and its fields."""
    content = dict(data) if isinstance(data, Mapping) else {}
    schema = content.pop("schema", None)
    if not isinstance(schema, str):
        raise _trouble(
            "this is not a gradmend record.",
            expected='an object with a "schema" such as "gradmend.visit/1"',
            received=_shown(data),
            means="the file was written by another program, or was cut short.",
            attempt='a file written with checkup.save("visit.json").',
        )
    if schema in _kinds():
        return _kinds()[schema], content
    name, _, version = schema.rpartition("/")
    newer = f"{name}/{VERSION}" in _kinds() and version.isdecimal() and int(version) > VERSION
    raise _trouble(
        f"this gradmend cannot read {schema!r}.",
        expected=f"one of {', '.join(sorted(_kinds()))}",
        received=f'"schema": "{_short(schema)}"',
        means="it was written by a newer gradmend."
        if newer
        else "the file belongs to another program, or is another of gradmend's files.",
        attempt="pip install --upgrade gradmend" if newer else "a file holding a single record.",
    )


def _record(data: object, kind: type, place: str) -> object:
    if not isinstance(data, Mapping):
        raise _wrong_type(place, f"an object with the fields of {kind.__name__}", data)
    known = {f.name: f for f in fields(kind)}
    _refuse_unknown(data, set(known), place)
    absent = [
        name
        for name, field in known.items()
        if name not in data and field.default is MISSING and field.default_factory is MISSING
    ]
    if absent:
        raise _trouble(
            f"{place} lacks {', '.join(absent)}.",
            expected=f"the fields {', '.join(known)}",
            received=_shown(data),
            means="the file was cut short, or edited by hand.",
            attempt="write the file again with gradmend.",
        )
    hints = _hints(kind)
    return kind(**{k: _decoded(v, hints[k], f"{place}.{k}") for k, v in data.items()})


def _refuse_unknown(data: Mapping[Any, Any], known: set[str], place: str) -> None:
    unknown = [str(name) for name in data if name not in known]
    if unknown:
        raise _trouble(
            f"{place} has unknown fields: {_short(', '.join(unknown))}.",
            expected=f"no fields beside {', '.join(sorted(known))}",
            received=_short(", ".join(unknown)),
            means="the file was written by a newer gradmend, or edited by hand.",
            attempt="pip install --upgrade gradmend",
        )


def _decoded(value: object, hint: Any, place: str) -> object:
    arguments = typing.get_args(hint)
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        (inner,) = (a for a in arguments if a is not type(None))
        return None if value is None else _decoded(value, inner, place)
    if typing.get_origin(hint) is tuple:
        if not isinstance(value, list | tuple):
            raise _wrong_type(place, "a list", value)
        return tuple(_decoded(v, arguments[0], f"{place}[{i}]") for i, v in enumerate(value))
    if is_dataclass(hint):
        return _record(value, typing.cast(type, hint), place)
    if issubclass(hint, Enum):
        return _member(value, hint, place)
    return _number(value, place) if hint is float else _exact(value, hint, place)


def _member(value: object, kind: type[Enum], place: str) -> Enum:
    choices = [str(member.value) for member in kind]
    if not isinstance(value, str) or value not in choices:
        raise _wrong_type(place, f"one of {', '.join(choices)}", value)
    return kind(value)


def _number(value: object, place: str) -> float:
    if isinstance(value, str) and value in NON_FINITE:
        return NON_FINITE[value]
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _wrong_type(place, 'a number, or "nan", "inf" or "-inf"', value)
    try:
        return float(value)
    except OverflowError:
        raise _wrong_type(place, "a number that fits a float", value) from None


def _exact(value: object, kind: type, place: str) -> object:
    if type(value) is not kind:
        raise _wrong_type(
            place, {int: "a whole number", bool: "true or false"}.get(kind, "a text"), value
        )
    return value


def _wrong_type(place: str, expected: str, value: object) -> RecordError:
    return _trouble(
        f"{place} cannot be read.",
        expected=expected,
        received=_shown(value),
        means="the file was edited by hand, or is not one of gradmend's.",
        attempt="write the file again with gradmend.",
    )


def _trouble(headline: str, **parts: str) -> RecordError:
    return RecordError(teach(headline, **parts))


def _shown(value: object) -> str:
    return f"{_short(repr(value))} ({type(value).__name__})"


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
