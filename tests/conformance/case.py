"""Reads a case: what phones and controllers do, one line each, without what must come back. Pure.

    # what it shows
    phone 1001 password=lab1001
    caller invite to=9003
    out1 connect
    out1 app playback {lab}/sounds/prompt.wav
    wait 0.3
    1001 answer

``phone NAME [user=] [password=] [agent=]`` takes part (``caller`` is there anyway: user 1000; ``agent``: its
User-Agent); ``own B`` is an id that the controller chooses. ``wait S`` lets just that long pass, else a line comes when
the switch has been quiet for a moment.
A phone's line is ``NAME VERB [key=value ...]`` (``verbs``). A controller is ``in1`` ``in2`` (``in1 open`` connects and
signs on) or ``out1`` ``out2``; ``close`` ``reset`` ``half_close`` end it, ``app NAME ARGUMENT`` executes (``lock NAME
ARGUMENT``: with event-lock; ``app@{A} NAME ARGUMENT``: on that leg), anything else is sent as it stands, with ``\\n``
for a new line. Not here: playing (``differ``), scenarios with what must come back (``scenario``).
"""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.conformance.notation import SHORT_S
from tests.conformance.scenario import Do, Pause, Scenario, Step

FOLDER = Path(__file__).parent / "cases"
TEXTS = ("to", "digit", "codecs")  # never numbers
ENDS = ("close", "reset", "half_close")
EXECUTE = re.compile(r"(app|lock)(?:@(\S+))? (\S+) ?(.*)", re.S)


class CaseError(ValueError):
    """A line that cannot be read; the text names file, line and mend."""


def load(path: Path) -> Scenario:
    """Read one case file. ``CaseError`` names the line that cannot be read."""
    return parse(path.read_text(encoding="utf-8"), path.stem)


def parse(text: str, name: str) -> Scenario:
    """A scenario that only does; a ``do`` that is not timed comes after a pause of ``SHORT_S``."""
    phones: dict[str, dict[str, str]] = {"caller": {"user": "1000"}}
    shows, own, steps = "", [], []
    for number, line in enumerate(text.splitlines(), 1):
        who, _, rest = line.strip().partition(" ")
        if who == "#":
            shows = shows or rest
        elif who == "phone":
            user, *facts = shlex.split(rest)
            phones[user] = {"user": user, **dict(fact.split("=", 1) for fact in facts)}
        elif who == "own":
            own += rest.split()
        elif who:
            try:
                steps += _steps(who, rest, who in phones)
            except (ValueError, SyntaxError) as error:
                raise CaseError(f"{name}:{number}: {line!r}: {error}") from error
    return Scenario(name, shows, phones, tuple(_timed(steps)), own=tuple(own))


def _steps(who: str, rest: str, is_phone: bool) -> list[Step]:
    if who == "wait":
        return [Pause(float(rest))]
    if is_phone:
        verb, *words = shlex.split(rest)
        return [Do(who, verb, dict(_argument(word) for word in words))]
    if not re.fullmatch(r"(in|out)\d", who):
        raise ValueError("neither a phone of this case nor in1, in2, out1, out2")
    if rest == "open":
        return [Do(who, "connect", {}), _send(who, "auth {password}")]
    if rest in ENDS:
        return [Do(who, rest, {})]
    execute = EXECUTE.fullmatch(rest)
    return [_send(who, _execute(*execute.groups("")) if execute else rest.replace("\\n", "\n"))]


def _argument(word: str) -> tuple[str, Any]:
    key, _, value = word.partition("=")
    try:
        return key, value if key in TEXTS else ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return key, value


def _execute(how: str, leg: str, app: str, argument: str) -> str:
    lines = [f"sendmsg {leg}".strip(), "call-command: execute", f"execute-app-name: {app}"]
    lines += [f"execute-app-arg: {argument}"] if argument else []
    lines += ["event-lock: true"] if how == "lock" else []
    return "\n".join(lines)


def _send(who: str, text: str) -> Do:
    return Do(who, "send", {"text": f"{text}\n\n"})


def _timed(steps: list[Step]) -> Iterator[Step]:
    before: Step | None = None
    for step in steps:
        if isinstance(step, Do) and isinstance(before, Do):
            yield Pause(SHORT_S)
        yield step
        before = step
