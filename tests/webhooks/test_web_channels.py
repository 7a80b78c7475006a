"""The contract of channels: every registered one parses its example, survives mangled bytes and has its cases."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from eslapp.store.inbox import RawEvent
from webhooks import channels
from webhooks.channel_accounts import account_of
from webhooks.channels import CHANNELS
from webhooks.channels.base import Account, Attachment, Channel, Delivery, Forged, InboundEvent, Kind, Request
from webhooks.channels.webchat import end_delivery, text_delivery

CASES = Path(__file__).parent / "cases"
WEBCHAT = CHANNELS["webchat"]
OF_CALLS = ("sip_trunk", "twilio_voice")  # of whose examples the inbox is told nothing
WITH_BODIES = [channel for name, channel in CHANNELS.items() if name != "sip_trunk"]  # its calls come by SIP alone
OF_WORDS = [channel for name, channel in CHANNELS.items() if name not in OF_CALLS]


def raw(delivery: Delivery, kind: str = "webchat") -> RawEvent:
    return RawEvent(
        number=1,
        channel_account=f"{kind}:website",
        external_key=delivery.external_key,
        address=delivery.address,
        received_at=4e9,
        headers={},
        body=delivery.body,
        tries=0,
    )


@dataclass(frozen=True)
class Entry:
    """An entry of ``channels:``."""

    type: str
    flow: str
    options: dict[str, Any]


def account(channel: Channel) -> Account:
    """An account with the channel's example options."""
    entry = Entry(channel.type, "main", channel.EXAMPLE_OPTIONS)
    return account_of("website", entry, channel, channel.EXAMPLE_SECRETS.get)


def cases() -> list[tuple[Channel, dict[str, Any]]]:
    found = []
    for name, channel in CHANNELS.items():
        for case in json.loads((CASES / f"{name}.json").read_text(encoding="utf-8")):
            found.append((channel, case))
    return found


def test_every_channel_has_a_file_of_cases() -> None:
    assert {path.stem for path in CASES.glob("*.json")} == set(CHANNELS)


def plain(value: Any) -> Any:
    """As a case writes it: an attachment is its kind, ref and facts."""
    if isinstance(value, Attachment):
        return [value.kind, value.ref, dict(value.facts)]
    return [plain(one) for one in value] if isinstance(value, tuple) else value


@pytest.mark.parametrize(("channel", "case"), cases(), ids=lambda value: getattr(value, "type", None) or value["name"])
def test_cases(channel: Channel, case: dict[str, Any]) -> None:
    body = case["body"] if isinstance(case["body"], str) else json.dumps(case["body"])
    events = channel.parse(raw(Delivery("key", case["address"], body.encode()), channel.type), account(channel))
    pairs = zip(events, case["events"], strict=True)
    shown = [{name: plain(getattr(event, name)) for name in wanted} for event, wanted in pairs]
    assert shown == case["events"]


@pytest.mark.parametrize("channel", OF_WORDS, ids=lambda channel: channel.type)
def test_the_example_is_understood(channel: Channel) -> None:
    (event,) = channel.parse(raw(channel.example, channel.type), account(channel))
    assert event.kind != Kind.UNKNOWN and event.address == channel.example.address


@pytest.mark.parametrize("channel", WITH_BODIES, ids=lambda channel: channel.type)
def test_mangled_bytes_are_unknown_events_never_errors(channel: Channel) -> None:
    dice, whose = random.Random(20261122), account(channel)
    for _ in range(500):
        body = bytearray(channel.example.body)
        for _ in range(dice.randint(1, 6)):
            body[dice.randrange(len(body))] = dice.randrange(256)
        cut = bytes(body[: dice.randrange(len(body) + 1)]) if dice.random() < 0.3 else bytes(body)
        events = channel.parse(raw(Delivery("k", "a", cut), channel.type), whose)
        assert all(isinstance(event, InboundEvent) for event in events)
        assert events or channel.type in OF_CALLS  # of a call that reached us the inbox hears nothing


def test_deep_and_odd_json_is_unknown() -> None:
    for body in (b"[" * 100_000, b"[]", b"1", b"null", b'{"type": ["text"]}', b"\xff"):
        (event,) = WEBCHAT.parse(raw(Delivery("k", "a", body)), account(WEBCHAT))
        assert event.kind == Kind.UNKNOWN


def test_webchat_deliveries_are_parsed_back() -> None:
    written = text_delivery(address="v-1", client_id="m-1", text="你好 👋", language="zh", name="Ada")
    (event,) = WEBCHAT.parse(raw(written), account(WEBCHAT))
    assert (event.text, event.client_id, event.language, event.name) == ("你好 👋", "m-1", "zh", "Ada")
    (event,) = WEBCHAT.parse(raw(end_delivery(address="v-1", interaction="i-1")), account(WEBCHAT))
    assert (event.kind, event.interaction) == (Kind.ENDED, "i-1")


def test_webchat_takes_nothing_without_a_session() -> None:
    with pytest.raises(Forged):
        WEBCHAT.receive(Request("POST", "http://h/hooks/x", {}, {}, b"{}", 0.0), account(WEBCHAT))


def test_a_file_whose_type_is_not_its_name_is_an_import_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Path(channels.__file__).parent
    for name in ("base.py", "webchat.py"):
        (tmp_path / name).write_text((source / name).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "fax.py").write_text("from webhooks.channels.webchat import WebChat\n", encoding="utf-8")
    monkeypatch.setattr(channels, "__path__", [str(tmp_path), *channels.__path__])
    with pytest.raises(ImportError, match="fax.py"):
        channels.channel_types()
