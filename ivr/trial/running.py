"""Runs tests beside flows and tells what was different, at the line of the test.

Owns: what each word of a talk does, and comparing. Not here: the file (``cases``), the engine's drive (``talk``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ivr import waits
from ivr.effects import Ask, EnterQueue
from ivr.problems import Problem, quote
from ivr.site import Site
from ivr.site_files import TESTS
from ivr.strict_yaml import Document, read_yaml
from ivr.values import as_text
from ivr.waits import (
    CONNECTED_ENDED,
    Failed,
    Happening,
    HungUp,
    KeysMissing,
    KeysPressed,
    QueueLeft,
    Resumed,
    TextArrived,
    TextMissing,
)

from .cases import Case, Move, read_cases
from .names import wrong_names, wrong_result
from .talk import Talk, answer_from

SHOWN = 160  # characters of what was heard that a failure quotes


def run_tests(
    site: Site, sources: Mapping[str, str | bytes], *, as_told: Callable[[str], str] = str
) -> tuple[int, list[Problem]]:
    """``(tests run, problems)`` of all test files: ``{"flows/main.tests.yaml": text}``; ``as_told``: a caller's number
    as calls bring it to the flow."""
    count, problems = 0, []
    for name, source in sorted(sources.items()):
        document = read_yaml(name, source)
        flow, cases, found = read_cases(document, name.rsplit("/", 1)[-1].removesuffix(TESTS))
        if not found and flow not in site.flows:
            found = [document.problem(("flow",), f"there is no flow {quote(flow)}", "name the flow it tests", "test")]
        problems += found
        for number, case in enumerate(cases if not found else ()):
            count += 1
            wrong = list(_unknown(site, case, document, ("tests", number)))
            problems += wrong
            if wrong:
                continue
            problems += run_case(site, flow, as_called(case, as_told), document, ("tests", number))
    return count, sorted(problems)


def run_case(site: Site, flow: str, case: Case, document: Document, path: tuple[str | int, ...]) -> list[Problem]:
    """The first difference of one test, as a problem; nothing where all is as expected."""
    talk = begin(site, flow, case)
    for index, move in enumerate(case.talk):
        wrong = act(talk, move)
        if wrong:
            text = f"test {quote(case.name)}: {wrong}"
            mend = f"the path was {' > '.join(talk.session.trail[-4:]) or 'empty'}"
            where = (*path, "talk", index, move.verb)
            return [document.problem(where, text, mend, "test", key=True)]
    return []


def _unknown(site: Site, case: Case, document: Document, path: tuple[str | int, ...]) -> Iterator[Problem]:
    """Names beside the talk that change nothing."""
    language = case.language or ""
    wrong = wrong_names(site, language=language, known=case.known, facts=case.facts, answers=case.answers)
    for field, name, text, mend in wrong:
        where = (*path, field) if field == "language" else (*path, field, name)
        yield document.problem(where, f"test {quote(case.name)}: {text}", mend, "test", key=field != "language")


def as_called(case: Case, as_told: Callable[[str], str]) -> Case:
    """The number as the flow will know it; what a chat brings stays as it is."""
    return case.model_copy(update={"number": as_told(case.number)}) if case.medium == "voice" else case


def begin(site: Site, flow: str, case: Case) -> Talk:
    """The talk of a test, at its beginning."""
    return Talk(
        site,
        flow=flow,
        medium=case.medium,
        at=case.instant(site.timezone),
        language=case.language or str(case.known.get("contact.language", "")),
        known=case.variables(),
        facts=case.facts,
        replies=case.answers,
    )


def act(talk: Talk, move: Move) -> str:
    """Do or compare one line; what is wrong, "" for nothing."""
    if move.verb in _EXPECTED:
        return _EXPECTED[move.verb](talk, move.value)
    happening = happening_of(talk, move.verb, move.value)
    odd = wrong_result((talk.waiting.type,), move.value) if move.verb == "answer" and talk.waiting else None
    if odd is not None:
        return f"{move.verb}: {odd[0]}, {odd[1]}"
    if happening is None:
        return f"{move.verb} cannot happen now: {_standing(talk)}"
    before = talk.turn
    talk.does(happening, f"{move.verb} {'' if move.value is True else move.value}".strip())
    is_deaf = talk.turn is before and not isinstance(happening, TextArrived)
    return f"{move.verb} changed nothing: {_standing(talk)}" if is_deaf else ""


def happening_of(talk: Talk, verb: str, value: Any) -> Happening | None:
    """A word of a talk as a happening; None where nobody waits for such a thing."""
    wanted = talk.session.waits_for
    made: Happening | None = None
    if verb in ("hang_up", "crash", "fails"):
        made = {"hang_up": HungUp(), "crash": Resumed(), "fails": Failed(str(value))}[verb]
        return made if wanted else None
    if verb == "silence":
        made = KeysMissing() if "KeysMissing" in wanted else TextMissing()
    elif verb == "press":
        made = _pressed(talk, str(value))
    elif verb == "write":
        made = TextArrived(str(value))
    elif verb == "speak" and hasattr(waits, "WordsHeard"):
        made = getattr(waits, "WordsHeard")(str(value))  # noqa: B009
    elif verb == "queue":
        made = QueueLeft(CONNECTED_ENDED if value == "served" else str(value).replace("_", "-"))
    elif verb == "answer" and talk.waiting is not None:
        return answer_from(talk.waiting, value)
    return made if made is not None and made.type in wanted else None


def _pressed(talk: Talk, keys: str) -> Happening:
    """As the switch gives them: the key that ends an entry is no part of it; alone it enters nothing."""
    effect = talk.waiting
    if not isinstance(effect, Ask) or not effect.ends:
        return KeysPressed(keys)
    digits = re.split(f"[{re.escape(effect.ends)}]", keys, maxsplit=1)[0]
    return KeysPressed(digits) if digits else KeysMissing()


def _standing(talk: Talk) -> str:
    if talk.is_over:
        return f"the flow is over ({talk.session.outcome or talk.session.cause})"
    return f"{talk.session.verb} at {talk.place} waits for {' or '.join(talk.session.waits_for)}"


def _shown(talk: Talk) -> str:
    return quote(" / ".join(talk.heard)[-SHOWN:])


def _hears(talk: Talk, wanted: list[str]) -> str:
    """In this order, each inside what was said since the last happening."""
    rest = "\n".join(talk.heard)
    for words in wanted:
        _, found, rest = rest.partition(words)
        if not found:
            return f"expected to hear {quote(words)}, heard {_shown(talk)}"
    return ""


def _never_hears(talk: Talk, unwanted: list[str]) -> str:
    everything = "\n".join(line.text for line in talk.lines if line.who == "site")
    told = [words for words in unwanted if words in everything]
    return f"{quote(told[0])} was said" if told else ""


def _in_queue(talk: Talk, name: str) -> str:
    effect = talk.waiting
    if isinstance(effect, EnterQueue):
        return "" if effect.queue == name else f"expected the queue {quote(name)}, it is {quote(effect.queue)}"
    return f"expected the queue {quote(name)}, but {_standing(talk)}"


def _at(talk: Talk, place: str) -> str:
    block = talk.site.blocks.get(talk.session.block)
    names = (talk.session.block, block.section if block else "", block.flow if block else "", talk.place)
    return "" if place in names else f"expected to be at {quote(place)}, but {_standing(talk)}"


def _ends(talk: Talk, outcome: str) -> str:
    if not talk.is_over:
        return f"expected the end, but {_standing(talk)}"
    got = (talk.session.outcome, talk.session.cause)
    return "" if outcome in got else f"expected the end {quote(outcome)}, it is {quote(got[0] or got[1])}"


def _knows(talk: Talk, wanted: Mapping[str, Any]) -> str:
    for name, value in wanted.items():
        got = talk.session.variables.get(name, "")
        if as_text(got) != as_text(value):
            return f"expected {name} to be {quote(value)}, it is {quote(got)}"
    return ""


def _speaks(talk: Talk, language: str) -> str:
    got = talk.session.language
    return "" if got == language else f"expected the language {language}, it is {got}"


def _sends(talk: Talk, wanted: list[str]) -> str:
    texts = "\n".join(f"{channel}: {text}" for channel, text in talk.sent)
    lost = [words for words in wanted if words not in texts]
    return f"expected {quote(lost[0])} to be sent, sent was {quote(texts)}" if lost else ""


_EXPECTED: dict[str, Callable[[Talk, Any], str]] = {
    "hears": _hears,
    "never_hears": _never_hears,
    "in_queue": _in_queue,
    "at": _at,
    "ends": _ends,
    "knows": _knows,
    "speaks": _speaks,
    "sends": _sends,
}
