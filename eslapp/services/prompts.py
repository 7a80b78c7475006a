"""From speech to files: what the engine wants said, as WAV paths that exist now. Nothing is rendered here.

Owns: the look-up on the call path and its fallbacks, each with a warning.
Not here: rendering (``recordings.speech``), keys and words (``ivr.catalog``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.resources import files
from pathlib import Path

from eslapp.log import get_log
from eslapp.sitedir import SiteDir
from ivr import catalog
from ivr.effects import Recorded, Speech, Spoken
from ivr.phrases import phrase
from ivr.site import Site
from recordings.speech import spoken_path
from recordings.speech.other_voices import OtherVoices
from recordings.speech.rendering import PACKAGED

log = get_log("prompts")

SHIPPED = Path(str(files("ivr"))) / "sites" / "demo" / PACKAGED  # numbers and common words, spoken for every site
BEEP = "tone_stream://%(200,100,523)"


class Prompts:
    """The sounds of one site; ``site()`` is its newest revision."""

    def __init__(self, site_dir: SiteDir, site: Callable[[], Site]) -> None:
        self._dir = site_dir
        self._site = site
        self._warned: set[str] = set()
        self._others = OtherVoices([site_dir.root / PACKAGED, site_dir.speech, SHIPPED])
        self._places: dict[str, Path] = {}  # where a relative name leads, for those that stay inside

    def paths(self, speech: Iterable[Speech]) -> list[str]:
        """The files for these, in order. Where one has none: a warning (once each), and once per prompt the product's
        own words for that, or at least a sound: never silence."""
        site = self._site()
        found: list[str] = []
        is_told = False
        for one in catalog.rendered(site, tuple(speech)):
            path = self._of(site, one)
            if path is None and not is_told:
                path, is_told = self._instead(site, one.language), True
            found += [path] if path is not None else []
        return found

    def phone_test(self, language: str) -> list[str]:
        """Three tones, then the question where it is spoken already (``catalog`` asks for it by the site's rule)."""
        site = self._site()
        question = self._of_phrase(site, "phone_test", language)
        return [BEEP, BEEP, BEEP, *([question] if question else [])]

    def _of_phrase(self, site: Site, name: str, language: str) -> str | None:
        path = self._spoken(site, Spoken(phrase(name, language, site.phrases), language))
        return str(path) if path is not None else None

    def _instead(self, site: Site, language: str) -> str:
        path = self._spoken(site, catalog.missing_speech(site, language or site.default_language))
        return str(path) if path is not None else BEEP

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
        path = self._spoken(site, speech)
        if path is None:
            self._warn(f"{speech.language}:{speech.text}")
            return None
        return str(path)

    def _spoken(self, site: Site, speech: Spoken) -> Path | None:
        """The rendering, or another voice's; the tones of a machine without voices are no words."""
        key = catalog.speech_key(site.voice_of(speech.language), speech)
        path = spoken_path(self._dir.root, self._dir.speech, key)
        if path is not None and self._others.is_spoken(path):
            return path
        return self._others.find(speech.language, speech.text)

    def _warn(self, what: str) -> None:
        if what not in self._warned:
            self._warned.add(what)
            log.warning("prompt-missing", what=what, site=str(self._dir.root))
