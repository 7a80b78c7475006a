"""The workbench's buttons within a talk, in a real browser: each press becomes the router's state, each state is shown.

What the switch does with it: ``tests/system/test_talks.py``. The phones here are told by commands, as the shell does.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Screen, chromium
from desk_pages import look, sign_in
from house import House
from selenium.webdriver.common.by import By
from supervised import OUTSIDE, SUPERVISOR, supervised_house

from eslapp.core import commands as c
from eslapp.core.model import Presence, TalkState
from eslapp.store import outbox

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    running = supervised_house(tmp_path / "site")
    try:
        yield running
    finally:
        running.close()


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    with chromium(tmp_path / "profile") as opened:
        yield opened


def button(screen: Screen, word: str) -> None:
    screen.click(".callbar-buttons .button", word)


def choose(screen: Screen, value: str) -> None:
    """Of the destinations."""
    screen.click(f'#callbar-target option[value="{value}"]')


def talk_of(house: House, interaction: str) -> str:
    found = house.world.interaction(interaction)
    return found.talk.value if found else ""


def talks(house: House, interaction: str, state: TalkState) -> None:
    house.until(lambda: talk_of(house, interaction) == state.value, f"{state} instead of {talk_of(house, interaction)}")


def guest(house: House, interaction: str) -> str:
    return house.world.interactions[interaction].guests[-1].id


def on_a_call(house: House, screen: Screen, language: str = "en") -> str:
    house.available("1001")
    house.available("1002")
    house.ask(c.SetPresence, agent="1002", presence=Presence.BREAK)
    interaction = house.call_interaction(number="13800138000")
    house.connect(interaction)
    sign_in(house, screen, language=language)
    screen.find(".callbar")
    return interaction


def test_hold_and_resume(house: House, screen: Screen) -> None:
    one = on_a_call(house, screen)
    button(screen, "Hold")
    talks(house, one, TalkState.HELD)
    screen.sees(".callbar-state", "The contact is on hold")
    look(screen, "held")
    button(screen, "Resume")
    talks(house, one, TalkState.DIRECT)
    screen.lacks(".callbar-state")


def test_consult_three_way_and_hand_over(house: House, screen: Screen) -> None:
    one = on_a_call(house, screen)
    button(screen, "Consult")
    choose(screen, "agent:1002")
    look(screen, "asking")
    screen.click(".callbar-form .primary", "Consult")
    talks(house, one, TalkState.CONSULTING)
    screen.sees(".callbar-state", "Calling 坐席二")
    house.ask(c.AnswerGuest, interaction=one, guest=guest(house, one))
    screen.sees(".callbar-state", "Talking with 坐席二")
    look(screen, "consulting")
    button(screen, "Three-way")
    talks(house, one, TalkState.THREE_WAY)
    screen.sees(".callbar-state", "坐席二 is in the conversation")
    look(screen, "three-way")
    button(screen, "Drop the third")
    talks(house, one, TalkState.DIRECT)
    button(screen, "Consult")
    choose(screen, "agent:1002")
    screen.click(".callbar-form .primary", "Consult")
    talks(house, one, TalkState.CONSULTING)
    house.ask(c.AnswerGuest, interaction=one, guest=guest(house, one))
    button(screen, "Hand over")
    house.until(lambda: house.world.interactions[one].agent == "1002", "the hand-over")
    screen.sees(".calm h2", "All calm")


def test_a_consultation_is_called_off_while_it_rings(house: House, screen: Screen) -> None:
    one = on_a_call(house, screen)
    button(screen, "Consult")
    screen.write(".callbar-form input[type=tel]", OUTSIDE)  # key by key, as people do
    screen.click(".callbar-form .primary", "Consult")
    talks(house, one, TalkState.CONSULTING)
    assert house.world.interactions[one].guests[0].who == OUTSIDE
    button(screen, "Cancel")
    talks(house, one, TalkState.DIRECT)


def test_a_call_is_transferred_to_a_queue_an_agent_and_a_number(house: House, screen: Screen) -> None:
    one = on_a_call(house, screen)
    button(screen, "Transfer")
    screen.write(".callbar-form input[type=tel]", "00881234")
    screen.click(".callbar-form .primary", "Transfer")
    screen.sees(".toast", "may not be called")
    screen.write(".callbar-form input[type=tel]", OUTSIDE)
    screen.click(".callbar-form .primary", "Transfer")
    house.until(lambda: house.state(one) == "in_flow", "the way outside")
    house.ask(c.EnqueueInteraction, interaction=one, queue="repairs")  # as the shell does for who is not reached
    house.clock.pass_s(40)
    house.ask(c.RouteWaiting)
    assert house.connect(one) == "1001"
    house.ask(c.SetPresence, agent="1002", presence=Presence.AVAILABLE)
    screen.find(".callbar")
    button(screen, "Transfer")
    choose(screen, "agent:1002")
    look(screen, "transfer")
    screen.click(".callbar-form .primary", "Transfer")
    house.until(lambda: (offer := house.offer_of(one)) and offer.agent == "1002", "the colleague's offer")
    screen.find(".calm")


def test_a_text_message_goes_out_during_the_call_and_is_shown(house: House, screen: Screen) -> None:
    one = on_a_call(house, screen)
    screen.write(".callbar-form input[type=text]", "Our address: 1 Light Road")
    screen.click(".callbar-form .button", "Send")
    screen.sees(".call-part .turn", "Our address: 1 Light Road")
    look(screen, "texted")
    rows = house.store.read(lambda tx: tx.all("SELECT account, address FROM outbox"))
    assert rows == [{"account": "texts", "address": "13800138000"}] and outbox
    assert house.state(one) == "connected"
    screen.click(".callbar-form .toggle", "Chat link")
    screen.click(".callbar-form .button:not(.toggle)", "Send")
    screen.sees(".call-part .turn", f"点此进入在线客服： {house.url}/chat?channel=website#pass=")
    look(screen, "chat-link")


def test_a_call_back_is_promised_during_the_talk_and_the_page_says_when(house: House, screen: Screen) -> None:
    one = on_a_call(house, screen)
    button(screen, "Call back later")
    screen.until("their number", lambda: screen.all("#callbar-number")[0].get_attribute("value") == "13800138000")
    screen.click('.callbar-form option[value="hour"]')
    look(screen, "promise")
    screen.click(".callbar-form .primary", "Call back later")
    screen.sees(".callbar-state", "Callback promised: 13800138000")
    (later,) = [each for each in house.world.interactions.values() if each.channel == "callback"]
    assert (later.parent, later.address, later.state) == (one, "13800138000", "scheduled")
    assert later.due_at is not None and later.due_at >= house.clock() + 3500
    assert house.state(one) == "connected", "the talk goes on"
    button(screen, "Call back later")
    screen.write("#callbar-number", "0088")
    screen.click(".callbar-form .primary", "Call back later")
    screen.sees(".toast", "may not be called")


def test_click_to_call_says_what_it_refuses_and_rings_the_agent(house: House, screen: Screen) -> None:
    house.available("1001")
    sign_in(house, screen)
    screen.write(".dial input", "0088")
    screen.click(".dial .button")
    screen.sees(".toast", "may not be called")
    screen.write(".dial input", OUTSIDE)
    screen.click(".dial .button")
    screen.sees(".offer", OUTSIDE)
    (one,) = house.world.interactions.values()
    assert (one.channel, one.address or one.subject) == ("outbound", OUTSIDE)


def test_a_chat_is_handed_on_and_a_colleague_is_asked_in_and_leaves(house: House, screen: Screen) -> None:
    house.available("1001")
    house.available("1002")
    house.ask(c.SetPresence, agent="1002", presence=Presence.BREAK)
    one = house.chat_interaction(name="Lena Fischer")
    house.connect(one)
    house.say(one, "My kettle arrived with a broken lid.")
    sign_in(house, screen)
    house.ask(c.SetPresence, agent="1002", presence=Presence.AVAILABLE)
    button(screen, "Add colleague")
    choose(screen, "agent:1002")
    screen.click(".callbar-form .primary", "Add colleague")
    screen.sees(".callbar-state", "坐席二 is in the conversation")
    look(screen, "company")
    screen.click(".topbar button[title='Sign out']")
    sign_in(house, screen, "1002")
    screen.sees(".callbar-state", "You are a guest in the conversation of 坐席一")
    screen.write("#message", "I look into it")
    screen.click(".composer .primary")
    screen.sees(".bubble.mine", "I look into it")
    assert not any(one.is_displayed() for one in screen.driver.find_elements(By.CSS_SELECTOR, ".talk-head .danger"))
    look(screen, "guest")
    button(screen, "Leave conversation")
    screen.find(".calm")
    screen.click(".topbar button[title='Sign out']")
    sign_in(house, screen)
    button(screen, "Transfer")
    choose(screen, "queue:repairs")
    screen.click(".callbar-form .primary", "Transfer")
    house.until(lambda: house.world.interactions[one].queue == "repairs", "the transfer")
    assert [told for told in screen.complaints() if "401" not in told] == []  # the session ended, that is told


def test_a_chat_is_lifted_to_a_call_of_the_same_chain(house: House, screen: Screen) -> None:
    house.available("1001")
    one = house.chat_interaction(name="Lena Fischer")
    house.connect(one)
    house.say(one, "Easier by phone: 139 0013-9000, please.")
    sign_in(house, screen)
    screen.sees(".bubble", "Easier by phone")
    button(screen, "Call")
    screen.until("the number", lambda: screen.all("#callbar-number")[0].get_attribute("value") == OUTSIDE)
    look(screen, "lift")
    screen.click(".callbar-form .primary", "Call")
    screen.sees(".offer", "Lena Fischer")
    call = house.until(lambda: next((x for x in house.world.interactions.values() if x.id != one), None), "the call")
    assert (call.channel, call.address, call.parent, call.chain) == ("outbound", OUTSIDE, one, one)
    assert call.contact == house.world.interactions[one].contact
    house.ask(c.AcceptOffer, offer=call.offer, agent="1001")
    house.ask(c.DialContact, interaction=call.id, leg="leg-out")
    house.ask(c.ConnectInteraction, interaction=call.id)
    screen.click(".item", "On the call")
    screen.sees(".call-card", "On the call")
    screen.click(".item", "Easier by phone")
    screen.write("#message", "I am calling you now.")
    screen.click(".composer .primary")
    screen.sees(".bubble.mine", "I am calling you now.")
    look(screen, "lifted")
    assert screen.complaints() == []


def test_more_time_for_the_wrap_up(house: House, screen: Screen) -> None:
    one = on_a_call(house, screen, language="zh")
    house.ask(c.EndTalk, interaction=one, by="contact")
    screen.sees(".wrapup", "话后整理")
    before = house.world.interactions[one].wrap_up_until
    look(screen, "wrap-up")
    screen.click(".wrapup .button.plain", "延长时间")
    house.until(lambda: house.world.interactions[one].wrap_up_until > before, "more time")


def test_the_next_presence_is_chosen_during_work_and_may_be_taken_back(house: House, screen: Screen) -> None:
    on_a_call(house, screen)
    screen.click(".segment.is-break")
    screen.sees(".menu-check", "When my present work is done")
    look(screen, "next-presence-menu")
    screen.click(".menu-item", "Lunch")
    screen.sees(".next-presence", "Afterwards: Lunch")
    agent = house.world.agents["1001"]
    assert (agent.presence, agent.next_presence, agent.next_reason) == (Presence.AVAILABLE, Presence.BREAK, "lunch")
    look(screen, "next-presence")
    screen.click(".next-presence")
    screen.lacks(".next-presence")
    screen.click(".segment.is-offline")
    screen.click(".menu-check input")
    screen.click(".menu-item", "Offline")
    house.until(lambda: house.world.agents["1001"].presence is Presence.OFFLINE, "at once")


def test_why_it_came_to_me_names_everybody_in_words(house: House, screen: Screen) -> None:
    on_a_call(house, screen, language="zh")
    screen.sees(".why-text", "空闲最久")
    screen.click(".side details summary")
    screen.sees(".weighed .is-winner", "选中")
    screen.sees(".weighed", "缺少技能")
    look(screen, "why")


def test_the_floor_shows_queues_agents_calls_and_callbacks(house: House, screen: Screen) -> None:
    house.available("1001")
    house.available("1002")
    house.ask(c.SetPresence, agent="1002", presence=Presence.BREAK, reason="lunch")
    house.available(SUPERVISOR)
    one = house.call_interaction(number="13800138000")
    house.clock.pass_s(8)
    house.connect(one)
    waiting = house.call_interaction(number="13700137000")
    promised = house.call_interaction(number="13600136000")
    later = house.clock() + 7200
    wish = {"interaction": "cb-1", "parent": promised, "address": "13600136000", "due_at": later}
    house.ask(c.RequestCallback, **wish)
    house.ask(c.CloseInteraction, interaction=promised)
    house.clock.pass_s(65)
    sign_in(house, screen, SUPERVISOR)
    screen.click(".floor-switch")
    screen.sees(".floor-queues tbody tr", "Orders")
    screen.sees(".floor-queues tbody tr", "1:05")
    screen.sees(".floor-queues tbody tr", "50 %")
    screen.sees(".floor-agent.is-talking", "坐席一")
    screen.sees(".floor-agent.is-break", "Lunch")
    screen.sees(".floor-callback", "13600136000")
    look(screen, "floor")
    screen.click(".floor-callback .button", "Call off")
    screen.sees(".floor", "Nobody waits to be called back")
    for word, mode in (("Listen", "listening"), ("Whisper", "whispering"), ("Barge in", "barging")):
        screen.click(".floor-call .button", word)
        house.until(lambda: house.world.interactions[one].guests, "the supervisor")
        if mode == "listening":
            screen.sees(".floor-call .pill", "Your phone is ringing")
            house.ask(c.AnswerGuest, interaction=one, guest=guest(house, one))
        wanted = mode
        house.until(lambda wanted=wanted: house.world.interactions[one].guests[0].state == wanted, mode)
    screen.sees(".floor-call .pill", "in the call")
    look(screen, "barging")
    screen.click(".floor-call .button", "Take over")
    house.until(lambda: house.world.interactions[one].agent == SUPERVISOR, "the take-over")
    assert house.state(waiting) in ("queued", "offered")
    assert screen.complaints() == []


def test_agents_have_no_floor_and_an_admin_has_nothing_else(house: House, screen: Screen) -> None:
    sign_in(house, screen)
    screen.find(".board")
    screen.lacks(".floor-switch")
    assert house.sign_in("1001").get("/api/floor").status_code == 403
    screen.click(".topbar button[title='Sign out']")
    sign_in(house, screen, "admin")
    screen.find(".floor-queues")
    look(screen, "floor-admin")
