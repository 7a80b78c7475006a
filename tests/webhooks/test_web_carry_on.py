"""From one channel to another as the same contact: a link to the chat, a code for the telephone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from house import House

from eslapp.core import commands as c
from eslapp.core.model import Medium
from eslapp.ids import random_id
from eslapp.services.dial_in import DialIn
from eslapp.services.reaching import Messenger
from eslapp.store import Tx, contacts, interactions, places
from ivr.service_calls import SendText, TakeDialInCode
from webhooks.deps import WebSettings

BASE = "https://desk.example.com"


@pytest.fixture
def house(tmp_path: Path) -> Any:
    chat = {"type": "webchat", "flow": "main", "phone": "4000"}
    made = House(tmp_path / "site", WebSettings(public_url=BASE), channels={"website": chat})
    yield made
    made.close()


def sent_link(house: House, interaction: str) -> str:
    """The token of the link that a flow sends on a call."""
    sent: list[str] = []

    def send(tx: Tx, contact: str, name: str, message: Any, once: str) -> str:
        sent.append(message.text)
        return "m"

    messenger = Messenger(house.store, send, clock=house.clock, base=BASE)
    messenger.send_text(interaction, SendText(key="k", channel="sms", text="Chat: {link} 谢谢", link="website"))
    (text,) = sent
    assert text.startswith(f"Chat: {BASE}/chat?channel=website#pass=") and text.endswith(" 谢谢")
    return text.partition("#pass=")[2].partition(" ")[0]


def one(house: House, name: str) -> Any:
    return house.store.read(lambda tx: interactions.get(tx, name))


def test_a_link_opens_the_chat_as_the_caller_in_the_same_chain_once(house: House) -> None:
    call = house.call_interaction(number="+8613800138000")
    token = sent_link(house, call)
    client = house.client()
    begun = client.post("/chat/session", {"channel": "website", "pass": token})
    assert begun.status_code == 200
    client.headers["Authorization"] = f"Bearer {begun.json()['token']}"
    assert client.post("/chat/messages", {"client_id": "first-1", "text": "it is me"}).status_code == 200
    chat = house.until(
        lambda: next((x for x in house.world.interactions.values() if x.medium is Medium.TEXT), None), "the chat"
    )
    assert (chat.contact, chat.parent, chat.chain) == (one(house, call).contact, call, call)
    again = house.client().post("/chat/session", {"channel": "website", "pass": token})
    assert again.status_code == 403 and again.json()["error"] == "link-used"
    late = sent_link(house, call)
    house.clock.pass_s(25 * 3600)
    assert house.client().post("/chat/session", {"channel": "website", "pass": late}).status_code == 403
    assert house.client().post("/chat/session", {"channel": "website", "pass": "guess"}).status_code == 403


def test_the_place_in_line_goes_along_once_within_an_hour_and_not_after_a_talk(house: House) -> None:
    def place(call: str, after_s: float = 0.0) -> places.Place:
        at = house.clock() + after_s
        return house.store.read(lambda tx: places.left_for(tx, call, channel="webchat", at=at))

    call = house.call_interaction(number="+8613800138000")
    kept = places.Place("orders", one(house, call).queued_at)
    assert (place(call), place(call, 3599), place(call, 3601)) == (kept, kept, places.Place())
    house.ask(c.CloseInteraction, interaction=call)
    assert place(call) == kept
    client = house.client()
    begun = client.post("/chat/session", {"channel": "website", "pass": sent_link(house, call)})
    client.headers["Authorization"] = f"Bearer {begun.json()['token']}"
    client.post("/chat/messages", {"client_id": "first-1", "text": "it is me"})
    house.until(lambda: house.world.interactions, "the chat")
    assert place(call) == places.Place()  # the chat has it now
    house.available("1001")
    served = house.call_interaction(number="+8613900139000")
    house.connect(served)
    assert place(served) == place("nothing") == places.Place()


def visitor(house: House) -> tuple[Any, str]:
    """A visitor who has written, and the chat's interaction."""
    client = house.client()
    client.headers["Authorization"] = f"Bearer {client.post('/chat/session', {}).json()['token']}"
    client.post("/chat/messages", {"client_id": "first-1", "text": "hello"})
    chat = house.until(
        lambda: next((x for x in house.world.interactions.values() if x.medium is Medium.TEXT), None), "the chat"
    )
    return client, chat.id


def calling(house: House) -> str:
    """A stranger's call in its flow."""
    name = random_id()
    where = {"flow": "main", "language": "en", "subject": "13900139000", "leg": random_id()}
    house.store.write(
        lambda tx: contacts.find_or_create(tx, scope="tel", external_id=f"n-{name}", new_id=f"c-{name}", at=1.0)
    )
    house.ask(c.OpenInteraction, interaction=name, contact=f"c-{name}", channel="voice", medium=Medium.VOICE, **where)
    return name


def test_a_code_joins_the_call_to_the_chat_once_and_in_time(house: House) -> None:
    client, chat = visitor(house)
    house.ask(c.EnqueueInteraction, interaction=chat, queue="orders")
    told = client.post("/chat/call-code", {}).json()
    assert told["number"] == "4000" and len(told["code"]) == 6
    desk = DialIn(bus=house.bus, store=house.store, clock=house.clock, key=house.secrets.session_key)

    def key_in(call: str, code: str) -> Any:
        return desk.take(call, TakeDialInCode(key="k", code=code)).values["verdict"]

    call = calling(house)
    wrong = f"{(int(told['code']) + 1) % 1_000_000:06}"
    assert key_in(call, wrong) == "wrong" and one(house, call).parent == ""
    assert key_in(call, told["code"]) == "right"
    assert key_in(call, told["code"]) == "right"  # asked again after a crash
    linked = one(house, call)
    assert (linked.contact, linked.parent, linked.chain) == (one(house, chat).contact, chat, chat)
    assert (linked.queue, linked.queued_at) == ("orders", one(house, chat).queued_at)
    assert key_in(calling(house), told["code"]) == "wrong"
    first, second = (client.post("/chat/call-code", {}).json()["code"] for _ in range(2))
    assert key_in(calling(house), first) == "wrong"  # the newer one counts
    house.clock.pass_s(601)
    assert key_in(calling(house), second) == "wrong"


def test_nobody_guesses_a_code_by_trying_all(house: House) -> None:
    client, _ = visitor(house)
    told = client.post("/chat/call-code", {}).json()
    desk = DialIn(bus=house.bus, store=house.store, clock=house.clock, key=house.secrets.session_key)
    verdicts = [desk.take(calling(house), TakeDialInCode(key="k", code=f"{n:06}")) for n in range(40)]
    said = [one.values["verdict"] for one in verdicts]
    assert said[:30].count("over") == 0 and set(said[30:]) == {"over"}
    assert desk.take(calling(house), TakeDialInCode(key="k", code=told["code"])).values["verdict"] == "over"


def test_an_agent_sends_a_link_only_with_a_public_address(tmp_path: Path) -> None:
    house = House(tmp_path / "site")
    chat = house.chat_interaction()
    house.available("1001")
    house.connect(chat)
    client = house.sign_in("1001")
    where = f"/api/interactions/{chat}/messages"
    assert client.post(where, {"client_id": "link-01", "text": "Here:", "link": "website"}).status_code == 409
    house.deps.settings = replace(house.deps.settings, public_url=BASE)
    sent = client.post(where, {"client_id": "link-02", "text": "Here:", "link": "website"})
    assert f"Here: {BASE}/chat?channel=website#pass=" in sent.json()["message"]["text"]
    house.close()
