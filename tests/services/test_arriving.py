"""Who calls: whose word counts, numbers in one form, contacts kept from before, passes of ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from eslapp import call_pass
from eslapp.core.model import Interaction, Medium
from eslapp.services import arriving
from eslapp.store import Store, Tx, contacts, interactions, people
from ivr.loader import load_site
from ivr.site import ChannelSettings

DEMO = Path(__file__).resolve().parents[2] / "ivr" / "sites" / "demo"
KEY = "session-key"


@pytest.fixture(scope="module")
def site() -> Any:
    found, _ = load_site(DEMO)
    assert found is not None
    trunk = ChannelSettings.model_validate({"type": "sip_trunk", "flow": "night"})
    return replace(found, channels={**found.channels, "carrier": trunk})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "zongji.db")
    opened.open(at=1.0)
    yield opened
    opened.close()


def caller(site: Any, now: float = 0.0, **variables: str) -> arriving.Caller:
    named = {name.replace("__", "-"): value for name, value in variables.items()}
    return arriving.caller_of(named, {}, site, pass_key=KEY, now=now)


@pytest.mark.parametrize(
    "written", ["13800138000", "+8613800138000", "008613800138000", "8613800138000", "013800138000"]
)
def test_a_number_is_one_contact_however_a_carrier_writes_it(site: Any, written: str) -> None:
    found = caller(site, sip_from_user=written)
    assert (found.number, found.address) == ("13800138000", "+8613800138000")


def test_only_a_trunk_is_believed_about_who_calls(site: Any) -> None:
    asserted = {"sip_from_user": "anonymous", "sip_P__Asserted__Identity": "+8613900139000"}
    assert caller(site, **asserted).address == ""
    told = caller(site, **asserted, zj_trunk="carrier")
    assert (told.number, told.address) == ("13900139000", "+8613900139000")
    hidden = caller(site, **asserted, zj_trunk="carrier", sip_Privacy="user;id")
    assert (hidden.number, hidden.address) == ("anonymous", "")


def test_numbers_of_the_site_go_first_then_the_trunks_flow(site: Any) -> None:
    assert caller(site, zj_did="1000", zj_trunk="carrier").flow == "main"
    assert caller(site, zj_did="+8675512345678", zj_trunk="carrier").flow == "night"
    assert caller(site, zj_did="+8675512345678", zj_trunk="gone").flow == "main"


def test_a_pass_names_number_and_contact_and_a_false_one_nothing(site: Any) -> None:
    facts = {"purpose": "call", "number": "+14155550100", "contact": "c-1", "parent": "i-1", "account": "carrier"}
    text = call_pass.seal(KEY, facts, until=100.0)
    found = caller(site, now=99.0, sip_from_user="1001", sip_h_X__Zongji__Pass=text, zj_did="5")
    assert (found.address, found.contact, found.parent, found.flow) == ("+14155550100", "c-1", "i-1", "night")
    for bad, now in ((text, 100.0), (text[:-1] + "A", 1.0), ("x", 1.0)):
        late = caller(site, now=now, sip_from_user="1001", sip_h_X__Zongji__Pass=bad)
        assert (late.address, late.contact, late.parent) == ("1001", "", "")


def by_browser(site: Any, now: float = 0.0, dialled: str = "1000", **facts: str) -> arriving.Caller:
    """Who calls by WebSocket with a pass of these facts, or with ``brought`` instead."""
    brought = facts.pop("brought", "")
    sealed = call_pass.seal(KEY, {"purpose": "call", "contact": "chat", "dialled": "1000", **facts}, until=60.0)
    told = {"sip_via_protocol": "ws", "sip_from_user": "13800138000", call_pass.VARIABLE: brought or sealed}
    return arriving.caller_of({**told, "zj_did": dialled}, {}, site, pass_key=KEY, now=now)


def test_a_pass_of_the_chat_page_says_who_calls_whatever_the_browser_says(site: Any) -> None:
    found = by_browser(site, now=59.0, once="o-1", parent="i-1")
    assert (found.contact, found.parent, found.once, found.flow) == ("chat", "i-1", "o-1", "main")
    assert (found.number, found.address) == ("", "")


@pytest.mark.parametrize(
    ("now", "dialled", "facts"),
    [
        (60.0, "1000", {"once": "o-1"}),
        (0.0, "1001", {"once": "o-1"}),
        (0.0, "1000", {"brought": "x.y"}),
        (0.0, "1000", {"brought": call_pass.seal("other", {"purpose": "call", "once": "o-1"}, until=60.0)}),
        (0.0, "1000", {"brought": call_pass.seal(KEY, {"purpose": "chat", "once": "o-1"}, until=60.0)}),
        (0.0, "1000", {}),  # one of ours for a trunk
    ],
)
def test_a_browser_with_a_bad_pass_is_turned_away(site: Any, now: float, dialled: str, facts: dict[str, str]) -> None:
    with pytest.raises(arriving.TurnedAway):
        by_browser(site, now=now, dialled=dialled, **facts)


def test_a_pass_of_the_chat_page_is_good_for_one_leg_and_one_call_at_a_time(site: Any, store: Store) -> None:
    def let_in(once: str, leg: str) -> tuple[str, str]:
        sealed = {"purpose": "call", "contact": "chat", "parent": "i-1", "dialled": "1000", "once": once}
        told = {
            "sip_via_protocol": "wss",
            "zj_did": "1000",
            call_pass.VARIABLE: call_pass.seal(KEY, sealed, until=60.0),
        }
        call = SimpleNamespace(variables=told, channel={}, uuid=leg)
        caller, facts, language = arriving.let_in(store, call, site, pass_key=KEY, now=1.0)
        assert facts["contact.known"] is True
        return caller.contact, language

    def opened(tx: Tx) -> None:
        ours = {"id": "i-2", "contact": "chat", "channel": "voice", "medium": Medium.VOICE, "leg": "leg-1"}
        interactions.put(tx, Interaction(**ours, opened_at=1.0, chain="i-2"))

    with pytest.raises(arriving.TurnedAway, match="no such contact"):
        let_in("o-1", "leg-1")
    about = {"scope": "webchat:website", "external_id": "v-1", "new_id": "chat", "at": 1.0, "language": "en"}
    store.write(lambda tx: contacts.find_or_create(tx, **about))
    assert let_in("o-1", "leg-1") == ("chat", "en")
    assert let_in("o-1", "leg-1") == ("chat", "en")  # offered again, by a daemon that had died
    with pytest.raises(arriving.TurnedAway, match="was used"):
        let_in("o-1", "leg-2")
    store.write(opened)
    assert let_in("o-1", "leg-1") == ("chat", "en")
    with pytest.raises(arriving.TurnedAway, match="on a call"):
        let_in("o-2", "leg-3")


def test_who_was_kept_under_the_written_number_is_found_again(site: Any, store: Store) -> None:
    who = caller(site, sip_from_user="13800138000")

    def work(tx: Tx) -> tuple[str, str, str]:
        contacts.find_or_create(tx, scope="tel", external_id="13800138000", new_id="old", at=1.0)
        old = arriving.contact_for(tx, who, "leg", new_id="new", at=2.0)
        known, _ = arriving.known(tx, who, "leg")
        other = arriving.contact_for(tx, caller(site, sip_from_user="13900139000"), "leg", new_id="n2", at=3.0)
        return old, known.id if known else "", other

    assert store.write(work) == ("old", "old", "n2")
    fresh = store.read(lambda tx: contacts.get(tx, "n2"))
    assert fresh is not None and fresh.addresses == (("tel", "+8613900139000"),)


def test_a_pass_joins_the_call_to_the_contact_and_suggests_who_has_the_number(site: Any, store: Store) -> None:
    text = call_pass.seal(KEY, {"purpose": "call", "contact": "chat"}, until=100.0)
    who = caller(site, sip_from_user="13800138000", sip_h_X__Zongji__Pass=text)

    def work(tx: Tx) -> tuple[str, list[str]]:
        contacts.find_or_create(tx, scope="tel", external_id="+8613800138000", new_id="phone", at=1.0)
        contacts.find_or_create(tx, scope="webchat:website", external_id="v-1", new_id="chat", at=1.0)
        found = arriving.contact_for(tx, who, "leg", new_id="new", at=2.0)
        return found, [one["contact"] for one in people.suggestions(tx, "chat")]

    assert store.write(work) == ("chat", ["phone"])
