"""The web chat from outside: session, messages once and in order, resume, status, end, hostile visitors."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from clients import Client
from house import House

from eslapp.store import StoreUnavailable, inbox
from webhooks.deps import WebSettings
from webhooks.pages import embedders

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "'; DROP TABLE messages; --",
    "שלום עולם",
    "👩‍👩‍👧‍👦🇨🇳",
    "x" * 10_000,
    "中" * 10_000,
    "a\u202eb",
    "{{7*7}} ${7*7} %s %n",
    "\\u0000\x00tail",
]


def visitor(house: House, **body: Any) -> Client:
    client = house.client()
    answer = client.post("/chat/session", {"language": "zh", **body})
    assert answer.status_code == 200, answer.text
    client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    return client


def say(client: Client, text: str, client_id: str = "") -> Any:
    say.count += 1  # type: ignore[attr-defined]
    return client.post("/chat/messages", {"text": text, "client_id": client_id or f"m-{say.count:06}"})  # type: ignore[attr-defined]


say.count = 0  # type: ignore[attr-defined]


def to_an_agent(house: House, client: Client, stream: Any) -> str:
    """Through the demo flow to a person; returns the interaction."""
    say(client, "您好")
    stream.until("message", lambda message: any(label == "人工服务" for _, label in message["options"]))
    say(client, "0")
    stream.until("status", lambda status: status["state"] == "queued")
    house.available("1001")
    (interaction,) = [one.id for one in house.world.interactions.values()]
    house.connect(interaction)
    return interaction


def test_from_the_first_word_through_the_menu_to_a_person_and_back(house: House) -> None:
    client = visitor(house, name="王小明")
    with client.stream("/chat/events") as stream:
        assert stream.until("status").data == {"state": "idle"}
        interaction = to_an_agent(house, client, stream)
        assert stream.until("status", lambda status: status["state"] == "talking").data["agent"] == "坐席一"
        agent = house.sign_in("1001")
        agent.post(f"/api/interactions/{interaction}/messages", {"text": "您好！", "client_id": "a-00001"})
        message = stream.until("message", lambda message: message["from"] == "agent").data
        assert (message["text"], message["name"]) == ("您好！", "坐席一")
        assert agent.get("/api/desk").json()["interactions"][0]["person"]["name"] == "王小明"
        agent.post(f"/api/interactions/{interaction}/end")
        assert stream.until("status", lambda status: status["state"] == "over")


def test_after_a_reload_the_whole_history_is_there_once_and_in_order(house: House) -> None:
    client = visitor(house)
    with client.stream("/chat/events") as stream:
        interaction = to_an_agent(house, client, stream)
    for number in range(5):
        house.say(interaction, f"text {number}", author="1001")
    with client.stream("/chat/events") as stream:
        seen = []
        while "text 4" not in [message["text"] for message in seen]:
            seen.append(stream.until("message").data)
    numbers = [message["seq"] for message in seen]
    assert numbers == sorted(set(numbers)) and seen[0]["text"] == "您好"
    half = numbers[len(numbers) // 2]
    with client.stream("/chat/events", **{"Last-Event-ID": str(half)}) as stream:
        assert stream.until("message").data["seq"] > half
    polled = client.get(f"/chat/messages?after={half}").json()
    assert [message["seq"] for message in polled["messages"]] == [number for number in numbers if number > half]
    assert polled["status"] == {"state": "talking", "agent": "坐席一"}


def test_a_message_posted_again_is_one_message(shared: House) -> None:
    client = visitor(shared)
    first, second = say(client, "once", "same-id"), say(client, "once", "same-id")
    assert (first.json()["repeat"], second.json()["repeat"]) == (False, True)
    with client.stream("/chat/events") as stream:
        assert stream.until("message").data["client_id"] == "same-id"
        assert stream.until("message").data["from"] == "assistant"


def test_it_is_acknowledged_only_when_it_is_stored(house: House) -> None:
    client = visitor(house)
    house.inbox.wake = lambda: None  # type: ignore[method-assign]
    house._greenlets[1].kill()
    assert say(client, "kept").status_code == 200
    (row,) = house.store.read(lambda tx: inbox.waiting(tx, "webchat:website", now=house.clock()))
    assert json.loads(row.body)["text"] == "kept" and row.channel_account == "webchat:website"


def test_while_the_store_is_down_it_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    client = visitor(house)

    def full(work: Any) -> Any:
        raise StoreUnavailable("the disk is full")

    monkeypatch.setattr(house.store, "write", full)
    answer = say(client, "lost?")
    assert (answer.status_code, answer.json()["error"]) == (503, "store-down")
    monkeypatch.undo()
    house.store.close()
    assert say(client, "lost?").status_code == 503


def test_visitors_wait_in_line_and_see_their_place(house: House) -> None:
    for _ in range(3):
        house.chat_interaction()
    house.clock.pass_s(1)
    client = visitor(house)
    with client.stream("/chat/events") as stream:
        say(client, "hi")
        stream.until("message", lambda message: len(message["options"]) > 2)
        say(client, "1")
        status = stream.until("status", lambda status: status["state"] == "queued").data
        assert (status["position"], status["waiting"]) == (4, 4)
        house.available("1001")
        assert stream.until("status", lambda status: status["position"] == 1), "three are offered, nobody is ahead"


def test_the_visitor_may_end_it_and_begin_again(house: House) -> None:
    client = visitor(house)
    with client.stream("/chat/events") as stream:
        interaction = to_an_agent(house, client, stream)
        assert client.post("/chat/end").status_code == 200
        stream.until("status", lambda status: status["state"] == "over")
        house.until(lambda: house.state(interaction) == "wrap_up", "the wrap-up")
        assert client.post("/chat/end").status_code == 200, "ending twice is no error"
        house.sign_in("1001").post(f"/api/interactions/{interaction}/wrap-up", {"disposition": "resolved"})
        say(client, "one more thing")
        stream.until("status", lambda status: status["state"] == "bot")
        assert stream.until("message", lambda message: message["from"] == "you").data["text"] == "one more thing"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_kept_as_text(shared: House, text: str) -> None:
    client = visitor(shared, name=text[:60])
    assert say(client, text).status_code == 200
    with client.stream("/chat/events") as stream:
        shown = stream.until("message", lambda message: message["from"] == "you").data["text"]
    expected = "".join(character for character in text if character not in "\x00\u202e")
    assert shown == expected


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": "x" * 10_001, "client_id": "abcdef"}, 400),
        ({"text": "", "client_id": "abcdef"}, 400),
        ({"text": " \n ", "client_id": "abcdef"}, 400),
        ({"text": "x", "client_id": "short"}, 400),
        ({"text": "x", "client_id": "has space"}, 400),
        ({"text": "x", "client_id": "x" * 65}, 400),
        ({"text": "x"}, 400),
        ({"text": {"a": 1}, "client_id": "abcdef"}, 400),
    ],
)
def test_bad_messages_are_refused(shared: House, body: dict[str, Any], status: int) -> None:
    assert visitor(shared).post("/chat/messages", body).status_code == status


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", "Basic eDp5", "Bearer " + "x" * 5000])
def test_without_a_good_token_there_is_no_chat(shared: House, authorization: str) -> None:
    client = shared.client()
    client.headers["Authorization"] = authorization
    assert say(client, "hello").status_code == 401
    assert client.get("/chat/events").status_code == 401
    assert client.get("/chat/messages").status_code == 401


def test_one_visitor_sees_nothing_of_another(shared: House) -> None:
    first, second = visitor(shared), visitor(shared)
    say(first, "secret of the first")
    with first.stream("/chat/events") as stream:
        stream.until("message")
    assert second.get("/chat/messages").json() == {"messages": [], "status": {"state": "idle"}}


def test_the_token_is_not_in_the_database(shared: House) -> None:
    client = visitor(shared)
    token = str(client.headers["Authorization"]).split()[1]
    files = [path.read_bytes() for path in shared.site_dir.var.glob("zongji.db*")]
    assert not any(token.encode() in content for content in files)


def test_sessions_and_messages_are_counted(tmp_path: Path) -> None:
    limits = WebSettings(chat_sessions_per_minute=2, chat_messages_per_minute=3)
    house = House(tmp_path / "site", limits)
    client = visitor(house)
    assert [say(client, "x").status_code for _ in range(4)] == [200, 200, 200, 429]
    visitor(house)
    assert house.client().post("/chat/session", {}).status_code == 429
    house.close()


def test_an_unknown_channel_has_no_chat(shared: House) -> None:
    assert shared.client().post("/chat/session", {"channel": "fax"}).status_code == 404


@pytest.mark.parametrize(("asked", "given"), [("en", "en"), ("zh-CN", "zh"), ("fr", ""), ("", "")])
def test_the_flow_speaks_a_language_of_the_site(shared: House, asked: str, given: str) -> None:
    assert shared.client().post("/chat/session", {"language": asked}).json()["language"] == given


def test_only_named_sites_may_frame_the_chat(tmp_path: Path) -> None:
    house = House(tmp_path / "site", WebSettings(embed_origins=("https://shop.example.com",)))
    headers = house.client().get("/chat").headers
    assert "frame-ancestors 'self' https://shop.example.com" in headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in headers and "X-Embed-Origins" not in headers
    assert house.client().get("/").headers["X-Frame-Options"] == "DENY"
    house.close()


def test_the_site_itself_names_who_may_frame_it_and_nonsense_is_left_out(shared: House) -> None:
    channel = type(shared.site.channels["website"])
    embed = ["https://shop.example.com:8443", "https://*.example.org", "*", "javascript:x", "https://a; script-src *"]
    site = replace(shared.site, channels={"website": channel(type="webchat", flow="main", embed=embed)})
    deps = replace(shared.deps, site=site)
    assert embedders(deps) == ["https://shop.example.com:8443", "https://*.example.org"]
