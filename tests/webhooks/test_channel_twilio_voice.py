"""Twilio Voice at the webhook: where a call is sent and with which pass, once; a call that never came is kept, once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import gevent
import pytest
from clients import aside
from house import House

from eslapp import call_pass
from eslapp.demo.providers.base import Signed, post
from eslapp.demo.providers.twilio_voice import TwilioVoiceFake, dialled
from eslapp.store import Tx, contacts, interactions


@pytest.fixture
def twilio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[House, TwilioVoiceFake]]:
    fake = TwilioVoiceFake()
    for word, value in fake.secrets().items():
        monkeypatch.setenv(word, value)
    house = House(tmp_path / "site", channels={"line": {"type": fake.type, "flow": "main", **fake.options()}})
    fake.clock, fake.hook = house.clock, f"{house.url}/hooks/line"
    yield house, fake
    house.close()
    fake.close()


def answer(fake: TwilioVoiceFake, signed: Signed) -> bytes:
    status, body = aside(post, fake.hook, signed)
    assert status == 200, body
    return body


def test_a_call_is_sent_to_the_switch_with_a_pass_that_only_we_can_make(
    twilio: tuple[House, TwilioVoiceFake],
) -> None:
    house, fake = twilio
    body = answer(fake, fake.say("", address="+14155550199", number=1))
    target, headers, action = dialled(body)
    assert target == "sip:+15005550006@127.0.0.1:5060;transport=udp" and action == f"{fake.hook}?after=dial"
    key, now = house.secrets.session_key, house.clock()
    told = call_pass.opened(key, headers[call_pass.HEADER], purpose="call", now=now)
    assert (told["number"], told["account"]) == ("+14155550199", "line")
    assert call_pass.opened(key, headers[call_pass.HEADER], purpose="call", now=now + 121) == {}
    assert ElementTree.fromstring(body).find("Dial").get("answerOnBridge") == "true"


def test_what_twilio_tells_at_once_and_again_is_kept_once(twilio: tuple[House, TwilioVoiceFake]) -> None:
    house, fake = twilio
    told = [fake.say("", number=2)] + [fake.progress("completed", number=2, sequence=n) for n in (2, 0, 1)]
    waiting = [gevent.spawn(answer, fake, one) for one in told * 3]
    gevent.joinall(waiting, timeout=20, raise_error=True)
    assert house.store.read(lambda tx: tx.value("SELECT count(*) FROM inbox")) == 4


def test_a_call_that_never_reached_us_is_told_to_the_caller_and_kept_with_the_contact(
    twilio: tuple[House, TwilioVoiceFake],
) -> None:
    house, fake = twilio
    _, _, action = dialled(answer(fake, fake.say("", number=3)))
    served = answer(fake, fake.afterwards(action, "completed", 200, number=4))
    assert [one.tag for one in ElementTree.fromstring(served)] == ["Hangup"]
    for _ in range(3):
        body = answer(fake, fake.afterwards(action, "failed", 503, number=3))
    assert [one.tag for one in ElementTree.fromstring(body)] == ["Say", "Say", "Hangup"]

    def lost(tx: Tx) -> list[tuple[str, str, str]]:
        found = contacts.by_address(tx, "tel", fake.address)
        kept = interactions.of_contact(tx, found.id) if found is not None else []
        return [(one.medium.value, one.state.value, one.outcome.value if one.outcome else "") for one in kept]

    house.until(lambda: house.store.read(lost) == [("voice", "closed", "lost")], "the lost call")
    house.until(lambda: house.store.read(lambda tx: tx.value("SELECT count(*) FROM inbox WHERE state<>'done'")) == 0)
    assert len(house.store.read(lost)) == 1
