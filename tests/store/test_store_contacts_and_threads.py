"""Contacts, conversations and messages: each once, whatever is delivered twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eslapp.store import Conflict, Store, Tx, contacts, conversations, messages
from eslapp.store.messages import FORWARD, Message
from tests.inbound import inbound

HELLO = inbound("你好 👋", id="m1", conversation="v1", interaction="i1", created_at=1.0, client_id="k1")


def test_an_address_belongs_to_one_contact(store: Store) -> None:
    def arrive(tx: Tx, number: str, new_id: str) -> tuple[str, bool]:
        found, is_new = contacts.find_or_create(
            tx, scope="tel", external_id=number, new_id=new_id, at=1.0, name="Ada", language="zh"
        )
        return found.id, is_new

    assert store.write(lambda tx: arrive(tx, "+1", "a")) == ("a", True)
    assert store.write(lambda tx: arrive(tx, "+1", "b")) == ("a", False)
    store.write(lambda tx: contacts.add_address(tx, "a", scope="mail", external_id="a@b.c", at=2.0))
    with pytest.raises(Conflict):
        store.write(lambda tx: contacts.add_address(tx, "a", scope="tel", external_id="+1", at=2.0))
    assert store.write(lambda tx: contacts.update(tx, "a", level="vip"))
    assert not store.write(lambda tx: contacts.update(tx, "nobody", level="vip"))
    ada = store.read(lambda tx: contacts.by_address(tx, "mail", "a@b.c"))
    assert (ada.name, ada.level, ada.language) == ("Ada", "vip", "zh")
    assert ada.addresses == (("tel", "+1"), ("mail", "a@b.c"))
    assert store.read(lambda tx: contacts.by_address(tx, "tel", "+2")) is None


def test_one_open_conversation_per_address(store: Store) -> None:
    def open_one(new_id: str, address: str = "v-1") -> tuple[str, bool]:
        thread, is_new = store.write(
            lambda tx: conversations.find_or_open(
                tx, channel="webchat", account="site", address=address, contact="a", new_id=new_id, at=1.0
            )
        )
        return thread.id, is_new

    assert [open_one("v1"), open_one("v2"), open_one("v3", "v-2")] == [("v1", True), ("v1", False), ("v3", True)]
    store.write(lambda tx: conversations.attach(tx, "v1", "i1"))
    assert store.read(lambda tx: conversations.of_interaction(tx, "i1")).id == "v1"
    assert store.read(lambda tx: conversations.of_interaction(tx, "")) is None
    assert store.write(lambda tx: conversations.close(tx, "v1", 5.0))
    assert not store.write(lambda tx: conversations.close(tx, "v1", 6.0))
    assert open_one("v4") == ("v4", True)
    assert store.read(lambda tx: conversations.get(tx, "v1")).closed_at == 5.0
    with pytest.raises(Conflict):
        store.write(lambda tx: tx.run("UPDATE conversations SET closed_at = NULL WHERE id = 'v1'"))


@pytest.mark.parametrize(
    "again",
    [
        replace(HELLO, id="m2"),  # the same POST once more
        replace(HELLO, id="m2", client_id="", provider_id="p1", conversation="elsewhere"),  # the provider repeats
        HELLO,
    ],
)
def test_a_message_is_kept_once(store: Store, again: Message) -> None:
    first, is_new = store.write(lambda tx: messages.add(tx, replace(HELLO, provider_id="p1")))
    assert is_new and first.number == 1 and first.text == "你好 👋"
    assert store.write(lambda tx: messages.add(tx, again)) == (first, False)
    assert len(store.read(lambda tx: messages.of_interaction(tx, "i1"))) == 1


def test_other_messages_are_other_messages(store: Store) -> None:
    several = [
        HELLO,
        replace(HELLO, id="m2", client_id="k2", options=(("1", "Orders"), ("2", "维修"))),
        replace(HELLO, id="m3", author="ann", direction="out"),  # another sender may use the same client id
        replace(HELLO, id="m4", client_id=""),
        replace(HELLO, id="m5", client_id=""),
    ]
    for message in several:
        assert store.write(lambda tx, message=message: messages.add(tx, message))[1]
    thread = store.read(lambda tx: messages.of_conversation(tx, "v1"))
    assert [(message.id, message.number) for message in thread] == [(f"m{n}", n) for n in range(1, 6)]
    assert thread[1].options == (("1", "Orders"), ("2", "维修"))
    assert [one.id for one in store.read(lambda tx: messages.of_conversation(tx, "v1", after=3, limit=1))] == ["m4"]


def test_states_only_go_forward(store: Store) -> None:
    out = replace(HELLO, direction="out", state="queued")
    store.write(lambda tx: messages.add(tx, out))
    for came in ("delivered", "sent", "failed", "queued", "read", "delivered"):
        before = store.read(lambda tx: messages.get(tx, "m1"))
        moved = store.write(lambda tx, came=came: messages.advance(tx, "m1", came, provider_id="p9"))
        assert moved == (FORWARD[came] > FORWARD[before.state])
    last = store.read(lambda tx: messages.by_provider_id(tx, channel="webchat", account="website", provider_id="p9"))
    assert last.state == "read"
    assert not store.write(lambda tx: messages.advance(tx, "nothing", "sent"))
