"""Leaving a queue by a key that only one medium has, and a site's own list of steps that keeps each step's medium."""

from __future__ import annotations

from ivr_sites import SITE, Contact, complaints, make

import ivr.checks
from ivr.waits import KeysPressed, QueueLeft, TextArrived

LABELS = "labels: {1: {zh: 留言, en: Leave a message}, 2: {zh: 不等了, en: Leave}}"
FLOW = (
    "start:\n  - queue: {name: orders, keys: {1: {offer: voicemail, on: voice}, 2: bye}, "
    + LABELS
    + ", otherwise: bye}\n"
    "  - goto: bye\nbye:\n  - hangup: {say: {zh: 再见。, en: Goodbye.}}\n"
)


def test_an_offer_to_calls_alone_is_no_problem_and_calls_get_it() -> None:
    site = make(FLOW)
    assert ivr.checks.run(site) == []
    call = Contact(site, "voice")
    assert call.last.keys == ("1", "2")
    assert call.does(KeysPressed("1")).last.type == "TakeMessage"


def test_a_chat_is_not_shown_the_offer_and_is_told_so_and_keeps_its_place() -> None:
    chat = Contact(make(FLOW), "text")
    assert chat.said == ["2 Leave"]
    for word in ("1", "leave a message"):
        chat.does(TextArrived(word))
        assert chat.said == ["That cannot be done in a chat. You are still in line."]
        assert chat.last.type == "EnterQueue"
    assert chat.does(TextArrived("2")).ended is not None


def test_what_an_offer_may_not_say_is_refused_with_its_mend() -> None:
    for offer, mend in (
        ("{offer: voicemail, on: fax}", "'on' cannot be 'fax'; write 'voice' or 'text'"),
        ("{offer: voicemail, onn: voice}", "unknown key 'onn' in offer; did you mean 'on'?"),
        ("{offer: survey}", "'survey' cannot be offered to somebody in line; offer one of: callback, voicemail"),
    ):
        found = complaints(FLOW.replace("{offer: voicemail, on: voice}", offer))
        assert len(found) == 1 and found[0].endswith(mend), found


def test_a_sites_list_of_steps_for_who_cannot_wait_keeps_their_media() -> None:
    steps = "[{say: {zh: 电话, en: Call}, on: voice}, {say: {zh: 网聊, en: Chat, on: text}}]"
    site = make(
        "start:\n  - queue: repairs\n", SITE.replace("limit: 3}", f"limit: 3, overflow: {{full: {{go: {steps}}}}}}}")
    )
    for medium, word in (("voice", "Call"), ("text", "Chat")):
        assert Contact(site, medium).does(QueueLeft("full")).said == [word]
