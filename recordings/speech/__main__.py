"""``python -m recordings.speech --site DIR``: renders what a site says and is not there yet, into ``DIR/var/speech``.

Run it when a flow is saved and before a site starts; the daemon never renders on the call path. ``--ship`` writes
into ``DIR/prompts/speech`` instead, with all numbers to 99 and all phrases, so that the site speaks on machines without
any voice, also after its flows are edited a little. ``--lines FILE --into DIR`` renders a list
``[{"key", "text", "language", "voice"}]``. Ends with 1 where an emergency voice had to speak.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from ivr import catalog, numerals, phrases
from ivr.effects import Spoken
from ivr.loader import load_site
from ivr.site import Site

from .lines import Line, Rendered
from .rendering import PACKAGED, complaints, forget_others, render_site
from .voice import VoiceError

SHIPPED = (  # phrases that most flows say; those of single steps are rendered where they are used
    "invalid silence malformed entered confirm_keys language_keys next position position_many fallback fallback_end "
    "unavailable prompt_missing goodbye"
).split()
LARGEST_SHIPPED = 99


class NothingToRender(RuntimeError):
    """The site or the list cannot be read; one line with the reason."""


def lines_of_site(folder: Path, *, with_vocabulary: bool = False) -> list[Line]:
    """Everything the site may say; ``with_vocabulary``: and numbers and phrases. Raises NothingToRender."""
    site, problems = load_site(folder)
    if site is None:
        raise NothingToRender("\n".join(map(str, problems)) or f"{folder}: no site")
    wanted = set(catalog.all_speech(site)) | (_vocabulary(site) if with_vocabulary else set())
    spoken = sorted(wanted, key=lambda one: (one.language, one.text))
    voices = {one.language: site.voice_of(one.language) for one in spoken}
    return [
        Line(catalog.speech_key(voices[one.language], one), one.text, one.language, voices[one.language])
        for one in spoken
    ]


def _vocabulary(site: Site) -> set[Spoken]:
    found: set[Spoken] = set()
    for language in site.languages:
        words = {word for kind in ("digits", "position") for word in numerals.vocabulary(kind, language, site.phrases)}
        for number in range(LARGEST_SHIPPED + 1):
            words.update(numerals.words("number", str(number), language, site.phrases))
        for name in SHIPPED:
            words.add(phrases.phrase(name, language, site.phrases))
        found.update(Spoken(text, language) for text in words if "{" not in text)
    return found


def lines_of_file(path: Path) -> list[Line]:
    """Raises NothingToRender."""
    try:
        return [Line(**entry) for entry in json.loads(path.read_text("utf-8"))]
    except (OSError, ValueError, TypeError) as error:
        raise NothingToRender(f"{path}: {error}") from None


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m recordings.speech", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--site", type=Path)
    what.add_argument("--lines", type=Path)
    parser.add_argument("--ship", action="store_true", help="write into the site's prompts/speech")
    parser.add_argument("--into", type=Path, help="folder for the files (default: DIR/var/speech)")
    given = parser.parse_args(argv)
    site = given.site or Path("/nonexistent")
    into = given.into or (site / PACKAGED if given.ship else site / "var" / "speech")
    try:
        lines = lines_of_site(site, with_vocabulary=given.ship) if given.site else lines_of_file(given.lines)
        done = render_site(site, lines, into, _tell)
        if given.ship:
            forget_others(into, {line.key for line in lines})
    except (NothingToRender, VoiceError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    emergency = sum(one.is_fallback for one in done)
    new = sum(one.is_new for one in done)
    print(f"speech: {len(done)} lines, {new} rendered now, {emergency} by an emergency voice")
    for complaint in complaints(done, site):
        print(f"speech: {complaint}", file=sys.stderr)
    return 1 if emergency else 0


def _tell(one: Rendered) -> None:
    if one.is_new and not one.is_fallback:
        print(f"speech: {one.engine} {one.voice}: {one.text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
