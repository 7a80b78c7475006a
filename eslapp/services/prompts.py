"""From speech to files: what the engine wants said, as WAV paths that exist now. Nothing is rendered here.

Owns: the look-up on the call path and its fallbacks, each with a warning.
Not here: rendering (``recordings.speech``), keys and words (``ivr.catalog``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from eslapp.log import get_log
from eslapp.sitedir import SiteDir
from ivr import catalog
from ivr.effects import Recorded, Speech, Spoken
from ivr.site import Site
from recordings.speech import spoken_path

log = get_log("prompts")


class Prompts:
    """The sounds of one site; ``site()`` is its newest revision."""

    def __init__(self, site_dir: SiteDir, site: Callable[[], Site]) -> None:
        self._dir = site_dir
        self._site = site
        self._warned: set[str] = set()
        self._places: dict[str, Path] = {}  # where a relative name leads, for those that stay inside

    def paths(self, speech: Iterable[Speech]) -> list[str]:
        """The files for these, in order; what has none is left out with a warning (once each)."""
        site = self._site()
        found = (self._of(site, one) for one in catalog.rendered(site, tuple(speech)))
        return [path for path in found if path is not None]

    def recorded(self, relative: str) -> str | None:
        """An author's file below ``prompts``, or ``None`` where it is missing."""
        path = self._places.get(relative)
        if path is None:
            folder = self._dir.root / "prompts"
            path = (folder / relative).resolve()
            if not path.is_relative_to(folder):
                self._warn(f"recorded:{relative}")
                return None
            self._places[relative] = path
        if path.is_file():
            return str(path)
        self._warn(f"recorded:{relative}")
        return None

    def _of(self, site: Site, speech: Spoken | Recorded) -> str | None:
        if isinstance(speech, Recorded):
            return self.recorded(speech.path)
        key = catalog.speech_key(site.voice_of(speech.language), speech)
        path = spoken_path(self._dir.root, self._dir.speech, key)
        if path is None:
            self._warn(f"{speech.language}:{speech.text}")
            return None
        return str(path)

    def _warn(self, what: str) -> None:
        if what not in self._warned:
            self._warned.add(what)
            log.warning("prompt-missing", what=what, site=str(self._dir.root))
