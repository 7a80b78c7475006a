"""A unionid joins what one person has at several of our accounts; a busy provider is asked again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from answers import Answers
from house import House

from eslapp.outside import Unreachable
from eslapp.store import Tx, contacts, conversations, people
from webhooks.app import live_part
from webhooks.channels import CHANNELS
from webhooks.people_worker import PeopleWorker
from webhooks.provider_tools import Tools

pytestmark = pytest.mark.slow
UNION = {"subscribe": 1, "openid": "o1", "unionid": "o6_bmasdasdsad6_2sgVt7hMZOPfL"}


@pytest.fixture
def house(tmp_path: Path, answers: Answers) -> Iterator[House]:
    channel = CHANNELS["wechat"]
    entry = {"type": "wechat", "flow": "main", **channel.EXAMPLE_OPTIONS, "api": answers.url, "open_platform": "shop"}
    accounts = {"first": entry, "second": entry, "apart": {**entry, "open_platform": ""}}
    made = House(tmp_path / "site", channels=accounts, words=channel.EXAMPLE_SECRETS)
    yield made
    made.close()


def came(house: House, account: str, openid: str) -> str:
    """A thread as the inbox makes it; its contact."""

    def work(tx: Tx) -> str:
        scope, name = f"wechat:{account}", f"{account}-{openid}"
        made, _ = contacts.find_or_create(tx, scope=scope, external_id=openid, new_id=name, at=1.0)
        thread = {"channel": "wechat", "account": account, "address": openid}
        conversations.find_or_open(tx, **thread, contact=made.id, new_id=f"c-{name}", at=1.0)
        return made.id

    found: str = house.store.write(work)
    live_part(house.app, PeopleWorker).wake()
    return found


def asked_for(answers: Answers) -> list[str]:
    return [path.partition("openid=")[2].partition("&")[0] for path, _, _ in answers.asked]


def test_one_unionid_is_one_person(house: House, answers: Answers) -> None:
    answers.queue = [(200, UNION)]
    one, other, apart = came(house, "first", "o1"), came(house, "second", "o2"), came(house, "apart", "o3")

    def roots() -> Any:
        return house.store.read(lambda tx: [people.root(tx, each) for each in (one, other, apart)])

    house.until(lambda: roots()[0] == roots()[1], "joined")
    assert roots()[2] == apart and sorted(asked_for(answers)) == ["o1", "o2"], "each is asked for once"


def test_a_busy_or_silent_provider_is_asked_again_later(house: House, answers: Answers) -> None:
    answers.queue = [(200, {"errcode": -1}), (502, b"<html>"), (200, UNION)]
    one = came(house, "first", "o1")

    def learned() -> bool:
        house.clock.pass_s(400)
        live_part(house.app, PeopleWorker).wake()
        found = house.store.read(lambda tx: contacts.get(tx, one))
        return ("unionid:shop", UNION["unionid"]) in found.addresses

    house.until(learned, "learned at last")


def test_wecom_knows_the_same_person(tmp_path: Path, answers: Answers) -> None:
    union = UNION["unionid"]
    answers.queue = [(200, {"errcode": 0, "customer_list": [{"external_userid": "wm1", "unionid": union}]})]
    kinds = ("wechat", "wecom_kf")
    entries = {
        kind: {
            "type": kind,
            "flow": "main",
            **CHANNELS[kind].EXAMPLE_OPTIONS,
            "api": answers.url,
            "open_platform": "shop",
        }
        for kind in kinds
    }
    words = {word: told for kind in kinds for word, told in CHANNELS[kind].EXAMPLE_SECRETS.items()}
    house = House(tmp_path / "both", channels=entries, words=words)
    try:
        account = live_part(house.app, PeopleWorker)._accounts.of("wecom_kf")
        channel = CHANNELS["wecom_kf"]
        assert channel.unions("wm1", account, Tools()) == (("unionid:shop", union),)  # type: ignore[attr-defined]
        assert b"wm1" in answers.asked[-1][1] and "kf/customer/batchget" in answers.asked[-1][0]
        answers.queue = [(200, {"errcode": -1})]
        with pytest.raises(Unreachable):
            channel.unions("wm1", account, Tools())  # type: ignore[attr-defined]
    finally:
        house.close()
