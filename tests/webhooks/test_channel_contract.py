"""The contract of every channel that has a provider, played against the provider's fake over HTTP.

Each channel: forged, repeated, shuffled and concurrent deliveries; unknown events; answers in order; a lost answer; a
token that ends; windows and quotas; pictures. A channel passes by having ``eslapp/demo/providers/<type>.py``.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gevent
import pytest
from clients import aside
from provider_desk import Desk, opened

from eslapp.demo.bad_habits import replay
from eslapp.demo.providers import provider_types
from eslapp.demo.providers.base import PNG, Fault, Provider, Signed, post
from eslapp.outside import Outside
from eslapp.store import media, reply_windows
from eslapp.store.messages import Message
from webhooks.channels import CHANNELS
from webhooks.channels.base import SendResult
from webhooks.mail import mailbox

pytestmark = pytest.mark.slow
# What a channel has no part in, and why. A channel that is not listed takes part: nothing is left out silently.
EXCUSED = {
    "handshake": {
        "email": "fetched by us",
        "generic": "Standard Webhooks have none",
        "line": "an empty delivery, signed like any",
        "sip_trunk": "no HTTP",
        "sms_twilio": "an address typed in Twilio's console",
        "telegram": "setWebhook asks nothing",
        "twilio_voice": "an address typed in Twilio's console",
        "whatsapp_twilio": "an address typed in Twilio's console",
    },
    "delivered": {"email": "fetched by us", "sip_trunk": "no HTTP"},
    "sealed": dict.fromkeys(
        ("douyin", "email", "generic", "line", "messenger", "sms_twilio", "telegram", "whatsapp_meta"),
        "no XML comes",
    )
    | {"whatsapp_twilio": "no XML comes"},
    "unknown": {},
    "window": dict.fromkeys(("email", "generic", "line", "sms_twilio", "telegram"), "we may always answer"),
    "picture": {"douyin": "seen in Douyin's app only"},
    "receipts": dict.fromkeys(
        ("email", "line", "telegram", "wechat", "wechat_miniprogram", "wecom_kf", "weibo", "generic"), "none are told"
    ),
}


def takes_part(provider: Any, clause: str, holds: bool) -> None:
    """Skips what is excused; fails where the excuse and the channel disagree."""
    reason = EXCUSED[clause].get(provider.type)
    assert holds == (reason is None), f"{provider.type} {'has' if holds else 'has no'} {clause}: correct EXCUSED"
    if reason is not None:
        pytest.skip(reason)


@pytest.fixture(params=[name for name, kind in sorted(provider_types().items()) if not kind.is_voice])
def desk(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A channel of text."""
    with opened(request.param, tmp_path, monkeypatch) as one:
        yield one


@pytest.fixture(params=[name for name, kind in sorted(provider_types().items()) if not kind.is_voice])
def public(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A channel of text whose provider knows our address."""
    with opened(request.param, tmp_path, monkeypatch, base="https://desk.example.com") as one:
        yield one


@pytest.fixture(params=sorted(provider_types()))
def door(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Any channel, also one that brings calls: what its webhook must stand."""
    with opened(request.param, tmp_path, monkeypatch) as one:
        yield one


def test_every_channel_with_a_provider_has_a_fake() -> None:
    assert set(provider_types()) == set(CHANNELS) - {"webchat"}


def test_the_handshake(door: Desk) -> None:
    asked = door.provider.handshake()
    takes_part(door.provider, "handshake", asked is not None)
    assert asked is not None
    signed, wanted = asked
    assert aside(post, door.hook, signed) == (200, wanted)
    for broken in mutilated(signed):
        status, body = aside(post, door.hook, broken)
        assert status in (400, 403) and wanted not in body


def mutilated(signed: Signed) -> list[Signed]:
    """The same request with its proof gone, or one character of it changed."""
    found = []
    for name, value in signed.headers.items():
        if name.lower().startswith(("x-", "webhook-s")):
            found.append(replace(signed, headers={key: one for key, one in signed.headers.items() if key != name}))
            changed = ("B" if value[-3:-2] == "A" else "A") if value else "A"
            found.append(replace(signed, headers={**signed.headers, name: value[:-3] + changed + value[-2:]}))
    if "signature=" in signed.suffix:
        head, _, tail = signed.suffix.rpartition("signature=")
        found += [replace(signed, suffix=f"{head}signature={'0' if tail[0] != '0' else '1'}{tail[1:]}")]
        found += [replace(signed, suffix=f"{head}signature=")]
    return found


def test_forged_deliveries_leave_nothing(door: Desk) -> None:
    signed = door.provider.say("forged", number=1)
    takes_part(door.provider, "delivered", signed.method != "PULL")
    broken = mutilated(signed)
    if door.provider.is_body_signed:
        for place in (len(signed.body) // 3, len(signed.body) - 2):
            body = bytearray(signed.body)
            body[place] ^= 1
            broken.append(replace(signed, body=bytes(body)))
    assert broken
    for one in broken:
        assert door.deliver(one) in (400, 403)
    kept = "SELECT count(*) FROM inbox WHERE :pulled = 0 OR external_key LIKE 'nudge%'"  # what is pulled comes anyway
    assert door.house.store.read(lambda tx: tx.value(kept, pulled=int(door.is_pulled))) == 0


LAUGH = b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
GBK = '{"text": "中文"}'.encode("gbk")


def test_bad_bodies_are_refused_or_kept_never_an_error(door: Desk) -> None:
    signed = door.provider.say("x", number=1)
    if signed.method == "PULL":
        assert aside(post, door.hook, replace(signed, method="POST", body=b"x"))[0] == 403
        return
    for body in (b"", b"\xff\xfe", b"[" * 50_000, b"<a>" * 20_000, LAUGH, GBK, b"{}"):
        assert door.deliver(replace(signed, body=body)) in (200, 400, 403), body[:20]
    most = CHANNELS[door.provider.type].capabilities.body_cap
    assert door.deliver(replace(signed, body=b"x" * (most + 1))) in (0, 413)
    assert door.deliver(replace(signed, headers={**signed.headers, "Content-Encoding": "gzip"})) == 415
    assert door.deliver(signed) == 200
    if not door.provider.is_voice:
        door.house.until(lambda: "x" in door.said(), "the good one after the bad ones")


BOMB = (
    '<!DOCTYPE xml [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)


def test_a_signed_bomb_of_xml_is_refused_unread(desk: Desk) -> None:
    """Signed and sealed by the provider itself: the proof is right, the document inside would unfold to gigabytes."""
    sealed = getattr(desk.provider, "sealed_document", None)
    takes_part(desk.provider, "sealed", sealed is not None)
    assert sealed is not None
    for text in ("&j;", "&a;"):
        fields = "<MsgType>text</MsgType><FromUserName>o1</FromUserName><MsgId>1</MsgId>"
        bomb = sealed(f"{BOMB}<xml>{fields}<Content>{text}</Content></xml>".encode())
        assert desk.deliver(bomb) in (400, 403)
    deep = sealed(b"<xml>" + b"<a>" * 30_000 + b"</a>" * 30_000 + b"</xml>")
    assert desk.deliver(deep) in (400, 403)
    assert desk.house.store.read(lambda tx: tx.value("SELECT count(*) FROM inbox")) == 0


@pytest.mark.parametrize("mode", ["plain", "compatible"])
@pytest.mark.parametrize("name", ["wechat", "wechat_miniprogram"])
def test_an_account_in_another_mode(name: str, mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(name, tmp_path, monkeypatch, words={"mode": mode}) as desk:
        seen = aside(lambda: list(replay(desk.provider, desk.hook, within_s=20.0)))
        assert [one for one in seen if not one.is_good] == []
        assert desk.deliver(desk.provider.say("hello", number=9)) == 200
        desk.house.until(lambda: "hello" in desk.said(), "the message")


def test_each_message_once_and_in_order_however_it_comes(desk: Desk) -> None:
    texts = ["one", "二 👋🏽", "‏שלישי", "4\nlines & <b>", "五" * 300]
    each = desk.provider.say_all(texts, number=10)
    assert all(desk.deliver(one) == 200 for one in each)
    again = [one for one in each for _ in range(2)]
    random.Random(7).shuffle(again)
    waiting = [gevent.spawn(desk.deliver, one) for one in again]
    gevent.joinall(waiting, timeout=20)
    assert all(one.value == 200 for one in waiting)
    desk.house.until(lambda: len(desk.said()) == len(texts), "all of them")
    assert desk.said() == texts


def test_what_nobody_knows_yet_is_kept_and_harms_nothing(desk: Desk) -> None:
    unknown = desk.provider.unknown(number=3)
    takes_part(desk.provider, "unknown", unknown is not None)
    assert unknown is not None
    assert desk.deliver(unknown) == 200
    assert desk.deliver(desk.provider.say("after", number=4)) == 200
    desk.house.until(lambda: "after" in desk.said(), "the one after")
    sql = "SELECT count(*) FROM inbox WHERE state = 'done'"
    desk.house.until(lambda: desk.house.store.read(lambda tx: tx.value(sql)) >= 2, "both done")


def test_answers_arrive_in_order_and_a_refusal_delays_them(desk: Desk) -> None:
    interaction = desk.with_agent()
    before = len(desk.shown())
    desk.provider.faults.append(Fault.REFUSE)
    sent = [desk.write(interaction, text) for text in ("a1", "a2", "答三")]
    assert all(isinstance(one, Message) for one in sent), sent
    for one in sent:
        desk.settled_in_time(one)
    assert desk.shown()[before:] == ["a1", "a2", "答三"]


def test_a_lost_answer_is_not_sent_twice(desk: Desk) -> None:
    interaction = desk.with_agent()
    before = len(desk.shown())
    desk.provider.faults.append(Fault.LOSE_ANSWER)
    message = desk.write(interaction, "once")
    wanted = ("unknown",) if not CHANNELS[desk.provider.type].capabilities.is_idempotent else ("sent",)
    desk.settled_in_time(message, *wanted)
    assert desk.shown()[before:].count("once") == 1


def test_a_slow_provider_is_not_waited_for_and_not_asked_twice(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer comes after our patience: it may have been taken. Only who drops repeats is asked again."""
    interaction = desk.with_agent()
    before = len(desk.shown())
    monkeypatch.setitem(Outside.ask.__kwdefaults__, "within_s", 0.5)
    monkeypatch.setattr(mailbox, "WITHIN_S", 0.5)
    desk.provider.faults.append(Fault.SLOW)
    message = desk.write(interaction, "to the slow one")
    is_idempotent = CHANNELS[desk.provider.type].capabilities.is_idempotent
    desk.settled_in_time(message, "sent" if is_idempotent else "unknown")
    desk.house.until(lambda: "to the slow one" in desk.shown()[before:], "what was taken late")
    assert desk.shown()[before:].count("to the slow one") == 1


def test_receipts_may_come_before_the_send_has_returned(public: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = public
    takes_part(desk.provider, "receipts", type(desk.provider).receipts is not Provider.receipts)
    interaction, channel = desk.with_agent(), CHANNELS[desk.provider.type]
    desk.provider.receipts("sent", "delivered", "read")  # of what the flow said
    usual = channel.send

    def slowly(*told: Any) -> SendResult:
        result = usual(*told)
        for one in desk.provider.receipts("sent", "delivered", "read"):
            assert desk.deliver(one) == 200
        desk.house.until(lambda: not _unread(desk), "the receipts")
        return result

    with monkeypatch.context() as patched:
        patched.setattr(channel, "send", slowly)
        message = desk.write(interaction, "read at once")
        desk.settled(message, "read")
    desk.house.clock.pass_s(60)
    assert desk.settled(desk.write(interaction, "not read yet")).state == "sent"


def _unread(desk: Desk) -> int:
    """Events that are kept and not worked on yet."""
    sql = "SELECT count(*) FROM inbox WHERE state = 'new'"
    return int(desk.house.store.read(lambda tx: tx.value(sql)))


def test_a_page_of_html_is_no_success(desk: Desk) -> None:
    interaction = desk.with_agent()
    desk.provider.faults.append(Fault.GARBAGE)
    message = desk.write(interaction, "into the fog")
    state = desk.settled_in_time(message, "unknown", "sent")
    assert (state == "sent") == ("into the fog" in desk.shown())


def test_a_token_that_ends_is_renewed_or_shown_to_the_admin(desk: Desk) -> None:
    interaction = desk.with_agent()
    desk.provider.faults.append(Fault.TOKEN)
    message = desk.settled(desk.write(interaction, "with a new token"), "sent", "failed")
    assert message.state == "sent" or message.error == "account-broken"


def test_windows_and_quotas_are_known_before_sending(desk: Desk) -> None:
    grant = CHANNELS[desk.provider.type].capabilities.grants.get("message")
    takes_part(desk.provider, "window", grant is not None)
    assert grant is not None
    interaction = desk.with_agent()
    where = {"channel": desk.provider.type, "account": "line", "address": desk.provider.address}
    window = desk.house.store.read(lambda tx: reply_windows.of_address(tx, **where))
    assert window is not None and window.expires_at > desk.house.clock()
    if grant.messages is not None:
        left = window.messages_left
        for number in range(left):
            desk.settled(desk.write(interaction, f"answer {number}"))
        assert desk.write(interaction, "one too many").code == "quota-used"
        assert desk.deliver(desk.provider.say("again", number=2)) == 200
        desk.house.until(lambda: "again" in desk.said(), "the contact again")
        desk.settled(desk.write(interaction, "thank you"))
    desk.house.clock.pass_s((grant.person_within_s or grant.within_s) + 1)
    assert desk.write(interaction, "too late").code == "window-over"


def test_what_the_provider_says_of_the_window_counts(desk: Desk) -> None:
    takes_part(desk.provider, "window", bool(CHANNELS[desk.provider.type].capabilities.grants))
    interaction = desk.with_agent()
    desk.provider.faults.append(Fault.WINDOW)
    message = desk.settled(desk.write(interaction, "late after all"), "failed")
    assert message.error == "window-over"
    assert desk.write(interaction, "and now").code == "window-over"


def test_a_long_answer_comes_in_parts(desk: Desk) -> None:
    interaction = desk.with_agent()
    capabilities = CHANNELS[desk.provider.type].capabilities
    before = len(desk.shown())
    text = "很长的回答。" * (capabilities.text_cap // (6 * (3 if capabilities.text_unit == "bytes" else 1)) + 20)
    desk.settled(desk.write(interaction, text))
    assert "".join(desk.shown()[before:]) == text


def test_a_picture_is_fetched_after_the_acknowledgement(desk: Desk) -> None:
    takes_part(desk.provider, "picture", desk.provider.can_picture)
    if not desk.is_pulled:
        desk.provider.faults.append(Fault.REFUSE)
    assert desk.deliver(desk.provider.picture(number=5)) == 200
    desk.house.until(lambda: desk.all("in"), "the message")
    message = desk.all("in")[0]
    (attachment,) = [one for one in message.attachments if one["kind"] == "image"]

    def ready() -> Any:
        desk.house.clock.pass_s(3)
        found = desk.house.store.read(lambda tx: media.get(tx, attachment["media"]))
        return found if found.state == "ready" else None

    found = desk.house.until(ready, "the picture")
    assert found.content_type == "image/png"
    assert (desk.house.deps.media / found.path).read_bytes() == PNG


def test_the_providers_bad_habits_do_no_harm(door: Desk) -> None:
    takes_part(door.provider, "delivered", door.provider.say("x", number=1).method != "PULL")
    seen = aside(lambda: list(replay(door.provider, door.hook, within_s=20.0)))  # how soon: tests/bench/hooks
    assert len(seen) >= 7 and [one for one in seen if not one.is_good] == []
    kept = "SELECT count(*) FROM inbox WHERE external_key NOT LIKE 'msg_%'"  # what is pulled comes besides
    assert door.house.store.read(lambda tx: tx.value(kept)) <= 2
