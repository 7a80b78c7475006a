"""What a call plays for words: the rendering, another voice's, or words that say so; never silence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from floor import FLOW, written_site

from eslapp.services.prompts import BEEP, SHIPPED, Prompts
from eslapp.sitedir import SiteDir
from ivr import catalog
from ivr.effects import Piece, Recorded, Spoken
from ivr.site import Site

HELLO, OTHER = Spoken("Hello.", "en"), Spoken("Other.", "en")
SORRY = "Sorry, this announcement cannot be played at the moment."


@pytest.fixture
def place(tmp_path: Path) -> tuple[SiteDir, Site, Prompts]:
    site = written_site(tmp_path / "site", FLOW)
    folder = SiteDir(tmp_path / "site")
    folder.make()
    return folder, site, Prompts(folder, lambda: site)


def rendered(folder: SiteDir, site: Site, *spoken: Spoken, voice: str = "", engine: str = "hibari") -> list[str]:
    """As the renderer leaves them."""
    index, paths = {}, []
    for one in spoken:
        key = catalog.speech_key(voice or site.voice_of(one.language), one)
        path = folder.speech / f"{key}.wav"
        path.write_bytes(b"RIFF")
        index[key] = {"text": one.text, "language": one.language, "engine": engine}
        paths.append(str(path))
    (folder.speech / "index.json").write_text(json.dumps({"speech": index}))
    return paths


def said_by_the_product(path: str) -> str:
    """The words of a file that comes with the product."""
    entry = json.loads((SHIPPED / "index.json").read_text("utf-8"))["speech"][Path(path).stem]
    return str(entry["text"])


def test_tones_are_no_words_and_common_ones_come_with_the_product(place: tuple[SiteDir, Site, Prompts]) -> None:
    folder, site, prompts = place
    seven = Spoken("seven", "en")
    rendered(folder, site, HELLO, seven, catalog.missing_speech(site, "en"), engine="tone")
    assert [said_by_the_product(path) for path in prompts.paths([HELLO, seven])] == [SORRY, "seven"]


def test_a_language_the_product_does_not_speak_has_a_sound(place: tuple[SiteDir, Site, Prompts]) -> None:
    assert place[2].paths([Spoken("Guten Tag.", "de")]) == [BEEP]


def test_each_word_is_its_file(place: tuple[SiteDir, Site, Prompts]) -> None:
    folder, site, prompts = place
    wanted = (HELLO, *catalog.words_of(site, Piece("minutes", "2", "en")))
    said = [said_by_the_product(path) for path in prompts.paths([HELLO, Piece("minutes", "2", "en")])]
    assert said[0] == SORRY, "nothing of the site is rendered yet"
    files = rendered(folder, site, *wanted)
    assert prompts.paths([HELLO, Piece("minutes", "2", "en")]) == files


def test_another_voice_stands_in(place: tuple[SiteDir, Site, Prompts]) -> None:
    folder, site, prompts = place
    files = rendered(folder, site, HELLO, voice="hibari:former")
    assert prompts.paths([HELLO]) == files


def test_missing_words_are_told_once_in_the_contacts_language(place: tuple[SiteDir, Site, Prompts]) -> None:
    folder, site, prompts = place
    sorry, hello = rendered(folder, site, catalog.missing_speech(site, "en"), HELLO)
    assert prompts.paths([OTHER, Recorded("gone.wav", "en"), HELLO]) == [sorry, hello]
    assert prompts.paths([]) == []
