"""Files both ways, windows, send again, read marks, typing, and who the embedding site says a visitor is."""

from __future__ import annotations

import hmac
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from clients import Client
from house import House
from test_web_chat import say, to_an_agent, visitor

from eslapp.store import media, messages, people, reply_windows
from webhooks.deps import WebSettings

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
SECRET = "a-secret-of-the-shop"
MEMBERS = {
    "type": "webchat",
    "flow": "main",
    "identity_secret": "$(env.CHAT_SECRET)",
    "form": ["name", {"key": "order", "required": True}],
    "calendar": "workshop",
}


def put(client: Client, path: str, content: bytes, content_type: str = "image/png") -> Any:
    return client.ask("POST", path, data=content, headers={"Content-Type": content_type})


def upload(client: Client, number: int, content: bytes = PNG, name: str = "a.png") -> Any:
    return put(client, f"/chat/files?name={name}&client_id=file-{number:04}", content)


def talk(house: House) -> tuple[Client, Client, str]:
    """A visitor, an agent, and their conversation."""
    client = visitor(house)
    with client.stream("/chat/events") as stream:
        interaction = to_an_agent(house, client, stream)
    return client, house.sign_in("1001"), interaction


def test_pictures_go_both_ways_and_are_shown_only_to_both(house: House) -> None:
    client, agent, interaction = talk(house)
    with client.stream("/chat/events") as stream:
        assert upload(client, 1).json() == {"accepted": True, "repeat": False}
        assert upload(client, 1).json()["repeat"] is True
        shown = stream.until("message", lambda one: one["files"] and one["files"][0]["state"] == "ready").data
        assert client.get(shown["files"][0]["url"]).content == PNG
        told = agent.get(f"/api/interactions/{interaction}").json()["messages"]
        (one,) = [found for message in told for found in message["attachments"]]
        assert (one["kind"], one["state"], one["content_type"], one["name"]) == ("image", "ready", "image/png", "a.png")
        answer = agent.get(f"/api/media/{one['media']}", headers={"Range": "bytes=0-3"})
        assert (answer.status_code, answer.content) == (206, PNG[:4])
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert house.sign_in("1002").get(f"/api/media/{one['media']}").status_code == 404
        assert house.client().get(f"/api/media/{one['media']}").status_code == 401
        sent = put(agent, f"/api/interactions/{interaction}/files?name=b.png&client_id=agent-01", PNG)
        assert sent.json()["message"]["attachments"][0]["state"] == "ready"
        theirs = stream.until("message", lambda got: got["from"] == "agent" and got["files"]).data
    assert house.client().get(theirs["files"][0]["url"]).content == PNG
    assert house.client().get(theirs["files"][0]["url"][:-2] + "xx").status_code == 404
    house.clock.pass_s(8 * 24 * 3600)
    assert house.client().get(theirs["files"][0]["url"]).status_code == 404


def test_what_only_says_that_it_is_a_picture_is_downloaded(house: House) -> None:
    client, agent, interaction = talk(house)
    put(client, "/chat/files?name=x.png&client_id=file-9999", b"<script>alert(1)</script>", "image/png")
    path = f"/api/interactions/{interaction}"

    def ready() -> Any:
        found = [one for message in agent.get(path).json()["messages"] for one in message["attachments"]]
        return found[0] if found and found[0]["state"] == "ready" else None

    one = house.until(ready, "the file")
    answer = agent.get(f"/api/media/{one['media']}")
    assert one["kind"] == "file" and answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert upload(client, 2, b"").json()["error"] == "empty-file"
    assert upload(client, 3, b"x" * (10 * 1024 * 1024 + 1)).status_code == 413
    assert put(house.client(), "/chat/files?name=x&client_id=file-0001", PNG).status_code == 401


def test_an_unknown_message_is_sent_again_by_choice_only_by_its_agent(house: House) -> None:
    _, agent, interaction = talk(house)
    sent = agent.post(f"/api/interactions/{interaction}/messages", {"text": "x", "client_id": "m-again1"}).json()
    number = sent["message"]["id"]
    state = lambda: house.store.read(lambda tx: messages.get(tx, number).state)  # noqa: E731
    house.until(lambda: state() == "sent", "the sending")
    assert agent.post(f"/api/messages/{number}/again").json()["error"] == "not-troubled"

    def lose(tx: Any) -> None:
        tx.run("UPDATE messages SET state = 'unknown' WHERE id = :id", id=number)
        tx.run("UPDATE outbox SET state = 'unknown' WHERE message = :id", id=number)

    house.store.write(lose)
    assert house.sign_in("1002").post(f"/api/messages/{number}/again").status_code == 404
    assert agent.post(f"/api/messages/{number}/again").json()["message"]["state"] == "queued"
    house.until(lambda: state() == "sent", "the second sending")


def test_both_sides_see_who_read_and_who_writes(house: House) -> None:
    client, agent, interaction = talk(house)
    agent.post(f"/api/interactions/{interaction}/messages", {"text": "hello", "client_id": "m-read-1"})
    with client.stream("/chat/events") as stream, agent.stream("/api/events") as desk:
        desk.until("Hello", lambda told: True)
        got = stream.until("message", lambda one: one["text"] == "hello").data
        agent.post(f"/api/interactions/{interaction}/typing")
        stream.until("typing", lambda told: True)
        client.post("/chat/typing")
        desk.until("Typing", lambda told: told["interaction"] == interaction)
        client.post("/chat/seen", {"seq": got["seq"]})
        desk.until("MessageAdvanced", lambda told: told["state"] == "read")
        say(client, "thank you")
        mine = stream.until("message", lambda one: one["text"] == "thank you").data
        assert mine["is_read"] is False
        agent.post(f"/api/interactions/{interaction}/seen", {"seq": mine["seq"]})
        stream.until("message", lambda one: one["text"] == "thank you" and one["is_read"])


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("shop")
    import os

    os.environ["CHAT_SECRET"] = SECRET
    house = House(folder / "site", WebSettings(public_url=""), channels={"shop": MEMBERS})
    yield house
    house.close()
    del os.environ["CHAT_SECRET"]


def session(house: House, **body: Any) -> Any:
    return house.client().post("/chat/session", {"channel": "shop", **body})


def proof(user: str) -> str:
    return hmac.new(SECRET.encode(), user.encode(), sha256).hexdigest()


def test_a_proved_member_is_one_person_in_every_browser(shop: House) -> None:
    for _ in range(2):
        assert session(shop, user_id="会员-42", user_hash=proof("会员-42")).status_code == 200
    found = shop.store.read(lambda tx: tx.all("SELECT DISTINCT contact FROM chat_sessions"))
    roots = {shop.store.read(lambda tx, one=row["contact"]: people.root(tx, one)) for row in found}
    assert len(found) == 2 and len(roots) == 1
    for wrong in (proof("somebody else"), "", "0" * 64, proof("会员-42")[:-1]):
        answer = session(shop, user_id="会员-42", user_hash=wrong)
        assert (answer.status_code, answer.json()["error"]) == (403, "bad-identity")
    refused = shop.client().post("/chat/session", {"channel": "website", "user_id": "a", "user_hash": proof("a")})
    assert refused.json()["error"] == "no-identity"


def test_the_form_is_asked_before_and_shown_to_the_agent(shop: House) -> None:
    told = shop.client().get("/chat/before?channel=shop").json()
    assert [one["key"] for one in told["form"]] == ["name", "order"] and told["form"][1]["label"]["zh"] == "订单号"
    assert shop.client().get("/chat/before?channel=website").json()["form"] == []
    client = visitor(shop, channel="shop")
    missing = client.post("/chat/messages", {"text": "hi", "client_id": "form-0001", "form": {"name": "Ada"}})
    assert missing.status_code == 400 and "form.order" in missing.json()["detail"]
    form = {"name": "Ada", "order": "ML-1", "unasked": "x"}
    client.post("/chat/messages", {"text": "hi", "client_id": "form-0002", "form": form})
    with client.stream("/chat/events") as stream:
        stream.until("message", lambda one: one["text"] == "hi")
    kept = shop.store.read(lambda tx: tx.all("SELECT attachments FROM messages WHERE text = 'hi'"))
    assert '"order": "ML-1"' in kept[0]["attachments"] and "unasked" not in kept[0]["attachments"]


def test_the_page_knows_when_nobody_is_there(shop: House) -> None:
    shop.clock.now = 1_798_564_000.0  # in December 2026, 01:06 in Shanghai
    told = shop.client().get("/chat/before?channel=shop").json()
    assert told["is_open"] is False and "非工作时间" in told["closed"]["zh"]


def test_the_window_is_shown_and_what_came_in_failed_is_fetched_again(house: House) -> None:
    _, agent, interaction = talk(house)
    path = f"/api/interactions/{interaction}"
    reply = agent.get(path).json()["reply"]
    assert reply["is_limited"] is False and "image" in reply["sends"]
    one = media.Media(
        id="m-lost",
        message=house.say(
            interaction, "see", attachments=({"kind": "image", "media": "m-lost", "name": "a", "facts": {}},)
        ).id,
        channel="webchat",
        account="website",
        direction="in",
        kind="image",
        ref="gone",
        state="failed",
    )
    house.store.write(lambda tx: media.add(tx, one))
    assert agent.get(path).json()["messages"][-1]["attachments"][0]["state"] == "failed"
    assert agent.post("/api/media/m-lost/again").status_code == 200
    house.until(lambda: house.store.read(lambda tx: media.get(tx, "m-lost")).state == "refused", "the second try")
    where = {"channel": "webchat", "account": "website", "address": "x"}
    house.store.write(lambda tx: reply_windows.grant(tx, **where, granted_by="message", at=1, within_s=2, messages=5))
