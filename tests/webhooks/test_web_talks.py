"""``webhooks/api/talks.py``: whose talk it is, what is refused and why, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from house import House
from supervised import supervised_house

from eslapp.core import commands as c


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[House]:
    """With a supervisor and a way outside."""
    running = supervised_house(tmp_path / "supervised")
    try:
        yield running
    finally:
        running.close()


def test_a_talk_is_held_and_handed_on_by_its_agent_only(house: House) -> None:
    house.available("1001")
    interaction = house.call_interaction()
    house.connect(interaction)
    ann, bob = house.sign_in("1001"), house.sign_in("1002")
    path = f"/api/interactions/{interaction}"
    assert bob.post(f"{path}/hold").status_code == 404
    assert ann.post(f"{path}/hold").json() == {"interaction": interaction, "state": "connected", "talk": "held"}
    assert ann.get(path).json()["interaction"]["talk"] == "held"
    assert ann.post(f"{path}/resume").json()["talk"] == "direct"
    assert ann.post(f"{path}/conference").json()["error"] == "nobody-consulted"
    assert ann.post(f"{path}/consult", {"to": "agent", "target": "1002"}).json()["error"] == "phone-unregistered"
    assert ann.post(f"{path}/transfer", {"to": "moon", "target": "x"}).status_code == 400
    outside = ann.post(f"{path}/transfer?lang=zh", {"to": "outside", "target": "13800138000"})
    assert (outside.status_code, outside.json()["detail"]) == (409, "本站点未开通外线呼叫。")
    told = ann.post(f"{path}/transfer", {"to": "queue", "target": "repairs"}).json()
    assert (told["state"], told["talk"]) == ("queued", "direct")


def test_only_supervisors_listen(house: House) -> None:
    house.available("1001")
    interaction = house.call_interaction()
    house.connect(interaction)
    path = f"/api/interactions/{interaction}"
    for what in ("listen", "whisper", "barge", "takeover"):
        assert house.sign_in("1002").post(f"{path}/{what}").status_code == 403
    assert house.sign_in("admin").post(f"{path}/listen").json()["error"] == "not-an-agent"


def test_the_floor_counts_the_last_hour_and_says_what_everybody_does(house: House) -> None:
    house.available("1001")
    house.available("1002")
    first = house.call_interaction()
    house.clock.pass_s(5)
    house.connect(first)
    house.call_interaction(number="13700137000")
    house.clock.pass_s(30)
    floor = house.sign_in("admin").get("/api/floor").json()
    (orders,) = [queue for queue in floor["queues"] if queue["name"] == "orders"]
    assert orders["level"] == {"share": 0.5, "answered": 1, "in_time": 1, "late": 1}
    assert (orders["waiting"], orders["target_s"], orders["target_share"]) == (1, 20.0, 0.8)
    doing = {agent["id"]: agent["doing"] for agent in floor["agents"]}
    assert doing == {"1001": "talking", "1002": "available", "1009": "offline"}
    house.ask(c.EndTalk, interaction=first, by="contact")
    floor = house.sign_in("admin").get("/api/floor").json()
    assert {agent["id"]: agent["doing"] for agent in floor["agents"]}["1001"] == "wrap_up"


def test_losers_reasons_are_told_in_words(house: House) -> None:
    house.available("1001")
    interaction = house.call_interaction()
    (receipt,) = house.sign_in("admin").get(f"/api/interactions/{interaction}/why").json()["receipts"]
    told = {loser["agent"]: (loser["reason"], loser["en"], loser["zh"]) for loser in receipt["losers"]}
    assert told["1009"] == ("presence:offline", "was offline", "离线")


def test_a_chat_is_handed_on_with_all_that_was_written(house: House) -> None:
    house.available("1001")
    interaction = house.chat_interaction()
    house.connect(interaction)
    house.say(interaction, "hello")
    ann, bob = house.sign_in("1001"), house.sign_in("1002")
    path = f"/api/interactions/{interaction}"
    assert ann.post(f"{path}/hold").json()["error"] == "not-a-call"
    assert ann.post(f"{path}/transfer", {"to": "queue", "target": "repairs"}).json()["state"] in ("queued", "offered")
    assert ann.get(path).status_code == 404
    house.ask(c.SetPhone, agent="1002", registered=True)
    house.available("1002")
    assert house.connect(interaction) == "1002"
    assert [message["text"] for message in bob.get(path).json()["messages"]] == ["hello"]


def test_click_to_call_goes_by_the_allow_list(house: House) -> None:
    house.available("1001")
    answer = house.sign_in("1001").post("/api/calls?lang=zh", {"number": "13800138000"})
    assert (answer.status_code, answer.json()["error"]) == (409, "no-way-outside")
    assert house.sign_in("admin").post("/api/calls", {"number": "1"}).json()["error"] == "not-an-agent"


def test_no_phone_rings_for_a_call_that_the_trunk_does_not_take(supervised: House) -> None:
    """The last line outside is taken: said at once, not when the agent has answered the own phone."""
    site = supervised.deps.site
    supervised.deps.site = replace(site, trunk=site.trunk.model_copy(update={"limit": 1}))
    for agent in ("1001", "1002"):
        supervised.ask(c.SetPhone, agent=agent, registered=True)
        supervised.available(agent)
    ann, bob = supervised.sign_in("1001"), supervised.sign_in("1002")
    first = ann.post("/api/calls", {"number": "138 0013 8000"}).json()["interaction"]
    (offer,) = supervised.world.ringing(first)
    supervised.ask(c.AcceptOffer, offer=offer, agent="1001")
    supervised.ask(c.DialContact, interaction=first, leg="out-1")
    refused = bob.post("/api/calls?lang=zh", {"number": "13800138001"})
    assert (refused.status_code, refused.json()["error"]) == (409, "too-many-calls")
    assert refused.json()["detail"] == "外线呼叫数已达上限。"
    later = {"parent": supervised.call_interaction(), "address": "13800138001"}
    assert supervised.sign_in("admin").post("/api/callbacks", later).status_code == 200, "a promise is for later"


def test_a_colleague_writes_along_in_a_chat(house: House) -> None:
    house.available("1001")
    interaction = house.chat_interaction()
    house.connect(interaction)
    house.available("1002")
    ann, bob = house.sign_in("1001"), house.sign_in("1002")
    path = f"/api/interactions/{interaction}"
    written = {"text": "let me help", "client_id": "bob-0001"}
    assert bob.post(f"{path}/messages", written).status_code == 404
    assert ann.post(f"{path}/invite", {"to": "agent", "target": "1002"}).status_code == 200
    assert [one["id"] for one in bob.get("/api/desk").json()["interactions"]] == [interaction]
    assert bob.post(f"{path}/messages", written).json()["message"]["author"] == "1002"
    assert bob.post(f"{path}/end").status_code == 404  # the talk is still ann's
    assert bob.post(f"{path}/leave").status_code == 200
    assert bob.get("/api/desk").json()["interactions"] == []


def test_a_text_message_during_a_call_goes_to_the_callers_number(supervised: House) -> None:
    supervised.available("1001")
    interaction = supervised.call_interaction(number="+8613800138000")
    supervised.connect(interaction)
    ann = supervised.sign_in("1001")
    path = f"/api/interactions/{interaction}/messages"
    written = {"text": "the address is ...", "client_id": "sms-0001"}
    assert ann.post(path, written).json()["error"] == "not-connected"
    assert ann.post(path, {**written, "account": "website"}).status_code == 404
    sent = ann.post(path, {**written, "account": "texts"}).json()["message"]
    rows = supervised.store.read(lambda tx: tx.all("SELECT message, account, address FROM outbox"))
    assert rows == [{"message": sent["id"], "account": "texts", "address": "+8613800138000"}]
    assert [one["id"] for one in ann.get(path).json()["messages"]] == [sent["id"]]


def test_a_callback_is_asked_for_listed_and_called_off(supervised: House) -> None:
    interaction = supervised.call_interaction()
    admin = supervised.sign_in("admin")
    wish = {"parent": interaction, "address": "13800138000"}
    asked = admin.post("/api/callbacks", wish).json()["interaction"]
    (listed,) = admin.get("/api/callbacks").json()["callbacks"]
    assert (listed["id"], listed["address"], listed["parent"]) == (asked, "13800138000", interaction)
    assert admin.post("/api/callbacks", {**wish, "due_at": 5}).status_code == 400
    assert admin.post("/api/callbacks", {**wish, "address": "0088123"}).json()["error"] == "number-not-allowed"
    for written in ("138 0013-8000", "+86 138 0013 8000", "(0086)13800138000"):  # as people write it: the same promise
        asked = admin.post("/api/callbacks", {**wish, "address": written}).json()["interaction"]
        (listed,) = admin.get("/api/callbacks").json()["callbacks"]
        assert (listed["id"], listed["address"]) == (asked, "13800138000")
    assert admin.post("/api/callbacks", {**wish, "mine": True}).json()["error"] == "not-an-agent"
    assert admin.post(f"/api/callbacks/{interaction}/cancel").status_code == 404
    assert admin.post(f"/api/callbacks/{asked}/cancel").status_code == 200
    assert admin.get("/api/callbacks").json()["callbacks"] == []


def test_an_agent_promises_a_callback_in_a_talk_to_the_number_that_called(supervised: House) -> None:
    supervised.available("1001")
    talk = supervised.call_interaction(number="13800138000")
    supervised.connect(talk)
    ann = supervised.sign_in("1001")
    asked = ann.post("/api/callbacks", {"parent": talk, "mine": True}).json()["interaction"]
    promised = supervised.world.interactions[asked]
    assert (promised.address, promised.wanted, promised.chain) == ("13800138000", "1001", talk)
    assert supervised.sign_in("1002").post("/api/callbacks", {"parent": talk}).status_code == 404
    supervised.ask(c.EndTalk, interaction=talk, by="contact")
    assert ann.post(f"/api/callbacks/{asked}/cancel").status_code == 200
