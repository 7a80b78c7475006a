"""The workbench in a real browser: signing in, offers, a chat, a call, wrap-up, both languages, wide and narrow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from browser import NARROW, WIDE, Screen, chromium
from desk_pages import look
from house import House
from provider_desk import opened
from selenium.webdriver.common.keys import Keys

from eslapp.core import commands as c
from eslapp.core.events import MessageAdvanced, TranscriptReady
from eslapp.core.model import Medium
from eslapp.demo.providers.base import Fault
from eslapp.store import events, identities, messages, recordings, surveys, tickets, transcripts
from eslapp.store.identities import Identification
from eslapp.store.recordings import Recording
from eslapp.store.transcripts import Turn

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]
HOSTILE = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>"


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    with chromium(tmp_path / "profile") as opened:
        yield opened


def sign_in(house: House, screen: Screen, login: str = "1001", language: str = "en") -> None:
    screen.open(f"{house.url}/?lang={language}")
    screen.write("input[name=login]", login)
    screen.write("input[name=password]", house.password(login))
    screen.click(".login-card .primary")
    screen.find(".presence")


def with_results(tx: Any, interaction: str, contact: str) -> None:
    """What the flow had done for the contact: a proof, a ticket, a verdict."""
    found = Identification(interaction, contact, "member", "20017", 1.0)
    identities.keep(tx, source="a", found=found)
    ticket = {"kind": "repair", "level": "high", "subject": "Broken lid", "text": "", "collected": {}}
    tickets.open_one(tx, source="a", interaction=interaction, contact=contact, at=1.0, due_at=None, **ticket)
    said = {"survey": "short", "score": 1, "best": 5, "is_low": True, "queue": "", "agent": "", "at": 1.0}
    surveys.keep(tx, source="a", interaction=interaction, contact=contact, **said)


def fits(screen: Screen) -> bool:
    return screen.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_wrong_password_is_said_in_the_pages_language(house: House, screen: Screen) -> None:
    screen.open(house.url + "/?lang=zh")
    screen.write("input[name=login]", "1001")
    screen.write("input[name=password]", "guess")
    screen.click(".login-card .primary")
    screen.sees("[role=alert]", "用户名或密码错误")
    screen.click(".login-language")
    screen.sees(".login-card", "Extension")


def test_a_chat_from_offer_to_wrap_up(house: House, screen: Screen) -> None:
    sign_in(house, screen)
    screen.click(".segment", "Available")
    house.until(lambda: house.world.agents["1001"].presence == "available", "the presence")
    interaction = house.chat_interaction(name="Lena Fischer")
    house.say(interaction, "My kettle arrived with a broken lid.")
    house.store.write(lambda tx: with_results(tx, interaction, house.world.interactions[interaction].contact))
    screen.sees(".offer", "Lena Fischer")
    screen.sees(".side h2", "Lena Fischer")
    screen.click(".offer .primary", "Accept")
    screen.sees(".talk-head h2", "Lena Fischer")
    screen.sees(".bubble", "broken lid")
    screen.sees(".why-text", "longest idle")
    screen.sees(".results", "Verified by member number · 20017")
    screen.sees(".results", "Ticket 10001")
    screen.sees(".results", "Survey: 1 of 5")
    screen.press("#message", "/")
    screen.click(".replies .menu-item", "order number")
    screen.press("#message", Keys.ENTER)
    screen.sees(".bubble.mine", "Could you give me your order number?")
    house.say(interaction, "It is ML-20931")
    screen.sees(".bubble", "ML-20931")
    screen.click(".talk-head .danger", "End conversation")
    screen.click(".chip", "Solved")
    screen.write(".wrapup textarea", "New lid sent.")
    screen.click(".wrapup .primary")
    screen.sees(".calm h2", "All calm")
    client = house.sign_in("1001")
    done = client.get(f"/api/interactions/{interaction}").json()["interaction"]
    assert (done["state"], done["disposition"], done["notes"]) == ("closed", "resolved", "New lid sent.")
    assert screen.complaints() == []


def test_a_voice_message_is_work_with_its_sound_its_words_and_a_number(house: House, screen: Screen) -> None:
    house.available("1001")
    sign_in(house, screen)
    one = {"contact": "c-voicemail", "channel": "voicemail", "leg": "m-1", "flow": "main", "subject": "13800138000"}
    house.ask(c.OpenInteraction, interaction="m-1", medium=Medium.TEXT, language="en", **one)
    taken = Recording(id="rec-m", interaction="m-1", path="m-1.wav", started_at=house.clock(), channels=1)

    def heard(tx: object) -> None:
        recordings.start(tx, taken)
        recordings.end(tx, "rec-m", state="finished", at=house.clock(), seconds=7.0, size=1)
        transcripts.ask(tx, recording="rec-m", interaction="m-1", language="en", at=house.clock())
        turns = [Turn("contact", "My kettle leaks.", 0.5, 2.0)]
        transcripts.ready(tx, recording="rec-m", engine="moonshine tiny-en", turns=turns, at=house.clock())

    house.store.write(heard)
    house.ask(c.EnqueueInteraction, interaction="m-1", queue="orders")
    screen.sees(".offer", "New voice message")
    screen.click(".offer .primary", "Accept")
    screen.sees(".call-card", "Call back: 13800138000")
    screen.sees(".turn.is-contact", "My kettle leaks.")
    screen.find("audio")
    assert screen.all("#message") == [], "nobody reads an answer written here"
    assert screen.complaints() == []


def test_a_call_shows_its_way_its_recording_and_its_words(house: House, screen: Screen) -> None:
    house.available("1001")
    sign_in(house, screen, language="zh")
    interaction = house.call_interaction(number="13800138000")
    screen.sees(".offer", "请拿起话机接听")
    assert not any(one.is_displayed() for one in screen.until("", lambda: [screen.all(".offer .primary")])[0])
    house.connect(interaction)
    screen.sees(".call-card", "通话中")
    running = Recording(id="rec-1", interaction=interaction, path=f"{interaction}.wav", started_at=house.clock())
    house.store.write(lambda tx: recordings.start(tx, running))
    house.ask(c.EndTalk, interaction=interaction, by="contact")
    screen.sees(".call-card", "通话结束")

    def heard(tx: object) -> None:
        recordings.end(tx, "rec-1", state="finished", at=house.clock(), seconds=31.0, size=1)
        transcripts.ask(tx, recording="rec-1", interaction=interaction, language="zh", at=house.clock())
        turns = [Turn("agent", "您好", 0.5, 1.0), Turn("contact", "我想查订单", 1.5, 3.0)]
        transcripts.ready(tx, recording="rec-1", engine="vosk small-cn", turns=turns, at=house.clock())
        events.append(
            tx,
            TranscriptReady(
                at=house.clock(), interaction=interaction, recording="rec-1", engine="vosk small-cn", turns=2
            ),
        )

    house.store.write(heard)
    screen.sees(".turn.is-contact", "我想查订单")
    screen.sees(".call", "由 vosk small-cn 识别")
    screen.find("audio")


def test_it_is_usable_by_keyboard_alone(house: House, screen: Screen) -> None:
    house.available("1001")
    sign_in(house, screen)
    interaction = house.chat_interaction(name="Ada")
    screen.find(".offer")
    screen.press("body", Keys.ALT, "a")
    screen.sees(".talk-head h2", "Ada")
    house.until(lambda: house.state(interaction) == "connected", "the connection")
    screen.until(
        "focus in the composer", lambda: screen.driver.switch_to.active_element.get_attribute("id") == "message"
    )


def test_somebody_who_missed_an_offer_is_told_and_comes_back(house: House, screen: Screen) -> None:
    house.available("1001")
    sign_in(house, screen)
    house.chat_interaction()
    screen.find(".offer")
    house.clock.pass_s(40)
    screen.sees(".banner", "You missed a conversation")
    screen.click(".banner .button")
    screen.lacks(".banner")


def test_wide_and_narrow_in_both_languages(house: House, screen: Screen) -> None:
    house.available("1001")
    interaction = house.chat_interaction(name="王小明")
    house.connect(interaction)
    house.say(interaction, "你好" * 200)
    house.call_interaction()
    sign_in(house, screen, language="zh")
    for size in (WIDE, NARROW):
        screen.size(*size)
        for _ in range(2):
            screen.find(".board")
            assert fits(screen), size
            screen.click(".language")
    screen.click(".tab", "会话")
    screen.sees(".bubble", "你好")
    screen.click(".tab", "客户")
    screen.sees(".side h2", "王小明")
    screen.lacks(".worklist")
    screen.click(".tab", "工作")
    screen.sees(".item", "王小明")
    screen.lacks(".talk")


def test_hostile_names_and_texts_stay_text(house: House, screen: Screen) -> None:
    house.available("1001")
    interaction = house.chat_interaction(name=HOSTILE)
    house.connect(interaction)
    for text in (HOSTILE, "\u202e" + HOSTILE, "w" * 10_000, "\u05e9\u05dc\u05d5\u05dd " * 50):
        house.say(interaction, text)
    sign_in(house, screen)
    screen.sees(".talk-head h2", "<img src=x")
    screen.sees(".bubble", HOSTILE)
    assert fits(screen)
    assert screen.all(".desk img") == [] and screen.all(".desk script") == []
    screen.click(".talk-head .danger")
    screen.click(".chip", "Solved")
    screen.write(".wrapup textarea", HOSTILE)
    screen.click(".wrapup .primary")
    screen.find(".calm")
    assert screen.complaints() == []


def test_a_message_that_failed_is_shown_and_may_be_sent_again(house: House, screen: Screen) -> None:
    house.available("1001")
    interaction = house.chat_interaction(name="Ada")
    house.connect(interaction)
    sign_in(house, screen)
    sent = house.say(interaction, "did this arrive?", author="1001")
    screen.sees(".bubble.mine", "did this arrive?")

    def fail(tx: object) -> None:
        messages.advance(tx, sent.id, "failed", error="blocked")
        events.append(tx, MessageAdvanced(at=house.clock(), interaction=interaction, message=sent.id, state="failed"))

    house.store.write(fail)
    screen.sees(".message-state.bad", "does not take our messages")
    screen.click(".message-state .link", "Send again")
    house.until(lambda: house.store.read(lambda tx: messages.get(tx, sent.id)).state == "sent", "the second sending")
    screen.lacks(".message-state.bad")
    assert len(screen.all(".bubble.mine")) == 1, "the same message, not another"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "the contact does not take our messages"), ("zh", "客户已拒收我方消息")]
)
def test_who_takes_nothing_of_ours_is_said_beside_the_box_without_a_window_too(
    tmp_path: Path, screen: Screen, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    with opened("telegram", tmp_path, monkeypatch) as desk:
        interaction = desk.with_agent()
        sign_in(desk.house, screen, language=language)
        screen.find("#message:enabled")
        assert screen.all(".window") == []
        desk.provider.faults.append(Fault.BLOCKED)
        screen.press("#message", "hello?", Keys.ENTER)
        screen.sees(".window.is-over", words)
        screen.find("#message:disabled")
        assert desk.house.world.interaction(interaction).state == "connected"
        assert fits(screen) and screen.complaints() == []


def test_a_session_that_ended_leads_back_to_signing_in(house: House, screen: Screen) -> None:
    sign_in(house, screen)
    house.clock.pass_s(31 * 60)
    screen.run("document.querySelector('.segment')?.click()")  # it may have noticed by itself
    screen.sees(".login-card", "Your session has ended")


def test_after_a_reload_everything_is_there_also_the_draft(house: House, screen: Screen) -> None:
    house.available("1001")
    interaction = house.chat_interaction(name="Ada")
    house.connect(interaction)
    sign_in(house, screen)
    screen.write("#message", "half a sentence")
    screen.open(house.url + "/?lang=en")
    screen.sees(".talk-head h2", "Ada")
    screen.until("the draft", lambda: screen.all("#message")[0].get_attribute("value") == "half a sentence")


def test_a_call_is_held_and_handed_on_by_its_bar(house: House, screen: Screen) -> None:
    house.available("1001")
    sign_in(house, screen, language="zh")
    interaction = house.call_interaction(number="13800138000")
    house.connect(interaction)
    screen.sees(".callbar", "转接")
    screen.find(".callbar-buttons .button").click()
    screen.sees(".callbar", "客户保持中")
    screen.sees(".callbar-buttons", "恢复通话")
    screen.all(".callbar-buttons .button")[1].click()
    screen.sees(".callbar-form", "转接到")
    screen.find('#callbar-target option[value="queue:repairs"]').click()
    screen.find(".callbar-form .button.primary").click()
    house.until(lambda: house.world.interactions[interaction].queue == "repairs", "the transfer")


def test_a_card_says_that_others_are_asked_too(house: House, screen: Screen) -> None:
    settings = house.world.settings
    everybody = replace(settings.queues["orders"], strategy="ring_all", skills={}, language="any")
    house.dispatcher.adopt(replace(settings, queues={**settings.queues, "orders": everybody}))
    for agent in ("1001", "1002"):
        house.available(agent)
    sign_in(house, screen, language="zh")
    chats = [house.chat_interaction(name=name) for name in ("Ada", "陈晓", "Lena")]
    house.until(lambda: len(house.world.ringing(chats[2])) == 2, "both asked")
    screen.sees(".offer .others-asked", "同时邀请了其他同事，先接受者接待")
    screen.sees(".calm h2", "3 个邀请等您答复")
    look(screen, "offers")
    other = next(name for name in house.world.ringing(chats[0]) if house.world.offers[name].agent == "1002")
    house.ask(c.DeclineOffer, offer=other, agent="1002", reason="")
    told = house.sign_in("1001").get("/api/offers").json()["offers"]
    assert [one["others_asked"] for one in told if one["interaction"] == chats[0]] == [0]
    first = next(name for name in house.world.ringing(chats[1]) if house.world.offers[name].agent == "1002")
    house.ask(c.AcceptOffer, offer=first, agent="1002")  # the first has it: the card goes
    screen.until("one card less", lambda: len(screen.driver.find_elements("css selector", ".offer")) == 2)
