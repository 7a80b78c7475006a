"""``zongji flow simulate``: talk to a flow in the terminal, as a caller or as a chat."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.markup import escape

from eslapp.cli.flow import flow_file, open_flow
from eslapp.cli.flow_trial import answer_hint, awaited, keep, refuse_odd_file, refuse_unknown
from eslapp.cli.language import of_terminal, spoken_option
from eslapp.cli.output import console, fail, in_terminal, tell
from eslapp.core.phone_numbers import as_told, country_of
from ivr.site import Site
from ivr.trial import Talk
from ivr.trial.names import QUEUE_ENDS, RESULTS
from ivr.trial.running import happening_of
from ivr.trial.talk import Line
from ivr.trial.trails import trail_in
from ivr.trial.written import Repro

LANGUAGE = "contact.language"
MOVES_BOUND = 500
WORDS = {"yes": True, "true": True, "no": False, "false": False}
HELP = "Enter: say nothing | /hangup: hang up | /fail: it cannot be done | /crash: the daemon restarts | /quit: leave"
STYLES = {"site": "cyan", "contact": "green", "system": "dim"}
WHO = {"site": "☎ ", "contact": "> ", "system": "· "}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the contact does: a word of a test, and its value."""

    verb: str
    value: Any = None


@click.command(
    epilog="""\b
Examples / 例子:
  zongji flow simulate shop/flows/main.yaml                             talk: keys, words, Enter for silence
  zongji flow simulate shop/flows/main.yaml --as-chat --say 你好         the same flow as a chat
  zongji flow simulate shop/flows/main.yaml --press 2,1 --as +8613800138000 --at "2026-10-01 10:00"
  zongji flow simulate shop/flows/main.yaml --press 1 --queue served --repro shop/flows/main.tests.yaml
"""
)
@spoken_option
@flow_file
@click.option("--as-chat", is_flag=True, help="As a chat instead of a call.  模拟网聊。")
@click.option(
    "--press", multiple=True, help="Keys for one question after the other, separated by commas; - is silence."
)
@click.option("--say", multiple=True, help="What the contact writes (chat) or speaks (call); may be repeated.")
@click.option(
    "--queue", multiple=True, help="How the wait ends: served, full, closed, no_agents, timeout, left; may be repeated."
)
@click.option("--as", "number", default="", help="The number (or visitor) that contacts us.")
@click.option("--at", "at_text", default="", help='The local time at the site: "2026-10-01 10:00". Default: now.')
@click.option("--language", default="", help="The contact's language, e.g. zh.")
@click.option("--known", multiple=True, help="NAME=VALUE known at the beginning, e.g. contact.level=vip.")
@click.option("--fact", multiple=True, help="NAME=VALUE of the moment, e.g. queue.orders.waiting=7.")
@click.option("--answer", multiple=True, help='STEP=JSON a service answers, e.g. lookup={"status":200,"body":{}}.')
@click.option(
    "--answers", type=click.Path(exists=True, dir_okay=False), help="The same from a JSON file: {STEP: [...]}."
)
@click.option("--repro", type=click.Path(dir_okay=False, path_type=Path), help="Add the talk to this file of tests.")
@click.option("--json", "as_json", is_flag=True, help="Print the path as JSON.")
def command(
    file: Path,
    as_chat: bool,
    press: tuple[str, ...],
    say: tuple[str, ...],
    queue: tuple[str, ...],
    number: str,
    at_text: str,
    language: str,
    known: tuple[str, ...],
    fact: tuple[str, ...],
    answer: tuple[str, ...],
    answers: str | None,
    repro: Path | None,
    as_json: bool,
) -> None:
    """Talk to a flow as a caller or as a chat.  在终端里以来电或网聊的身份试跑流程。"""
    site, flow = open_flow(file)
    moment = moment_of(at_text, site)
    begun = {**pairs(known), **({LANGUAGE: language} if language else {})}
    number = number if as_chat else as_told(number, country_of(site.country, site.timezone))
    told = {**({"contact.number": number} if number else {}), **begun}
    replies = {**(answers_of(Path(answers)) if answers else {}), **answer_rows(answer)}
    facts, keys = pairs(fact), ",".join(press)
    refuse_unknown(site, language, known=begun, facts=facts, answers=replies, queue=queue)
    if repro is not None:
        refuse_odd_file(repro, flow, site)
    talk = Talk(
        site,
        flow=flow,
        medium="text" if as_chat else "voice",
        at=moment.timestamp(),
        language=str(begun.get(LANGUAGE, "")),
        known=told,
        facts=facts,
        replies={name: rows if isinstance(rows, list) else [rows] for name, rows in replies.items()},
        with_defaults=True,
    )
    on = "chat" if as_chat else "call"
    name = f"{on} {keys or ' '.join(say) or 'by hand'}"
    written = Repro(name, on, number, moment, language, known=begun, facts=facts, answers=replies)
    is_scripted = bool(press or say or queue or as_json)
    shown = _show(talk, 0, quiet=as_json)
    written.saw(talk)
    for step in _scripted(talk, keys, say, queue) if is_scripted else _by_hand(talk):
        happening = happening_of(talk, step.verb, True if step.value is None else step.value)
        if happening is None:
            fail(f"{step.verb} cannot happen now: {talk.session.verb} waits for {awaited(talk.session.waits_for)}")
        talk.does(happening, f"{step.verb} {step.value if step.value is not None else ''}".strip())
        written.did(step.verb, step.value)
        written.saw(talk)
        shown = _show(talk, shown, quiet=as_json)
    _conclude(talk, as_json=as_json)
    if repro is not None:
        written.answered(talk.given)
        keep(repro, flow, written.text())


def _scripted(talk: Talk, press: str, say: tuple[str, ...], queue: tuple[str, ...]) -> Iterator[Step]:
    """What was given on the command line, each when it is wanted."""
    keys = [key.strip() for key in press.split(",") if key.strip()]
    words, ends = list(say), list(queue)
    for _ in range(MOVES_BOUND):
        wanted = talk.session.waits_for
        if words and ("TextArrived" in wanted or "WordsHeard" in wanted):
            yield Step("write" if "TextArrived" in wanted else "speak", words.pop(0))
        elif keys and (keys[0] == "-" and {"KeysMissing", "TextMissing"} & set(wanted)):
            keys.pop(0)
            yield Step("silence")
        elif keys and ("KeysPressed" in wanted or "TextArrived" in wanted):
            yield Step("press" if "KeysPressed" in wanted else "write", keys.pop(0))
        elif ends and "QueueLeft" in wanted:
            yield Step("queue", ends.pop(0))
        else:
            break
    if keys or words or ends:
        left = ", ".join([*keys, *words, *ends])
        text = f"not used: {left} ({talk.session.verb or 'the flow'} does not wait for it)"
        click.echo(f"zongji: {in_terminal(text)}", err=True)


def _by_hand(talk: Talk) -> Iterator[Step]:
    """Ask whoever sits there."""
    tell(HELP, style="dim")
    while not talk.is_over and talk.session.waits_for:
        wanted = talk.session.waits_for
        try:
            typed = click.prompt(in_terminal(_asking(talk)), default="", show_default=False).strip()
        except click.Abort:
            return
        step = _typed(typed, wanted)
        if step is None:
            return
        happening = happening_of(talk, step.verb, True if step.value is None else step.value)
        if happening is None:
            tell(HELP, style="yellow")
        else:
            yield step


def _asking(talk: Talk) -> str:
    wanted = talk.session.waits_for
    if "QueueLeft" in wanted:
        return "queue (served/full/closed/no_agents/timeout/left)"
    if "Answered" in wanted or "Performed" in wanted:
        results = RESULTS.get(talk.waiting.type if talk.waiting is not None else "", ())
        return f"answer ({'/'.join(results)})" if results else "answer (JSON)"
    if "WordsHeard" in wanted:
        return "keys or words"
    return "keys" if "KeysPressed" in wanted else "words"


def _typed(typed: str, wanted: tuple[str, ...]) -> Step | None:
    """A typed line as something that happens; None: leave."""
    if typed in ("/quit", "/q"):
        return None
    alone = {"/hangup": "hang_up", "/fail": "fails", "/crash": "crash", "": "silence"}
    if typed in alone:
        return Step(alone[typed])
    if "QueueLeft" in wanted and not typed[:1].isdigit() and typed not in "*#":
        return Step("queue", typed) if typed in QUEUE_ENDS else Step("")
    if "Answered" in wanted or "Performed" in wanted:
        try:
            return Step("answer", answer_value(typed))
        except ValueError:
            return Step("")
    if "KeysPressed" in wanted and all(letter in "0123456789*#" for letter in typed):
        return Step("press", typed)
    return Step("speak" if "WordsHeard" in wanted else "write", typed)


def _show(talk: Talk, since: int, *, quiet: bool) -> int:
    """Print what is new; how many lines have been shown."""
    if not quiet:
        for line in talk.lines[since:]:
            console.print(_styled(line))
    return len(talk.lines)


def _styled(line: Line) -> str:
    text = line.text if line.who == "site" else in_terminal(line.text)
    place = f"  [dim]{escape(line.place)}[/dim]" if line.who == "site" else ""
    return f"[{STYLES[line.who]}]{WHO[line.who]}{escape(text)}[/{STYLES[line.who]}]{place}"


def _conclude(talk: Talk, *, as_json: bool) -> None:
    session = talk.session
    if as_json:
        row = {
            "path": list(session.trail),
            "at": "" if talk.is_over else talk.place,
            "waits_for": list(session.waits_for),
            "outcome": session.outcome,
            "cause": session.cause,
            "language": session.language,
            "variables": dict(session.variables),
            "faults": talk.faults,
            "lines": [{"who": line.who, "text": line.text, "place": line.place} for line in talk.lines],
        }
        click.echo(json.dumps(row, ensure_ascii=False))
        return
    console.print()
    tell("path: " + (trail_in(session.trail, of_terminal()) or "-"))
    if not talk.is_over:
        tell(f"now at {talk.place} {session.verb}, waits for {awaited(session.waits_for)}")
        if "Answered" in session.waits_for or "Performed" in session.waits_for:
            tell(f"say what comes back with: --answer {answer_hint(talk)}")


def moment_of(text: str, site: Site) -> datetime:
    """``--at``, in the site's own time."""
    zone = ZoneInfo(site.timezone)
    if not text:
        return datetime.now(zone)
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        fail(f'--at {text}: write it like "2026-10-01 10:00"')


def pairs(options: tuple[str, ...]) -> dict[str, Any]:
    """``NAME=VALUE`` options; numbers are numbers, yes and no are yes and no."""
    found: dict[str, Any] = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not equals:
            fail(f"{option}: write NAME=VALUE")
        found[name.strip()] = as_value(value)
    return found


def answer_rows(options: tuple[str, ...]) -> dict[str, list[Any]]:
    """``--answer STEP=JSON``; of several for one step each is used once."""
    rows: dict[str, list[Any]] = {}
    for option in options:
        name, equals, text = option.partition("=")
        if not equals or not text.strip():
            fail(f'--answer {option}: write STEP=JSON, such as: lookup={{"status": 200, "body": {{}}}}')
        try:
            rows.setdefault(name.strip(), []).append(answer_value(text.strip()))
        except ValueError as error:
            fail(f"--answer {option}: it cannot be read as JSON ({error})")
    return rows


def answer_value(text: str) -> Any:
    """What a service answers: JSON, or one word such as ``busy``; raises ``ValueError`` for anything else."""
    if re.fullmatch(r"[a-z_]+", text):
        return text
    found = json.loads(text)
    if not isinstance(found, dict | list):
        raise ValueError("neither {...} nor one word")
    return found


def answers_of(file: Path) -> dict[str, Any]:
    """``--answers FILE``."""
    try:
        found = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        fail(f"{file}: it cannot be read as JSON ({error}); write {{STEP: [...]}}")
    if not isinstance(found, dict):
        fail(f"{file}: these are no answers by step; write {{STEP: [...]}}")
    return found


def as_value(text: str) -> Any:
    """A whole number, yes or no, else the text; a telephone number stays text."""
    if text in WORDS:
        return WORDS[text]
    return int(text) if text.lstrip("-").isdigit() and len(text) < 10 and text[:1] != "0" else text
