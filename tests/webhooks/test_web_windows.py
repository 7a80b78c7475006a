"""What agents may still send: windows counted, templates after them, files a channel does not take as links."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from clients import Client
from house import House
from provider_desk import AGENT, Desk
from test_web_files import put

from eslapp.demo.providers import provider_types
from eslapp.store.reply_windows import ReplyWindow
from webhooks import allowance
from webhooks.channels import CHANNELS
from webhooks.deps import WebSettings

PDF = b"%PDF-1.7 of a bill"


@contextmanager
def desk_of(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **more: Any) -> Iterator[Desk]:
    provider = provider_types()[kind]()
    for name, value in provider.secrets().items():
        monkeypatch.setenv(name, value)
    entry = {"type": kind, "flow": "main", **provider.options(), **more}
    house = House(tmp_path / "site", WebSettings(public_url="http://desk.example.com"), channels={"line": entry})
    provider.clock, provider.hook = house.clock, f"{house.url}/hooks/line"
    try:
        yield Desk(house, provider, f"{house.url}/hooks/line")
    finally:
        house.close()
        provider.close()


def reply_of(client: Client, interaction: str) -> Any:
    answer = client.get(f"/api/interactions/{interaction}")
    assert answer.status_code == 200, answer.text
    return answer.json()["reply"]


def write(client: Client, interaction: str, number: int, **body: Any) -> Any:
    return client.post(f"/api/interactions/{interaction}/messages", {"client_id": f"m-{number:06}", **body})


def test_answers_are_counted_and_files_become_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk_of("wechat", tmp_path, monkeypatch) as desk:
        interaction = desk.with_agent()
        client = desk.house.sign_in(AGENT)
        before = reply_of(client, interaction)
        assert before["is_limited"] and before["of"] == 5 and before["until"] > desk.house.clock()
        path = f"/api/interactions/{interaction}/files?name=bill.pdf&client_id=bill-0001"
        refused = put(client, path, PDF, "application/pdf")
        assert (refused.status_code, refused.json()["error"]) == (409, "not-supported")
        sent = put(client, path + "&as=link", PDF, "application/pdf").json()["message"]
        assert sent["text"].startswith("http://desk.example.com/files/")
        fetched = desk.house.client().get(sent["text"].removeprefix("http://desk.example.com"))
        assert fetched.content == PDF and "bill.pdf" in fetched.headers["Content-Disposition"]
        desk.house.until(lambda: sent["text"] in desk.shown(), "the link at the provider")
        left = lambda: reply_of(client, interaction)["left"]  # noqa: E731
        desk.house.until(lambda: left() == before["left"] - 1, "one answer fewer")
        for number in range(before["left"] - 1):
            assert write(client, interaction, number, text=f"part {number}").status_code == 200
        desk.house.until(lambda: left() == 0, "the last answer")
        assert reply_of(client, interaction)["refusal"] == "quota-used"
        assert write(client, interaction, 99, text="one more").json()["error"] == "quota-used"


def test_after_the_window_only_a_template_goes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template = {"name": "order_ready", "language": {"code": "en"}}
    with desk_of("whatsapp_meta", tmp_path, monkeypatch, templates={"order ready": template}) as desk:
        interaction = desk.with_agent()
        client = desk.house.sign_in(AGENT)
        assert reply_of(client, interaction)["templates"] == ["order ready"]
        desk.house.clock.pass_s(25 * 3600)
        client = desk.house.sign_in(AGENT)
        assert reply_of(client, interaction)["refusal"] == "window-over"
        assert write(client, interaction, 1, text="too late").json()["error"] == "window-over"
        assert write(client, interaction, 2, template="no such").status_code == 404
        message = write(client, interaction, 3, template="order ready").json()["message"]
        assert message["attachments"][0]["kind"] == "template"

        def states() -> str:
            told = client.get(f"/api/interactions/{interaction}").json()["messages"]
            return next(one["state"] for one in told if one["id"] == message["id"])

        desk.house.until(lambda: states() in ("sent", "delivered", "read"), "the template's sending")


@pytest.mark.parametrize(
    ("kind", "card", "shown"),
    [
        ("wechat", {"title": "Kettle", "url": "https://shop.example.com/1"}, "news"),
        ("wechat", {"title": "Kettle", "appid": "wxba5fad812f8e6fb9", "pagepath": "p/1"}, "miniprogrampage"),
        ("wechat_miniprogram", {"title": "Kettle", "pagepath": "p/1"}, "miniprogrampage"),
        ("wechat_miniprogram", {"title": "Kettle", "url": "https://shop.example.com/1"}, "link"),
    ],
)
def test_cards_go_out_as_the_provider_shows_them(
    kind: str, card: dict[str, str], shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk_of(kind, tmp_path, monkeypatch, cards={"the kettle": card}) as desk:
        interaction = desk.with_agent()
        client = desk.house.sign_in(AGENT)
        assert reply_of(client, interaction)["cards"] == ["the kettle"]
        before = reply_of(client, interaction)["left"]
        write(client, interaction, 1, card="the kettle")
        desk.house.until(lambda: any(one.kind == shown for one in desk.provider.shown), "the card at the provider")
        desk.house.until(lambda: reply_of(client, interaction)["left"] == before - 1, "one answer fewer")


def test_a_wechat_template_goes_out_after_the_window_and_uses_up_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = {"template_id": "t-1", "data": {"thing1": {"value": "The kettle is here"}}}
    with desk_of("wechat", tmp_path, monkeypatch, templates={"order ready": template}) as desk:
        interaction = desk.with_agent()
        client = desk.house.sign_in(AGENT)
        before = reply_of(client, interaction)
        assert before["templates"] == ["order ready"]
        first = write(client, interaction, 1, template="order ready").json()["message"]["id"]
        desk.house.until(lambda: state_of(client, interaction, first) == "sent", "within the window")
        assert reply_of(client, interaction)["left"] == before["left"]
        desk.house.clock.pass_s(49 * 3600)
        client = desk.house.sign_in(AGENT)
        assert reply_of(client, interaction)["refusal"] == "window-over"
        assert write(client, interaction, 2, text="too late").json()["error"] == "window-over"
        late = write(client, interaction, 3, template="order ready").json()["message"]["id"]
        desk.house.until(lambda: state_of(client, interaction, late) == "sent", "after the window")
        assert [one.text for one in desk.provider.shown if one.kind == "template"] == ["The kettle is here"] * 2


def state_of(client: Client, interaction: str, message: str) -> str:
    told = client.get(f"/api/interactions/{interaction}").json()["messages"]
    return next(one["state"] for one in told if one["id"] == message)


def test_a_person_may_answer_on_messenger_for_seven_days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk_of("messenger", tmp_path, monkeypatch) as desk:
        interaction = desk.with_agent()
        told = reply_of(desk.house.sign_in(AGENT), interaction)
        assert (told["refusal"], told["person_until"] - told["until"]) == ("", 6 * 86400.0)
        desk.house.clock.pass_s(30 * 3600)
        client = desk.house.sign_in(AGENT)
        late = reply_of(client, interaction)
        now = desk.house.clock()
        assert late["refusal"] == "" and late["until"] < now < late["person_until"]
        window = ReplyWindow("message", late["until"], None)
        assert allowance.refusal_of(window, CHANNELS["messenger"], now, is_person=False) == "window-over", "no flow may"
        message = write(client, interaction, 1, text="sorry that it took a day").json()["message"]["id"]
        desk.house.until(lambda: state_of(client, interaction, message) in ("sent", "delivered"), "tagged, and taken")
        assert "sorry that it took a day" in desk.shown()
        desk.house.clock.pass_s(6 * 86400)
        client = desk.house.sign_in(AGENT)
        assert reply_of(client, interaction)["refusal"] == "window-over"
        assert write(client, interaction, 2, text="a week").json()["error"] == "window-over"
