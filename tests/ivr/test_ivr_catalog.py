"""The catalogue: whatever a call says was in it, so it was rendered before the call."""

import hashlib
import re

from hypothesis import given
from hypothesis import strategies as st
from ivr_sites import DEMO, Contact, make

from ivr import Site, load_site
from ivr.announcements import position_speech, position_text
from ivr.catalog import all_recorded, all_speech, rendered, speech_file, speech_key
from ivr.effects import Piece, Recorded, Spoken
from ivr.steps import STEPS
from ivr.waits import KeysMissing, KeysPressed, PlayEnded, QueueLeft

ANSWERS = [PlayEnded(), KeysPressed("1"), KeysPressed("2"), KeysPressed("12345"), KeysMissing(), QueueLeft("no-agents")]


def demo() -> Site:
    site, problems = load_site(DEMO)
    assert site is not None, problems
    return site


def said_by(contact: Contact, site: Site) -> set[Spoken | Recorded]:
    speech = [p for e in contact.effects for p in (*getattr(e, "speech", ()), *getattr(e, "greeting", ()))]
    return set(rendered(site, tuple(speech)))


SITES = {verb: make(step.EXAMPLE) for verb, step in STEPS.items()} | {"demo": demo()}


@given(st.sampled_from(sorted(SITES)), st.sampled_from(["zh", "en"]), st.lists(st.sampled_from(ANSWERS), max_size=12))
def test_every_word_of_a_call_is_in_the_catalogue(name: str, language: str, answers: list) -> None:
    site = SITES[name]
    known = all_speech(site)
    contact = Contact(site, "voice", language=language, visits=17, contact__level="vip")
    for answer in [None, *answers]:
        if answer is not None:
            contact.does(answer)
        said = said_by(contact, site)
        assert {part for part in said if isinstance(part, Spoken)} <= known
        assert {part.path for part in said if isinstance(part, Recorded)} <= all_recorded(site)


def test_the_announced_places_are_in_the_catalogue() -> None:
    site = demo()
    for language in site.languages:
        for place in (0, 1, 2, 10, 11, 12345):
            assert set(rendered(site, position_speech(place, language))) <= all_speech(site)
    assert position_text(site, 2, "en") == "You are number 2 in line. Please stay with us."


def test_the_key_is_a_hash_of_voice_rate_language_and_text() -> None:
    key = speech_key("hibari:af_heart", Spoken("Goodbye.", "en"))
    assert key == hashlib.sha256(b"hibari:af_heart\x1f8000\x1fen\x1fGoodbye.").hexdigest()
    assert re.fullmatch(r"[0-9a-f]{64}", key)
    others = [("x", "Goodbye.", "en"), ("hibari:af_heart", "Goodbye", "en"), ("hibari:af_heart", "Goodbye.", "zh")]
    assert all(speech_key(voice, Spoken(text, language)) != key for voice, text, language in others)
    site = demo()
    assert speech_file(site, Spoken("Goodbye.", "en")) == f"speech/{key}.wav"


def test_a_contacts_words_never_reach_a_file_name() -> None:
    site = make("start:\n  - say: Hello $(contact.name)\n  - hangup\n")
    contact = Contact(site, "voice", contact__name="../../etc/passwd")
    (spoken,) = [p for p in contact.last.speech if "etc" in p.text]
    assert re.fullmatch(r"speech/[0-9a-f]{64}\.wav", speech_file(site, spoken))


def test_pieces_become_words() -> None:
    site = demo()
    assert rendered(site, (Spoken("A", "en"), Piece("number", "21", "en"), Recorded("x.wav"))) == (
        Spoken("A", "en"),
        Spoken("twenty", "en"),
        Spoken("one", "en"),
        Recorded("x.wav"),
    )


def test_texts_of_chats_are_not_rendered() -> None:
    texts = {spoken.text for spoken in all_speech(demo())}
    assert "How can we help you?" not in texts
    assert "You are next in line. Please stay with us." in texts
