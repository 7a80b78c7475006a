"""``webhooks/api/talks.py``: whose talk it is, what is refused and why, in both languages."""

from __future__ import annotations

from house import House

from eslapp.core import commands as c


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
