"""People with several addresses: proof merges, evidence suggests, members never mix, and every merge can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from eslapp.store import Store, Tx, contacts, interactions, people
from eslapp.store.store import Store as OpenStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OpenStore]:
    found = Store(tmp_path / "zongji.db")
    found.open(at=1.0)
    yield found
    found.close()


YEAR_S = 365 * 86400.0


def contact(tx: Tx, name: str, scope: str, external_id: str, is_verified: bool = False) -> str:
    made, _ = contacts.find_or_create(tx, scope=scope, external_id=external_id, new_id=name, at=1.0, name=name)
    if is_verified:
        contacts.verify_address(tx, made.id, scope=scope, external_id=external_id, at=1.0)
    return made.id


def test_the_same_proved_number_is_one_person_and_undoing_parts_them_for_good(store: OpenStore) -> None:
    def work(tx: Tx) -> None:
        ada = contact(tx, "ada", "tel", "+8613800138000", is_verified=True)
        chat = contact(tx, "chat", "wechat:wx", "o1")
        assert people.learn(tx, chat, scope="tel", external_id="+8613800138000", is_verified=True, at=2.0) == "merge"
        assert people.root(tx, chat) == ada and people.members(tx, chat) == [ada, chat]
        person = people.person(tx, chat)
        assert person is not None and person.addresses == (("tel", "+8613800138000"), ("wechat:wx", "o1"))
        (merge,) = people.merges_of(tx, ada)
        assert people.undo(tx, merge.number, actor="1001", at=3.0) and not people.undo(
            tx, merge.number, actor="1001", at=3.0
        )
        assert people.members(tx, chat) == [chat]
        assert people.learn(tx, chat, scope="tel", external_id="+8613800138000", is_verified=True, at=4.0) == "never"
        assert [one.undone_by for one in people.merges_of(tx, ada)] == ["1001"]

    store.write(work)


def test_what_nobody_proved_is_a_suggestion_asked_once(store: OpenStore) -> None:
    def work(tx: Tx) -> None:
        ada = contact(tx, "ada", "tel", "+8613800138000")
        mail = contact(tx, "mail", "email:office", "a@x.example")
        for _ in range(2):
            assert (
                people.learn(tx, mail, scope="tel", external_id="+8613800138000", is_verified=False, at=2.0)
                == "suggest"
            )
        assert [one["contact"] for one in people.suggestions(tx, ada)] == [mail]
        assert people.members(tx, ada) == [ada]
        people.dismiss(tx, ada, mail, actor="1001", at=3.0)
        people.learn(tx, mail, scope="tel", external_id="+8613800138000", is_verified=False, at=4.0)
        assert people.suggestions(tx, ada) == []

    store.write(work)


def test_different_members_never_merge_whatever_they_share(store: OpenStore) -> None:
    def work(tx: Tx) -> None:
        one = contact(tx, "one", "member", "M1", is_verified=True)
        two = contact(tx, "two", "member", "M2", is_verified=True)
        people.learn(tx, one, scope="tel", external_id="+8613800138000", is_verified=True, at=2.0)
        assert people.learn(tx, two, scope="tel", external_id="+8613800138000", is_verified=True, at=2.0) == "never"
        assert people.merge(tx, one, two, reason="by hand", actor="1001", at=3.0) is None

    store.write(work)


def test_an_address_that_two_members_use_joins_them_in_no_order(store: OpenStore) -> None:
    """A family's tablet: the first stays who they were, and the second is found where they are themselves."""

    def work(tx: Tx) -> None:
        tablet = contact(tx, "tablet", "shop:line", "t1")
        assert people.learn(tx, tablet, scope="member", external_id="M1", is_verified=True, at=2.0) == ""
        assert people.learn(tx, tablet, scope="member", external_id="M2", is_verified=True, at=3.0) == "never"
        phone = contact(tx, "phone", "shop:line", "t2")
        assert people.learn(tx, phone, scope="member", external_id="M2", is_verified=True, at=4.0) == ""
        assert people.learn(tx, tablet, scope="member", external_id="M2", is_verified=True, at=5.0) == "never"
        assert people.root(tx, tablet) != people.root(tx, phone)
        assert people.learn(tx, tablet, scope="member", external_id="M1", is_verified=True, at=6.0) == ""

    store.write(work)


def test_a_chain_of_merges_stands_for_one_and_shared_switchboards_for_nobody(store: OpenStore) -> None:
    def work(tx: Tx) -> None:
        names = [contact(tx, f"c{number}", "web:site", f"v{number}") for number in range(5)]
        for above, below in zip(names, names[1:], strict=False):
            assert people.merge(tx, above, below, reason="test", actor="system", at=2.0)
        assert {people.root(tx, one) for one in names} == {"c0"}
        assert sorted(people.members(tx, "c3")) == names
        assert people.merge(tx, "c4", "c0", reason="test", actor="system", at=3.0) is None
        assert people.learn(tx, "c4", scope="tel", external_id="+10000000000", is_verified=True, at=4.0) == ""

    store.write(work)


def test_history_is_one_timeline(store: OpenStore) -> None:
    def work(tx: Tx) -> None:
        ada = contact(tx, "ada", "tel", "+8613800138000")
        chat = contact(tx, "chat", "wechat:wx", "o1")
        people.merge(tx, ada, chat, reason="test", actor="1001", at=2.0)
        assert interactions.of_contact(tx, chat) == interactions.of_contact(tx, ada) == []

    store.write(work)


def test_a_number_proved_over_a_year_ago_may_be_somebody_elses_by_now(store: OpenStore) -> None:
    def work(tx: Tx) -> None:
        contact(tx, "ada", "tel", "+8613800138000", is_verified=True)
        contact(tx, "bob", "tel", "+8613800138001", is_verified=True)
        contact(tx, "card", "member", "10001", is_verified=True)
        told = {"is_verified": True, "at": YEAR_S + 2.0}
        late = [contact(tx, f"chat{number}", "wechat:wx", f"o{number}") for number in range(3)]
        assert people.learn(tx, late[0], scope="tel", external_id="+8613800138000", **told) == "suggest"
        people.learn(tx, "bob", scope="tel", external_id="+8613800138001", is_verified=True, at=YEAR_S)
        assert people.learn(tx, late[1], scope="tel", external_id="+8613800138001", **told) == "merge", "proved anew"
        assert people.learn(tx, late[2], scope="member", external_id="10001", **told) == "merge", "stays"

    store.write(work)
