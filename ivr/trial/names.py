"""The words of a trial that the site does not know: queues of facts, steps of answers, names known of the contact.

Owns: finding them, for tests beside flows and for the simulator. Not here: running (``running``), the command line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ivr.kinds import QUEUE_FACTS, given_kinds
from ivr.problems import did_you_mean, quote
from ivr.proof.services import PERFORMED, RECORDED, SERVED
from ivr.scene import BUILT_IN_NAMES
from ivr.site import Site
from ivr.step import MEDIA
from ivr.waits import CONNECTED_ENDED, QUEUE_REASONS

SERVICES = ("AskSystem", "RecordCall", *SERVED, *PERFORMED)
VERBS = "answer callback identify lookup message record survey ticket transfer voicemail".split()
RESULTS = {  # by what is done with a call: how that may end
    "RecordCall": tuple(dict.fromkeys(RECORDED.values())),
    **{name: tuple(result for result, _ in results) for name, results in PERFORMED.items()},
}
EFFECTS = {  # by step: what it does with a call
    "answer": ("AnswerCall",),
    "callback": ("RequestCallback",),
    "record": ("RecordCall",),
    "transfer": ("Transfer",),
    "voicemail": ("TakeMessage", "KeepMessage"),
}
QUEUE_ENDS = tuple(reason.replace(CONNECTED_ENDED, "served").replace("-", "_") for reason in QUEUE_REASONS)
Wrong = tuple[str, str, str, str]  # which words, the name, what is wrong, the mend


def wrong_names(
    site: Site,
    *,
    language: str = "",
    known: Iterable[str] = (),
    facts: Iterable[str] = (),
    answers: Mapping[str, Any] | None = None,
) -> Iterator[Wrong]:
    """Every name that changes nothing because nobody reads it."""
    if language and language not in site.languages:
        text = f"{quote(language)} is not a language of this site"
        yield "language", language, text, did_you_mean(language, site.languages)
    for name in known:
        yield from _of_known(site, name)
    for name in facts:
        names = {f"queue.{queue}.{fact}" for queue in site.queues for fact in QUEUE_FACTS}
        own = name.rpartition(".")
        if (own[0] if own[2] in MEDIA else name) not in names:
            yield "facts", name, f"no flow can ask for {quote(name)}", did_you_mean(name, names)
    for name in answers or {}:
        places = {part for block in site.blocks.values() for part in (block.id, block.section) if part}
        if name not in places and name not in VERBS and name not in SERVICES:
            used = {step.verb for block in site.blocks.values() for step in block.steps if step.verb in VERBS}
            text = f"{quote(name)} is no step that asks a service, and no section"
            yield "answers", name, text, did_you_mean(name, used | places, f"write one of {', '.join(VERBS)}")
        yield from (("answers", name, *wrong) for wrong in _of_results(name, (answers or {})[name]))


def wrong_result(effects: Iterable[str], row: Any) -> tuple[str, str] | None:
    """What is wrong with an answer for what is done with a call, and the mend; None where one of ``effects`` may end
    so, or where it is no such thing."""
    result = row.get("result") if isinstance(row, Mapping) else row
    known = [one for effect in effects for one in RESULTS.get(effect, ())]
    if not known or result in known or (isinstance(row, Mapping) and "fails" in row):
        return None
    said = quote(row) if result is None else quote(result)
    return f"it does not end with {said}", did_you_mean(str(result), dict.fromkeys(known))


def _of_results(name: str, rows: Any) -> Iterator[tuple[str, str]]:
    """Answers given for a step, or for what it does, that it never gets."""
    effects = EFFECTS.get(name, (name,))
    found = [wrong_result(effects, row) for row in (rows if isinstance(rows, list) else [rows])]
    yield from [wrong for wrong in found if wrong is not None][:1]


def _of_known(site: Site, name: str) -> Iterator[Wrong]:
    kept = {one for block in site.blocks.values() for step in block.steps for one in step.names_set()}
    given = {one for one in given_kinds(site) if one.startswith(("contact.", "call."))}
    if name in BUILT_IN_NAMES:
        mend = "say the hour with 'at', the language with 'language', the medium with 'on'"
        yield "known", name, f"{quote(name)} cannot be set: it tells what is so", mend
    elif name not in kept | given:
        yield "known", name, f"no flow of the site reads {quote(name)}", did_you_mean(name, kept | given)
