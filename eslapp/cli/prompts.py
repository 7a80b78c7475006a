"""``zongji prompts``: what a site says, as sound files rendered before any call."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import click

from eslapp.cli.output import console, fail, json_option, show
from eslapp.cli.site_option import open_site, site_option
from eslapp.sitedir import SiteDir
from ivr import catalog
from ivr.loader import load_site
from ivr.site import Site
from recordings.speech import spoken_path
from recordings.speech.rendering import spoken_by

MISSING, EMERGENCY, READY = "missing", "emergency voice", "ready"


@click.group(
    epilog="""\b
Examples / 例子:
  zongji prompts check --site ./shop             what is not spoken yet, or only by an emergency voice
  zongji prompts render --site ./shop            speak it now (zongji run does so at its start)
  zongji prompts render --site ./shop --ship     into prompts/speech, to take along to machines without voices
"""
)
def command() -> None:
    """Spoken prompts of a site.  站点的语音提示。"""


@command.command(
    "check",
    epilog="""\b
Examples / 例子:
  zongji prompts check --site ./shop
  zongji prompts check --site ./shop --all --json   those that are ready, too
""",
)
@site_option
@click.option("--all", "with_ready", is_flag=True, help="List what is ready, too.")
@json_option
def check_it(site_path: Path, with_ready: bool, as_json: bool) -> None:
    """List prompts that are not spoken, or only by an emergency voice; exit 1 where any is.  列出尚未合成的提示音。"""
    folder = open_site(site_path)
    site = _site(folder)
    rows = [_row(folder, site, one) for one in sorted(catalog.all_speech(site), key=lambda s: (s.language, s.text))]
    rows += [
        {"language": "", "state": MISSING, "voice": "file", "text": name}
        for name in sorted(catalog.all_recorded(site) - site.prompt_files)
    ]
    wanting = [row for row in rows if row["state"] != READY]
    shown = rows if with_ready else wanting
    show(shown, ("language", "state", "voice", "text"), as_json=as_json, empty=f"{len(rows)} prompts, all spoken")
    raise SystemExit(1 if wanting else 0)


@command.command(
    "render",
    epilog="""\b
Examples / 例子:
  zongji prompts render --site ./shop          now (zongji run does so at its start)
  zongji prompts render --site ./shop --ship   into prompts/speech, for machines without voices
""",
)
@site_option
@click.option("--ship", is_flag=True, help="Write into prompts/speech, with numbers and common phrases.")
def render_it(site_path: Path, ship: bool) -> None:
    """Speak what is missing, in a process of its own; exit 1 where only an emergency voice could.

    合成缺少的提示音。
    """
    folder = open_site(site_path)
    _site(folder)
    words = [sys.executable, "-m", "recordings.speech", "--site", str(folder.root), *(["--ship"] if ship else [])]
    raise SystemExit(subprocess.run(words, check=False).returncode)


def _site(folder: SiteDir) -> Site:
    site, problems = load_site(folder.root)
    if site is None:
        console.print("\n".join(map(str, problems)), markup=False)
        fail(f"{folder.root}: the site has mistakes; see: zongji check {folder.root}")
    return site


def _row(folder: SiteDir, site: Site, speech: Any) -> dict[str, str]:
    key = catalog.speech_key(site.voice_of(speech.language), speech)
    path = spoken_path(folder.root, folder.speech, key)
    voice, is_emergency = spoken_by(path) if path is not None else ("", False)
    state = MISSING if path is None else EMERGENCY if is_emergency else READY
    return {
        "language": speech.language,
        "state": state,
        "voice": voice or site.voice_of(speech.language),
        "text": speech.text,
    }
