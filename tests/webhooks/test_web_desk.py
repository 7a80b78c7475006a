"""An agent's day through the API: presence, offers, messages, end, wrap-up, figures; whose is whose."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from house import House

from eslapp.core import commands as c
from eslapp.core.model import Medium, Presence
from eslapp.store import recordings, surveys, tickets
from eslapp.store.recordings import Recording
from ivr.routing_settings import Capacity
from ivr.site import Site


def test_a_chat_from_offer_to_disposition(house: House) -> None:
    client = house.sign_in("1001")
    assert client.post("/api/agents/1001/presence", {"presence": "available"}).json()["presence"] == "available"
    interaction = house.chat_interaction(name="Ada")
    house.until(lambda: house.offer_of(interaction), "an offer")
    (offer,) = client.get("/api/offers").json()["offers"]
    assert (offer["interaction"], offer["person"]["name"], offer["queue_label"]["zh"]) == (interaction, "Ada", "订单")
    assert client.post(f"/api/offers/{offer['id']}/accept").json() == {"interaction": interaction}
    house.until(lambda: house.state(interaction) == "connected", "the connection")
    house.say(interaction, "where is my order?")
    sent = client.post(f"/api/interactions/{interaction}/messages", {"text": "on its way", "client_id": "m-00001"})
    assert sent.json()["message"]["author_name"] == "坐席一"
    (row,) = client.get("/api/desk").json()["interactions"]
    assert row["newest_message"]["text"] == "on its way"
    assert client.post(f"/api/interactions/{interaction}/end").status_code == 200
    wrap_up = {"disposition": "resolved", "notes": "all fine 好"}
    assert client.post(f"/api/interactions/{interaction}/wrap-up", wrap_up).status_code == 200
    told = client.get(f"/api/interactions/{interaction}").json()
    assert told["interaction"]["disposition"] == "resolved"
    assert told["interaction"]["notes"] == "all fine 好"
    assert [message["text"] for message in told["messages"]] == ["where is my order?", "on its way"]
    assert [event["type"] for event in told["events"]][:3] == ["InteractionOpened", "InteractionQueued", "DecisionMade"]
    reasons = client.get(f"/api/interactions/{interaction}/why").json()
    assert "坐席一" in reasons["zh"] and reasons["receipts"][0]["winner"] == "1001"


def test_a_repeated_client_id_is_the_same_message(house: House) -> None:
    house.available("1001")
    interaction = house.chat_interaction()
    house.connect(interaction)
    client = house.sign_in("1001")
    path = f"/api/interactions/{interaction}/messages"
    first, second = (client.post(path, {"text": "once", "client_id": "same-id"}).json() for _ in range(2))
    assert first["message"]["id"] == second["message"]["id"]
    assert len(client.get(path).json()["messages"]) == 1


def test_refusals_are_409_with_their_code_in_the_callers_language(house: House) -> None:
    house.available("1001")
    interaction = house.chat_interaction()
    offer = house.until(lambda: house.offer_of(interaction), "an offer")
    client = house.sign_in("1001")
    house.ask(c.CloseInteraction, interaction=interaction)
    answer = client.post(f"/api/offers/{offer.id}/accept?lang=zh")
    assert (answer.status_code, answer.json()["error"]) == (409, "offer-gone")
    assert answer.json()["detail"] == "这个邀请已经结束。"
    assert client.post(f"/api/offers/{offer.id}/accept").json()["detail"] == "This offer is over."


def test_a_call_is_answered_by_phone_but_declined_on_the_screen(house: House) -> None:
    house.available("1001")
    interaction = house.call_interaction()
    offer = house.until(lambda: house.offer_of(interaction), "an offer")
    client = house.sign_in("1001")
    assert client.post(f"/api/offers/{offer.id}/accept").json()["error"] == "answer-by-phone"
    assert client.post(f"/api/offers/{offer.id}/decline", {"reason": "busy"}).status_code == 200
    house.until(lambda: house.offer_of(interaction) is None, "the offer's end")


def test_nobody_writes_before_or_after_the_talk(house: House) -> None:
    house.available("1001")
    interaction = house.chat_interaction()
    house.connect(interaction)
    client = house.sign_in("1001")
    house.ask(c.EndTalk, interaction=interaction, by="contact")
    answer = client.post(f"/api/interactions/{interaction}/messages", {"text": "late", "client_id": "late-1"})
    assert (answer.status_code, answer.json()["error"]) == (409, "not-connected")


def test_other_peoples_work_cannot_be_seen_or_touched(house: House) -> None:
    house.available("1001")
    interaction = house.chat_interaction()
    house.connect(interaction)
    house.record_call(interaction)
    other = house.sign_in("1002")
    for path in ("", "/why", "/messages", "/recording.wav"):
        assert other.get(f"/api/interactions/{interaction}{path}").status_code == 404, path
    bodies = {"messages": {"text": "x", "client_id": "abcdef"}, "end": {}, "wrap-up": {"disposition": "resolved"}}
    for verb, body in bodies.items():
        assert other.post(f"/api/interactions/{interaction}/{verb}", body).status_code == 404, verb
    assert other.get("/api/interactions").json()["interactions"] == []
    contact = house.world.interactions[interaction].contact
    assert other.get(f"/api/interactions?contact={contact}").status_code == 404
    assert house.sign_in("admin").get(f"/api/interactions/{interaction}").status_code == 200


def test_ids_that_never_were_and_ids_of_others_look_the_same(house: House) -> None:
    house.available("1001")
    interaction = house.chat_interaction()
    house.connect(interaction)
    other = house.sign_in("1002")
    real = other.get(f"/api/interactions/{interaction}")
    invented = other.get(f"/api/interactions/{'f' * 32}")
    assert (real.status_code, real.text) == (invented.status_code, invented.text)
    assert other.get(f"/api/interactions/{'f' * 5000}").status_code == 404


def test_the_history_of_ones_contact_is_open_while_one_deals_with_them(house: House) -> None:
    house.available("1001")
    first = house.chat_interaction(name="Ada", address="v-ada")
    house.connect(first)
    house.ask(c.EndTalk, interaction=first, by="contact")
    house.ask(c.FinishWrapUp, interaction=first, agent="1001", disposition="resolved")
    house.ask(c.SetPresence, agent="1001", presence=Presence.OFFLINE)
    house.available("1009")
    second = house.chat_interaction(name="Ada", address="v-ada")
    client = house.sign_in("1009")
    house.until(lambda: house.offer_of(second), "an offer")
    contact = house.world.interactions[second].contact
    listed = client.get(f"/api/interactions?contact={contact}").json()["interactions"]
    assert {one["id"] for one in listed} == {first, second}
    assert client.get(f"/api/interactions/{first}").status_code == 200, "seen while it rings: the screen pop"


def test_the_recording_comes_whole_in_pieces_and_never_from_elsewhere(house: House) -> None:
    house.available("1001")
    interaction = house.call_interaction()
    house.connect(interaction)
    path = house.record_call(interaction)
    client = house.sign_in("1001")
    whole = client.get(f"/api/interactions/{interaction}/recording.wav")
    assert (whole.status_code, whole.headers["Content-Type"]) == (200, "audio/wav")
    assert whole.content == path.read_bytes()
    piece = client.get(f"/api/interactions/{interaction}/recording.wav", headers={"Range": "bytes=4-11"})
    assert (piece.status_code, piece.content) == (206, path.read_bytes()[4:12])
    assert client.get(f"/api/interactions/{interaction}/recording.wav?part=2").status_code == 404


def test_a_row_that_points_outside_the_recordings_gives_nothing(house: House) -> None:
    house.available("1001")
    interaction = house.call_interaction()
    house.connect(interaction)
    client = house.sign_in("1001")
    for part, stored in enumerate(("../zongji.db", "/etc/passwd", "a/../../secrets.json", "nothing.wav"), start=1):
        row = Recording(f"r{part}", interaction, stored, started_at=0.0, part=part, state="finished")
        house.store.write(lambda tx, row=row: recordings.start(tx, row))
        answer = client.get(f"/api/interactions/{interaction}/recording.wav?part={part}")
        assert answer.status_code == 404, stored


def test_the_board_counts_who_waits_talks_and_is_ready(house: House) -> None:
    client = house.sign_in("1001")
    before = {row["name"]: row for row in client.get("/api/queues").json()["queues"]}
    assert (before["orders"]["staff"], before["orders"]["ready"]) == (2, 0)
    house.available("1001")
    talking = house.chat_interaction()
    house.connect(talking)
    house.ask(c.SetPresence, agent="1001", presence=Presence.BREAK)
    house.clock.pass_s(7)
    house.chat_interaction()
    house.clock.pass_s(5)
    house.chat_interaction()
    answer = client.get("/api/queues").json()
    orders = next(row for row in answer["queues"] if row["name"] == "orders")
    assert (orders["waiting"], orders["talking"], orders["ready"]) == (2, 1, 0)
    assert answer["now"] - orders["oldest_at"] == 5.0


def test_who_waits_longest_is_next_unless_somebody_is_more_urgent(house: House) -> None:
    first, second = house.chat_interaction(), house.chat_interaction()
    house.clock.pass_s(1)
    urgent = house.call_interaction()
    snapshot = house.app.extensions["zongji"].board.snapshot()
    places = [snapshot.place(snapshot.interactions[one])[0] for one in (first, second, urgent)]
    assert sorted(places) == [1, 2, 3] and places[2] == 3


@pytest.mark.parametrize(
    "body",
    [
        {"presence": "rna"},
        {"presence": "sleeping"},
        {"presence": ["available"]},
        {"presence": "break", "reason": "x" * 61},
        {},
    ],
)
def test_presence_takes_only_what_there_is(shared: House, body: dict[str, object]) -> None:
    assert shared.sign_in("1001").post("/api/agents/1001/presence", body).status_code == 400


@pytest.mark.parametrize("query", ["state=asleep", "state=' OR 1=1 --"])
def test_unknown_states_are_refused_in_lists(shared: House, query: str) -> None:
    assert shared.sign_in("1001").get(f"/api/interactions?{query}").status_code == 400


def test_capacity_shows_what_is_taken(house: House) -> None:
    house.available("1001")
    interaction = house.chat_interaction()
    house.connect(interaction)
    (me,) = [one for one in house.sign_in("1001").get("/api/agents").json()["agents"] if one["id"] == "1001"]
    assert me["load"] == {Medium.VOICE: 0, Medium.TEXT: 1} and me["capacity"]["text"] == 3


def test_a_channel_with_a_capacity_of_its_own_is_shown_apart(tmp_path: Path) -> None:
    own = Capacity.model_validate({"voice": 1, "text": 1, "webchat": 2})

    def with_own(site: Site) -> Site:
        return replace(site, agents={**site.agents, "1001": site.agents["1001"].model_copy(update={"capacity": own})})

    house = House(tmp_path / "site", change=with_own)
    house.available("1001")
    house.connect(house.chat_interaction())
    shown = {one["id"]: one for one in house.sign_in("1001").get("/api/agents").json()["agents"]}
    house.close()
    assert shown["1001"]["load"] == {"voice": 0, "text": 0, "webchat": 1}
    assert list(shown["1002"]["load"]) == ["voice", "text", "webchat"]
    assert shown["1001"]["capacity"] == {"voice": 1, "text": 1, "webchat": 2}
    assert shown["1002"]["load"]["webchat"] == shown["1002"]["capacity"]["webchat"] == 0


def test_a_store_that_is_down_is_503_never_200(house: House, tmp_path: Path) -> None:
    client = house.sign_in("1001")
    house.store.close()
    answer = client.get("/api/desk")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["checks"]["store"]) == (503, False)
    assert client.get("/healthz").status_code == 200


def test_tickets_are_listed_shown_and_worked_on_by_whom_they_concern(house: House) -> None:
    house.available("1001")
    interaction = house.chat_interaction(name="Ada")
    house.connect(interaction)
    contact = house.world.interactions[interaction].contact
    ticket = {"interaction": interaction, "contact": contact, "kind": "repair", "level": "high", "subject": "坏了"}
    house.store.write(
        lambda tx: tickets.open_one(tx, source="a", text="", collected={"order": "7"}, at=1.0, due_at=None, **ticket)
    )
    agent, other, admin = house.sign_in("1001"), house.sign_in("1002"), house.sign_in("admin")
    (listed,) = agent.get(f"/api/tickets?contact={contact}&state=unsolved").json()["tickets"]
    assert (listed["number"], listed["subject"], listed["collected"]) == (10001, "坏了", {"order": "7"})
    assert other.get(f"/api/tickets?contact={contact}").json()["tickets"] == []
    assert other.get("/api/tickets/10001").status_code == 404 == other.post("/api/tickets/10001", {}).status_code
    work = {"state": "open", "assignee": "1001", "comment": "打过电话"}
    worked = agent.post("/api/tickets/10001", work).json()["ticket"]
    assert (worked["state"], worked["assignee_name"], worked["comments"][0]["text"]) == ("open", "坐席一", "打过电话")
    assert agent.post("/api/tickets/10001", {"assignee": "1002"}).status_code == 403
    assert admin.post("/api/tickets/10001", {"assignee": "nobody"}).status_code == 400
    assert admin.post("/api/tickets/10001", {"state": "gone"}).status_code == 400
    assert admin.get("/api/tickets?state=gone").status_code == 400
    assert admin.post("/api/tickets/10001", {"assignee": "1002", "state": "solved"}).json()["ticket"]["solved_at"]
    assert [one["number"] for one in other.get("/api/tickets").json()["tickets"]] == [10001]
    told = agent.get(f"/api/interactions/{interaction}").json()
    assert (told["tickets"][0]["state"], told["surveys"], told["verified"]) == ("solved", [], [])
    assert [event["type"] for event in told["events"]].count("TicketChanged") == 2


def test_supervisors_read_what_contacts_said(house: House) -> None:
    said = {"interaction": "i", "contact": "c", "survey": "short", "best": 5, "queue": "orders", "agent": "1001"}
    for score in (1, 5):
        house.store.write(
            lambda tx, score=score: surveys.keep(tx, source=f"{score}", score=score, is_low=score < 3, at=1.0, **said)
        )
    admin = house.sign_in("admin")
    assert [one["score"] for one in admin.get("/api/surveys").json()["surveys"]] == [5, 1]
    assert [one["score"] for one in admin.get("/api/surveys?low=1&survey=short").json()["surveys"]] == [1]
    assert house.sign_in("1001").get("/api/surveys").status_code == 403


def test_what_comes_after_the_work_and_more_time_for_the_wrap_up(house: House) -> None:
    house.available("1001")
    interaction = house.chat_interaction()
    house.connect(interaction)
    client = house.sign_in("1001")
    wish = {"presence": "break", "reason": "lunch", "after_work": True}
    told = client.post("/api/agents/1001/presence", wish).json()
    assert (told["presence"], told["next_presence"], told["next_reason"]) == ("available", "break", "lunch")
    client.post(f"/api/interactions/{interaction}/end")
    until = client.post(f"/api/interactions/{interaction}/more-time").json()["wrap_up_until"]
    assert until > house.deps.clock() + 60
    for _ in range(5):
        answer = client.post(f"/api/interactions/{interaction}/more-time")
    assert (answer.status_code, answer.json()["error"]) == (409, "wrap-up-limit")
    client.post(f"/api/interactions/{interaction}/wrap-up", {"disposition": "resolved", "notes": ""})
    (agent,) = [one for one in client.get("/api/agents").json()["agents"] if one["id"] == "1001"]
    assert (agent["presence"], agent["reason"]) == ("break", "lunch")
