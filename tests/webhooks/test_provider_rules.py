"""Rules of single providers, enforced by their fakes, and what the desk does within them.

Not here: what all channels have in common (``test_channel_contract``), how they come again (``test_provider_returns``).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from clients import aside
from provider_desk import AGENT, Desk, opened

from eslapp.core import commands as c
from eslapp.demo.providers import provider_types
from eslapp.demo.providers.base import Fault, post
from eslapp.store import media, reply_windows
from ivr.site import ChannelSettings
from webhooks.app import channels_of
from webhooks.channel_accounts import account_of
from webhooks.channels import CHANNELS
from webhooks.channels.access import NoToken
from webhooks.outgoing import send_again
from webhooks.provider_tools import Tools

pytestmark = pytest.mark.slow
Open = Callable[..., AbstractContextManager[Desk]]


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    @contextmanager
    def open_one(kind: str, base: str = "") -> Iterator[Desk]:
        with opened(kind, tmp_path, monkeypatch, base) as desk:
            yield desk

    return open_one


def window(desk: Desk) -> Any:
    where = {"channel": desk.provider.type, "account": "line", "address": desk.provider.address}
    return desk.house.store.read(lambda tx: reply_windows.of_address(tx, **where))


@pytest.mark.parametrize("kind", ["whatsapp_meta", "messenger", "sms_twilio", "whatsapp_twilio", "douyin"])
def test_what_the_provider_tells_afterwards_moves_the_message(kind: str, at: Open) -> None:
    with at(kind, base="https://desk.example.com") as desk:  # where Twilio is asked to tell it
        interaction = desk.with_agent()
        desk.provider.receipts("sent")
        message = desk.settled(desk.write(interaction, "did you see it?"))
        desk.house.clock.pass_s(1)
        told = desk.provider.receipts("sent", "delivered", "read")
        assert told
        for order in (1, 2):  # in any order, twice
            random.Random(order).shuffle(told)
            assert all(desk.deliver(one) == 200 for one in told)
        desk.house.until(lambda: desk.state(message) == "read", "the receipt")


@pytest.mark.parametrize(("event", "times"), [("subscribe", 3), ("SCAN", 3), ("CLICK", 3), ("scancode_push", 3)])
def test_who_follows_scans_or_presses_may_be_answered_for_a_minute(event: str, times: int, at: Open) -> None:
    with at("wechat") as desk:
        assert desk.deliver(desk.provider.act(event, "k1")) == 200
        desk.house.until(lambda: window(desk), "the window")
        found = window(desk)
        assert found.messages_left <= times and 50 < found.expires_at - desk.house.clock() <= 60
        desk.house.until(lambda: desk.shown(), "the flow's words")
        assert all(one.error == "" for one in desk.all("out"))


def test_other_items_of_the_menu_allow_no_answer_and_are_told_to_the_agent(at: Open) -> None:
    with at("wechat") as desk:
        interaction = desk.with_agent()
        before = window(desk)
        place = "<SendLocationInfo><Label>广州塔</Label></SendLocationInfo>"
        for event, inner in (("VIEW", ""), ("pic_sysphoto", ""), ("location_select", place), ("LOCATION", "")):
            assert desk.deliver(desk.provider.act(event, "https://shop.example.com/", inner=inner)) == 200
        events = lambda: [one for one in desk.all("in") if one.kind == "event"]  # noqa: E731
        desk.house.until(lambda: len(events()) == 4, "four events")
        assert window(desk) == before and {one.interaction for one in events()} == {interaction}
        (chosen,) = [one for one in events() if one.text == "广州塔"]
        assert [one["facts"] for one in chosen.attachments] == [{"name": "menu_location"}]


def test_a_mini_programs_cloud_is_answered_and_leaves_nothing(at: Open) -> None:
    with at("wechat_miniprogram") as desk:
        assert aside(post, desk.hook, desk.provider.container_check()) == (200, b"success")
        assert desk.house.store.read(lambda tx: tx.value("SELECT count(*) FROM inbox")) == 0


def test_a_session_in_the_pool_is_taken_back(at: Open) -> None:
    with at("wecom_kf") as desk:
        interaction = desk.with_agent()
        desk.deliver(desk.provider.hand_over(2, number=50))
        message = desk.write(interaction, "still here")
        assert desk.settled_in_time(message) == "sent" and "still here" in desk.shown()
        assert desk.provider.states[desk.provider.address] == 1


@pytest.mark.parametrize(("state", "error"), [(3, "session-elsewhere"), (4, "window-over")])
def test_a_session_that_is_not_ours_any_more_is_told(state: int, error: str, at: Open) -> None:
    with at("wecom_kf") as desk:
        interaction = desk.with_agent()
        desk.deliver(desk.provider.hand_over(state, number=50))
        message = desk.settled(desk.write(interaction, "too late"), "failed")
        assert message.error == error and "too late" not in desk.shown()
        desk.provider.states[desk.provider.address] = 4
        assert desk.deliver(desk.provider.say("me again", number=51)) == 200
        desk.house.until(lambda: "me again" in desk.said(), "the contact again")
        assert desk.settled(desk.write(interaction, "welcome back")).state == "sent"


def test_a_message_that_wecom_took_and_did_not_deliver_is_failed(at: Open) -> None:
    with at("wecom_kf") as desk:
        interaction = desk.with_agent()
        desk.provider.faults.append(Fault.BLOCKED)
        message = desk.settled(desk.write(interaction, "hello?"), "sent", "failed")
        desk.deliver(desk.provider.nudge_for(desk.provider.words["open_kfid"], number=77))
        assert desk.settled(message, "failed").error == "blocked"


def test_a_repeated_push_gets_the_ids_of_the_first(at: Open) -> None:
    with at("line") as desk:
        interaction = desk.with_agent()
        desk.provider.faults.append(Fault.LOSE_ANSWER)
        message = desk.write(interaction, "once")
        assert desk.settled_in_time(message) == "sent"
        (_, ids) = list(desk.provider.keys.values())[-1]
        assert desk.settled(message).provider_id == ids[0]["id"]


def test_many_messages_to_one_person_wait_for_whatsapp(at: Open) -> None:
    with at("whatsapp_meta") as desk:
        interaction = desk.with_agent()
        before = len(desk.shown())
        desk.provider.busy[desk.provider.address] = desk.house.clock() + 6 * 43  # nearly all is borrowed
        sent = [desk.write(interaction, f"m{number}") for number in range(5)]
        for one in sent:
            assert desk.settled_in_time(one) == "sent"
        assert desk.shown()[before:] == [f"m{number}" for number in range(5)]


def test_a_file_whose_address_has_ended_is_asked_for_anew(at: Open) -> None:
    with at("whatsapp_meta") as desk:
        desk.provider.faults += [Fault.REFUSE]
        assert desk.deliver(desk.provider.picture(number=5)) == 200
        desk.house.until(lambda: desk.all("in"), "the message")
        (attachment,) = desk.all("in")[0].attachments

        def is_ready() -> bool:
            desk.house.clock.pass_s(301)  # an address lives 300 s
            return desk.house.store.read(lambda tx: media.get(tx, attachment["media"]).state) == "ready"

        desk.house.until(is_ready, "the picture")


def test_a_template_that_meta_does_not_know_fails_by_its_code(at: Open) -> None:
    with at("whatsapp_meta") as desk:
        reply = desk.provider._send(
            {
                "messaging_product": "whatsapp",
                "to": desk.provider.address,
                "type": "template",
                "template": {"name": "x"},
            }
        )
        assert reply.status in (400, 401) and b"131026" in reply.body  # nobody has written yet
        desk.with_agent()
        reply = desk.provider._send(
            {
                "messaging_product": "whatsapp",
                "to": desk.provider.address,
                "type": "template",
                "template": {"name": "x"},
            }
        )
        assert b"132001" in reply.body


def test_who_opens_a_conversation_in_douyin_is_greeted_in_time(at: Open) -> None:
    with at("douyin") as desk:
        assert desk.deliver(desk.provider.enter(number=1)) == 200
        desk.house.until(desk.shown, "the greeting")
        assert len(desk.shown()) == 1  # one alone
        assert desk.deliver(desk.provider.say("hi", number=2)) == 200
        desk.house.until(lambda: "hi" in desk.said(), "their words")
        desk.house.until(lambda: len(desk.shown()) > 1, "the flow's answer to them")


def test_a_token_of_douyins_is_renewed_as_it_ends(at: Open) -> None:
    with at("douyin") as desk:
        interaction = desk.with_agent()
        desk.provider.faults.append(Fault.TOKEN)
        assert desk.settled(desk.write(interaction, "with a new one")).state == "sent"
        asked = [call for call in desk.provider.calls if call.path == "/oauth/refresh_token/"]
        assert len(asked) == 2


def test_douyins_permission_is_renewed_by_itself_as_often_as_douyin_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    provider, now, cursor = provider_types()["douyin"](), [1_790_000_000.0], [""]
    provider.clock = lambda: now[0]
    channel, word = CHANNELS["douyin"], provider.secrets().get
    settings = ChannelSettings.model_validate({"type": "douyin", "flow": "main", **provider.options()})
    account = account_of("line", settings, channel, word)
    tools = Tools(clock=provider.clock, cursor=lambda _: cursor[0])
    try:
        days = 0
        with pytest.raises(NoToken):
            while days < 400:
                cursor[0] = channel.pull(account, tools, cursor[0]).cursor
                assert channel.check(account, tools) == [] or provider.renewals == 0
                now[0], days = now[0] + 86400, days + 1
        assert 30 * 5 <= days <= 30 * 6 and provider.renewals == 0
        again = replace(account, options=account.options.model_copy(update={"refresh_token": "allowed-anew"}))
        provider.refresh, provider.refresh_until = "allowed-anew", now[0] + 30 * 86400
        assert channel.check(again, tools) == []  # what was renewed of the old one is forgotten
    finally:
        provider.close()


def test_what_is_meant_for_another_account_is_kept_and_not_answered(at: Open) -> None:
    with at("douyin") as desk:
        assert desk.deliver(desk.provider.for_another("not for you", number=3)) == 200
        assert desk.deliver(desk.provider.say("for you", number=4)) == 200
        desk.house.until(lambda: "for you" in desk.said(), "ours")
        assert desk.said() == ["for you"]


def test_a_fan_of_another_account_is_not_answered_and_who_left_neither(at: Open) -> None:
    with at("weibo") as desk:
        desk.provider.receiver = "777"
        assert desk.deliver(desk.provider.say("not for you", number=3)) == 200
        desk.provider.receiver = ""
        interaction = desk.with_agent()
        assert desk.said() == ["hello"]
        assert desk.deliver(desk.provider.unfollow()) == 200
        desk.house.until(lambda: window(desk).refusal(desk.house.clock()) == "blocked", "that they left")
        assert desk.write(interaction, "come back").code == "blocked"


def test_an_sms_to_another_number_of_the_account_is_not_answered(at: Open) -> None:
    with at("sms_twilio") as desk:
        ours, desk.provider.words["number"] = desk.provider.words["number"], "+15005550099"
        assert desk.deliver(desk.provider.say("not for you", number=3)) == 200
        desk.provider.words["number"] = ours
        assert desk.deliver(desk.provider.say("for you", number=4)) == 200
        desk.house.until(lambda: "for you" in desk.said(), "ours")
        assert desk.said() == ["for you"]


def test_a_nudge_for_another_account_pulls_nothing_here(at: Open) -> None:
    with at("wecom_kf") as desk:
        pulls = lambda: [call for call in desk.provider.calls if call.path.endswith("sync_msg")]  # noqa: E731
        assert desk.deliver(desk.provider.say("first", number=1)) == 200
        desk.house.until(lambda: "first" in desk.said(), "the first")
        before = len(pulls())
        assert desk.deliver(desk.provider.nudge_for("wkSomebodyElse", number=9)) == 200
        done = "SELECT count(*) FROM inbox WHERE state = 'done' AND CAST(body AS TEXT) LIKE '%SomebodyElse%'"
        desk.house.until(lambda: desk.house.store.read(lambda tx: tx.value(done)) == 1, "the nudge")
        assert len(pulls()) == before


@pytest.mark.parametrize("kind", ["sms_twilio", "whatsapp_twilio"])
def test_twilio_is_asked_whether_it_has_it_before_it_is_sent_again(at: Open, kind: str) -> None:
    with at(kind) as desk:
        interaction = desk.with_agent()
        desk.settled(desk.write(interaction, "the same words"))
        desk.house.clock.pass_s(3600)
        desk.provider.faults.append(Fault.LOSE_ANSWER)
        message = desk.write(interaction, "the same words")
        desk.settled(message, "unknown")
        assert desk.shown().count("the same words") == 2
        channels = {kind: CHANNELS[kind]}
        assert send_again(desk.house.deps, channels, message=message.id, agent=AGENT).state == "queued"
        known = desk.settled(message)
        assert known.provider_id == desk.provider.made[-1]["sid"] and desk.shown().count("the same words") == 2
        desk.provider.faults.append(Fault.LOSE_ANSWER)
        other = desk.write(interaction, "other words")
        desk.settled(other, "unknown")
        desk.provider.made.pop()  # Twilio never had it
        send_again(desk.house.deps, channels, message=other.id, agent=AGENT)
        desk.settled(other)
        assert desk.shown().count("other words") == 2


def test_lines_month_is_looked_at_before_it_is_used(at: Open) -> None:
    with at("line") as desk:
        account, tools = channels_of(desk.house.app).of("line"), Tools(clock=desk.house.clock, base=desk.house.url)
        check = lambda: aside(CHANNELS["line"].check, account, tools)  # noqa: E731
        assert check() == []
        desk.provider.most, desk.provider.sent = 100, 90
        assert check() == [
            "90 of this month's 100 messages are used; then nothing goes out: take a larger plan in time"
        ]


def test_line_tells_the_name_when_it_is_asked(at: Open) -> None:
    with at("line") as desk:
        house, interaction = desk.house, desk.with_agent()
        told = lambda: house.sign_in(AGENT).get(f"/api/interactions/{interaction}").json()["interaction"]  # noqa: E731
        house.until(lambda: told()["person"]["name"] == "Ada 小王", "the name")
        house.ask(c.EndTalk, interaction=interaction, by="agent", cause="")
        house.ask(c.FinishWrapUp, interaction=interaction, agent=AGENT, disposition="handled")
        assert desk.deliver(desk.provider.say("again", number=9)) == 200
        house.until(lambda: "again" in desk.said(), "the next message")
        house.until(lambda: house.world.interaction(desk.all("in")[-1].interaction), "another matter")
        assert house.world.interaction(desk.all("in")[-1].interaction).subject == "Ada 小王"
        asked = [one for one in desk.provider.calls if one.path.startswith("/v2/bot/profile/")]
        assert len(asked) == 1, "once a month"
