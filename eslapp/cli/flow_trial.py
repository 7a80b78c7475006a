"""The words of ``zongji flow simulate``: which of them mean nothing, what is waited for, and keeping a talk as a test.

Not here: the talk (``flow.simulate``, ``ivr.trial``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from eslapp.cli.output import fail, in_terminal, tell
from ivr import json_schema
from ivr.problems import did_you_mean
from ivr.proof.services import SERVED, planted
from ivr.site import Site
from ivr.site_files import TESTS
from ivr.strict_yaml import read_yaml
from ivr.trial import read_cases
from ivr.trial.names import QUEUE_ENDS, RESULTS, wrong_names
from ivr.trial.talk import Talk
from ivr.trial.written import HEADER

OPTIONS = {"language": "--language", "known": "--known", "facts": "--fact", "answers": "--answer"}
AWAITED = {
    "PlayEnded": "the end of the sound",
    "KeysPressed": "keys",
    "KeysMissing": "silence",
    "TextArrived": "a text",
    "TextMissing": "silence",
    "WordsHeard": "words",
    "QueueLeft": "the end of the wait",
    "Answered": "an answer",
    "Performed": "a result",
}


def refuse_unknown(
    site: Site,
    language: str,
    *,
    known: Mapping[str, Any],
    facts: Mapping[str, Any],
    answers: Mapping[str, Any],
    queue: Iterable[str],
) -> None:
    """Stop at the first words that would change nothing."""
    for ends in queue:
        if ends not in QUEUE_ENDS:
            _stop("--queue", ends, "a queue does not end so", did_you_mean(ends, QUEUE_ENDS))
    for field, name, text, mend in wrong_names(site, language=language, known=known, facts=facts, answers=answers):
        _stop(OPTIONS[field], name, text, mend)


def _stop(option: str, word: str, text: str, mend: str) -> NoReturn:
    fail(f"{option} {word}: {in_terminal(text)}; {in_terminal(mend)}")


def refuse_odd_file(repro: Path, flow: str, site: Site) -> None:
    """Stop before the talk where it could not be kept in that file."""
    folder = Path(site.directory).resolve() / "flows"
    if not repro.name.endswith(TESTS) or repro.resolve().parent != folder:
        fail(f"--repro {repro}: tests stand beside flows; write {folder / (flow + TESTS)}")
    if not repro.exists():
        return
    try:
        source = repro.read_bytes()
    except OSError as error:
        fail(f"--repro {repro}: cannot read it: {error.strerror or error}")
    if not source.strip():
        return
    tested, _, problems = read_cases(read_yaml(repro.name, source), repro.name.removesuffix(TESTS))
    if problems:
        fail(f"--repro {repro}: it has mistakes already: {problems[0]}")
    if tested != flow:
        fail(f"--repro {repro}: it tests the flow {tested}; write {folder / (flow + TESTS)}")


def keep(repro: Path, flow: str, text: str) -> None:
    """Add a test; a file that is not named after its flow says which one it tests. What is there stays as it is."""
    before = repro.read_text("utf-8") if repro.exists() else ""
    if not before.strip():
        site = repro.resolve().parent.parent
        beginning = HEADER if repro.name == flow + TESTS else f"flow: {flow}\n{HEADER}"
        header = json_schema.modeline(repro.resolve(), site) if (site / json_schema.FOLDER).is_dir() else ""
        before = header + beginning
    whole = before.rstrip("\n") + "\n" + text
    _, cases, problems = read_cases(read_yaml(repro.name, whole), flow)
    if problems or len(cases) < 1:
        tell(text, style="dim")
        fail(f"--repro {repro}: 'tests:' is not a list of two spaces at its end; add the lines above by hand")
    repro.write_text(whole, encoding="utf-8")
    tell(f"added to {repro}; run it with: zongji check --tests")


def awaited(wanted: Iterable[str]) -> str:
    """What a flow waits for, in words."""
    return " / ".join(dict.fromkeys(in_terminal(AWAITED.get(name, name)) for name in wanted))


def answer_hint(talk: Talk) -> str:
    """The answer that the step now waits for, with what it takes from it."""
    step, effect = talk.step, talk.waiting
    name = effect.type if effect is not None else ""
    if name in RESULTS:
        return " | ".join(f"{talk.session.verb}={result}" for result in RESULTS[name])
    if name in SERVED or step is None:
        return " | ".join(f"{talk.session.verb}={json.dumps(row)!r}" for row in SERVED.get(name, ({},)))
    body: Any = {}
    for name, path in getattr(getattr(step, "lookup", None) or step, "save", {}).items():
        body = planted(body, path.parts, f"({name})")
    return f"{talk.session.verb}='{json.dumps({'status': 200, 'body': body}, ensure_ascii=False)}'"
