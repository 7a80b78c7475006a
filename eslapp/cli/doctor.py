"""``zongji doctor``: what is wrong with a site, its processes and its machine, each with its mend."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import requests

from eslapp import repairs
from eslapp.cli.findings_chinese import finding_in
from eslapp.cli.language import lang_option, of_terminal
from eslapp.cli.output import console, counted, json_option
from eslapp.cli.site_option import open_site, site_option
from eslapp.examining import examined
from eslapp.launch import is_listening
from eslapp.revisions import Revisions
from eslapp.sitedir import SiteDir
from eslapp.store import Store, StoreError, inbox, interactions, unplaced
from ivr.asking import operator_words
from ivr.chinese import half
from ivr.loader import load_site
from recordings.transcribe.client import TranscriberClient

LEAST_FREE = 0.05
PROBLEMS = re.compile(r'^zongji_channel_problems\{account="([^"]*)"\} ([0-9.e+]+)$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Finding:
    """One look. ``state``: ok, warning or error; ``mend`` says what to do."""

    what: str
    state: str
    text: str
    mend: str = ""


@click.command(
    epilog="""\b
Examples / 例子:
  zongji doctor --site ./shop           look at everything; exit 1 where something is wrong
  zongji doctor --site ./shop --lang zh   in Chinese (usually as the terminal speaks)
  zongji doctor --site ./shop --json
"""
)
@site_option
@lang_option
@json_option
def command(site_path: Path, language: str, as_json: bool) -> None:
    """Look at a site, its processes and its machine.  诊断。"""
    site = open_site(site_path)
    findings = [*of_files(site), *of_revision(site), *of_words(site), *of_store(site)]
    findings += [*of_disk(site), *of_processes(site)]
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        styles = {"ok": "green", "warning": "yellow", "error": "red"}
        for finding in findings:
            text = finding_in(finding.text, language)
            mend = f"; {finding_in(finding.mend, language)}" if finding.mend else ""
            console.print(f"{finding.state:<8} {finding.what:<12} {text}{mend}", style=styles[finding.state])
    raise SystemExit(1 if any(finding.state == "error" for finding in findings) else 0)


def of_files(site_dir: SiteDir) -> Iterator[Finding]:
    """The author's files."""
    _, problems = examined(site_dir.root)
    errors = sum(problem.severity == "error" for problem in problems)
    if problems:
        state = "error" if errors else "warning"
        yield Finding("files", state, counted(len(problems), "problem"), f"zongji check {site_dir.root}")
    else:
        yield Finding("files", "ok", "no problems")


def of_revision(site_dir: SiteDir) -> Iterator[Finding]:
    """Whether the files as they are, are what calls run on."""
    state = Revisions(site_dir).state()
    if state.get("problems"):
        told = half(state["problems"][0], of_terminal())
        text = f"the files were refused, revision {state['revision']} serves on: {told}"
        yield Finding("revision", "error", text, f"mend it and save; see: zongji check {site_dir.root}")
    elif state:
        yield Finding("revision", "ok", f"{state['revision']} is in force")


def of_words(site_dir: SiteDir) -> Iterator[Finding]:
    """The operator's words that flows ask other systems with."""
    site, _ = load_site(site_dir.root)
    wanted = sorted(operator_words(site)) if site is not None else []
    missing = [name for name in wanted if site_dir.word(name) is None]
    if missing:
        text = f"flows ask with {', '.join(f'$(env.{name})' for name in missing)}, which is not set: lookups fail"
        mend = f'set it where zongji is started, or under "env" in {site_dir.secrets_file}'
        yield Finding("words", "error", text, mend)
    elif wanted:
        yield Finding("words", "ok", f"{len(wanted)} of the operator are set")


def of_store(site_dir: SiteDir) -> Iterator[Finding]:
    """The database."""
    if not site_dir.database.exists():
        yield Finding("store", "warning", "no database yet", f"zongji run --site {site_dir.root}")
        return
    store = Store(site_dir.database)
    try:
        store.open_to_read()
        count = len(store.read(interactions.still_open))
        yield Finding("store", "ok", f"readable, {count} open interactions")
        lost, last = store.read(inbox.given_up)
        if lost:
            text = f"events of channels that could not be worked on: {lost}; the newest: {last}"
            yield Finding(
                "inbox", "warning", text, "zongji inbox ls; when its cause is mended: zongji inbox retry --all"
            )
        yield from _unplaced(store)
    except StoreError as error:
        yield Finding("store", "error", str(error))
    finally:
        store.close()


def _unplaced(store: Store) -> Iterator[Finding]:
    """Numbers, pages, bots whose events come here and that nobody has written into the site."""
    lost = store.read(lambda tx: unplaced.lately(tx, now=time.time()))
    if lost:
        names = ", ".join(f"{one.whose} ({one.channel_account})" for one in lost[:5])
        text = f"events for accounts that the site does not have: {sum(one.events for one in lost)}; for: {names}"
        yield Finding("inbox", "warning", text, "add them under channels, or end their delivery at the provider")


def of_disk(site_dir: SiteDir) -> Iterator[Finding]:
    """Room for recordings."""
    usage = shutil.disk_usage(site_dir.root)
    share = usage.free / usage.total
    state = "ok" if share >= LEAST_FREE else "error"
    mend = "" if state == "ok" else f"free space for {site_dir.recordings}; recordings will be cut short"
    yield Finding("disk", state, f"{share:.0%} free ({usage.free / 1e9:.1f} GB)", mend)


def of_processes(site_dir: SiteDir) -> Iterator[Finding]:
    """The daemon, its switch and the transcriber."""
    url = site_dir.state().get("daemon", {}).get("url")
    start = f"zongji run --site {site_dir.root}"
    ready = ask_ready(url) if url else None
    if ready is None:
        yield Finding("daemon", "error", "does not answer", start)
        return
    yield Finding("daemon", "ok", f"answers at {url}")
    yield of_repairs(url)
    yield from of_channels(url)
    yield from of_priority(int(site_dir.state()["daemon"]["pid"]))
    for name, is_ok in ready.items():
        mend = "" if is_ok else f"see {site_dir.logs}; a FreeSWITCH: zongji freeswitch check"
        yield Finding(name, "ok" if is_ok else "error", "up" if is_ok else "down", mend)
    if not is_listening(site_dir.transcriber_socket):
        yield Finding("transcriber", "warning", "is not running; recordings wait for their words", start)
        return
    languages = TranscriberClient(site_dir.transcriber_socket).status()["languages"]
    for code, about in languages.items():
        if about.get("reason"):
            mend = "until then callers choose by keys, and recordings stay unwritten"
            yield Finding("speech", "warning", str(about["reason"]), mend)
        else:
            yield Finding("speech", "ok", f"{code}: {about['engine']}")


def of_priority(pid: int) -> Iterator[Finding]:
    """Whether the daemon gets a core beside a switch with hundreds of calls."""
    try:
        is_realtime = os.sched_getscheduler(pid) in (os.SCHED_RR, os.SCHED_FIFO)
    except (AttributeError, OSError):
        return  # not on this system, or just gone
    if is_realtime:
        yield Finding("priority", "ok", "the daemon runs at the switch's real-time priority")
    else:
        text = "the daemon runs at ordinary priority: beside hundreds of calls on few cores it would answer late"
        yield Finding("priority", "ok", text, "LimitRTPRIO=1 in its unit of systemd")


def of_repairs(url: str) -> Finding:
    """What the reconciler had to put right since the daemon began: rare is well, many ask for a look at the log."""
    session = requests.Session()
    session.trust_env = False
    try:
        counts = repairs.told(session.get(f"{url}/metrics", timeout=5).text)
    except requests.RequestException as error:
        return Finding("repairs", "warning", f"the count cannot be read: {error}")
    if not counts:
        return Finding("repairs", "ok", "nothing had to be repaired since the daemon began")
    kinds = ", ".join(f"{repairs.WORDS.get(kind, kind)} {count}" for kind, count in sorted(counts.items()))
    return Finding("repairs", "ok", f"{sum(counts.values())} since the daemon began: {kinds}")


def of_channels(url: str) -> Iterator[Finding]:
    """The channels of which their providers said lately that something is wrong."""
    session = requests.Session()
    session.trust_env = False
    try:
        found = PROBLEMS.findall(session.get(f"{url}/metrics", timeout=5).text)
    except requests.RequestException:
        return  # the count of repairs tells of it
    if names := sorted(name for name, count in found if float(count)):
        yield Finding("channels", "warning", f"not well: {', '.join(names)}", "zongji channel check")


def ask_ready(url: str) -> dict[str, bool] | None:
    """What the daemon says of its parts, ``None`` where it does not answer."""
    session = requests.Session()
    session.trust_env = False
    try:
        checked: dict[str, bool] = session.get(f"{url}/readyz", timeout=5).json()["checks"]
    except (requests.RequestException, ValueError, KeyError):
        return None
    return checked
