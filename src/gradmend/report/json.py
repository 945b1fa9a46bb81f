"""A visit as JSON text, and back."""

from __future__ import annotations

import json

from gradmend.errors import RecordError, teach
from gradmend.records import Visit
from gradmend.records.codec import decode, encode


def dumps(visit: Visit) -> str:
    """Return the visit as strict JSON text, schema "gradmend.visit/1".

    Example:
        >>> from gradmend.records import Verdict
        >>> visit = Visit(verdict=Verdict.UNKNOWN, reason="fit was never called")
        >>> loads(dumps(visit)) == visit
        True
    """
    return json.dumps(encode(visit), indent=2, allow_nan=False) + "\n"


def loads(text: str) -> Visit:
    """Return the visit that `dumps` wrote.

    Raises:
        RecordError: the text is not JSON, not a visit, or of a newer gradmend.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RecordError(
            teach(
                "this text is not JSON.",
                expected='JSON that begins with {"schema": "gradmend.visit/1"',
                received=repr(text[:60]),
                means=f"the file was cut short, or is of another kind ({error}).",
                attempt='a file written with checkup.save("visit.json").',
            )
        ) from error
    return decode(data, Visit)
