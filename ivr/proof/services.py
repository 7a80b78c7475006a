"""What the services of the daemon, and what is done with a call, may answer: one answer of each kind.

Owns: the answers by the effect's name. Not here: contacts and queues (``answers``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ivr import waits
from ivr.effects import Effect
from ivr.json_paths import JsonPath
from ivr.session import Value
from ivr.step import Step
from ivr.waits import Happening

Values = Callable[[str], tuple[Value, ...]]  # the values worth trying for a name
Row = Mapping[str, Any]

SERVED: dict[str, tuple[Row, ...]] = {
    "OpenTicket": ({"number": "10023"},),
    "KeepSurvey": ({},),
    "SendText": ({},),
    "SendCode": ({"to": "8000"},),
    "CheckCode": ({"verdict": "right"}, {"verdict": "wrong"}, {"verdict": "over"}),
    "TakeDialInCode": ({"verdict": "right"}, {"verdict": "wrong"}, {"verdict": "over"}),
    "FindMember": ({"is_found": True, "name": "Wang", "level": ""}, {"is_found": False}),
    "KeepIdentity": ({},),
}
PERFORMED: dict[str, tuple[tuple[str, Row], ...]] = {
    "AnswerCall": (("answered", {}),),
    "TakeMessage": (("taken", {"take": "take-1", "seconds": 5}), ("empty", {})),
    "KeepMessage": (("kept", {}),),
    "Transfer": tuple((result, {}) for result in ("talked", "busy", "no_answer", "failed", "not_allowed")),
    "RequestCallback": (("kept", {}), ("refused", {})),
}
RECORDED = {"start": "on", "resume": "on", "pause": "paused", "stop": "off", "refuse": "off"}


def service_answers(effect: Effect, step: Step, values: Values) -> Iterator[Happening]:
    """The answers of a service; nothing for an effect that is none."""
    name = effect.type
    if name == "AskSystem":
        rows: Iterator[Row] = _system(step, values)
        yield from (waits.Answered(row) for row in rows)
    elif name in SERVED:
        yield from (waits.Answered(row) for row in SERVED[name])
    elif name == "RecordCall":
        yield from _performed(((RECORDED.get(getattr(effect, "action", ""), "off"), {}),))
    elif name in PERFORMED:
        yield from _performed(PERFORMED[name])


def _performed(results: tuple[tuple[str, Row], ...]) -> Iterator[Happening]:
    performed = getattr(waits, "Performed", None)
    if performed is not None:
        yield from (performed(result, dict(values)) for result, values in results)


def _system(step: Step, values: Values) -> Iterator[Row]:
    """Found (each value that matters once), not found, broken."""
    saved: Mapping[str, JsonPath] = getattr(getattr(step, "lookup", step), "save", {})
    rows: dict[str, dict[str, Any]] = {}
    for name in saved or ("",):
        for value in [one for one in values(name) if one != ""] or ["7"]:
            chosen = {other: _first(values(other)) for other in saved} | ({name: value} if name else {})
            body: Any = None
            for other, given in chosen.items():
                body = planted(body, saved[other].parts, given)
            rows[repr(chosen)] = {"status": 200, "body": body if body is not None else {}}
    yield from rows.values()
    yield {"status": 404, "body": {}}
    yield {"status": 500, "body": {}}


def _first(values: tuple[Value, ...]) -> Value:
    return next((value for value in values if value != ""), "7")


def planted(body: Any, parts: tuple[str | int, ...], value: Value) -> Any:
    """The JSON ``body`` with ``value`` at the path ``parts``.

    >>> planted(None, ("order", "lines", 1, "name"), "tea")
    {'order': {'lines': [None, {'name': 'tea'}]}}
    """
    if not parts:
        return value
    head, rest = parts[0], parts[1:]
    if isinstance(head, int):
        entries = list(body) if isinstance(body, list) else []
        entries += [None] * (head + 1 - len(entries))
        entries[head] = planted(entries[head], rest, value)
        return entries
    fields = dict(body) if isinstance(body, dict) else {}
    fields[head] = planted(fields.get(head), rest, value)
    return fields
