"""What is special to WeCom: a nudge's own token, greeting who has only entered, callbacks of other kinds and forms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from provider_desk import Desk, opened

from eslapp.demo.providers.base import Signed
from eslapp.store import unplaced

pytestmark = pytest.mark.slow


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with opened("wecom_kf", tmp_path, monkeypatch) as one:
        yield one


def test_each_pull_of_a_nudge_tells_its_token(desk: Desk) -> None:
    desk.provider.say("a minute ago", number=1)
    for number in range(2, 9):  # several pages, and pulls in a row: without the token the provider is strict
        assert desk.deliver(desk.provider.say(f"m{number}", number=number)) == 200
        desk.house.until(lambda number=number: f"m{number}" in desk.said(), f"message {number}")
    assert len(desk.said()) == 8


def test_who_has_only_entered_is_greeted_by_the_code_of_the_entry(desk: Desk) -> None:
    assert desk.deliver(desk.provider.enter(number=1)) == 200
    desk.house.until(desk.shown, "the greeting")
    assert [one.address for one in desk.provider.shown] == [desk.provider.address]
    assert desk.deliver(desk.provider.say("thank you", number=2)) == 200
    desk.house.until(lambda: "thank you" in desk.said(), "their words")
    assert not any("welcome" in json.dumps(one.attachments) for one in desk.all("in") if one.kind == "text")


def test_callbacks_of_other_kinds_are_kept(desk: Desk) -> None:
    other = b"<xml><MsgType>event</MsgType><Event>kf_account_auth_change</Event></xml>"
    assert desk.deliver(desk.provider.sealed_document(other)) == 200
    kept = lambda tx: tx.value("SELECT count(*) FROM inbox WHERE CAST(body AS TEXT) LIKE '%auth_change%'")  # noqa: E731
    assert desk.house.store.read(kept) == 1
    desk.provider.say("after it", number=4)
    signed = desk.provider.say("and this", number=5)
    sealed = signed.body.partition(b"<Encrypt>")[2].partition(b"</Encrypt>")[0].decode()
    as_json = json.dumps({"tousername": "c", "agentid": 1, "encrypt": sealed}).encode()
    assert desk.deliver(Signed(as_json, suffix=signed.suffix)) == 200
    desk.house.until(lambda: "and this" in desk.said(), "the message behind a nudge in JSON")


def test_a_nudge_for_an_account_that_the_site_does_not_have_is_told_to_operators(desk: Desk) -> None:
    fields = "<Token>t</Token><OpenKfId>wkNobody</OpenKfId>"
    nudge = f"<xml><MsgType>event</MsgType><Event>kf_msg_or_event</Event>{fields}</xml>"
    assert desk.deliver(desk.provider.sealed_document(nudge.encode())) == 200
    lost = lambda: desk.house.store.read(lambda tx: unplaced.lately(tx, now=desk.house.clock()))  # noqa: E731
    desk.house.until(lost, "the note")
    assert [(one.channel_account, one.whose) for one in lost()] == [("wecom_kf:line", "wkNobody")]
