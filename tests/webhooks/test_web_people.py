"""Merging people over the API: by hand, undone, refused for two members; a suggestion from two channels."""

from __future__ import annotations

from house import House

from eslapp.core import commands as c
from eslapp.core.events import ContactsToldApart
from eslapp.core.model import Interaction, Presence
from eslapp.store import Tx, contacts, events, interactions, people


def person(house: House, address: str) -> str:
    """The contact of a chat from this address."""
    name = house.chat_interaction(address=address)

    def found(tx: Tx) -> Interaction:
        one = interactions.get(tx, name)
        assert one is not None
        return one

    return house.store.read(found).contact


def served(house: House, address: str) -> str:
    """The contact of a chat that agent 1001 talks in."""
    contact = person(house, address)
    house.available("1001")
    (name,) = [one.id for one in house.world.interactions.values() if one.contact == contact]
    assert house.connect(name) == "1001"
    house.ask(c.SetPresence, agent="1001", presence=Presence.BREAK)  # who comes now is a stranger
    return contact


def test_an_agent_merges_sees_one_history_and_parts_again(house: House) -> None:
    client = house.sign_in("1001")
    first = served(house, "v-1")
    second = served(house, "v-2")
    merged = client.post(f"/api/people/{first}/merge", {"other": second}).json()
    assert {address for _, address in merged["person"]["addresses"]} == {"v-1", "v-2"}
    (merge,) = merged["merges"]
    assert merge["actor"] == "1001" and merge["undone_at"] is None
    parted = client.post(f"/api/people/{first}/part", {"merge": merge["number"]}).json()
    assert {address for _, address in parted["person"]["addresses"]} == {"v-1"}
    assert client.post(f"/api/people/{first}/part", {"merge": 99}).status_code == 404
    assert client.get("/api/people/nobody").status_code == 404


def test_suggestions_are_shown_dismissed_and_members_stay_apart(house: House) -> None:
    client = house.sign_in("1001")
    two = served(house, "v-2")
    one = person(house, "v-1")
    house.store.write(
        lambda tx: (
            people.learn(tx, one, scope="tel", external_id="+8613800138000", is_verified=True, at=1.0),
            people.learn(tx, two, scope="tel", external_id="+8613800138000", is_verified=False, at=2.0),
        )
    )
    (asked,) = client.get(f"/api/people/{two}").json()["suggestions"]
    assert asked["person"]["id"] == one and "not proved" in asked["reason"]
    assert ["tel", "…8000"] in asked["person"]["addresses"]  # a stranger's: enough to decide, no more
    assert client.post(f"/api/people/{two}/dismiss", {"other": one}).status_code == 200
    assert client.get(f"/api/people/{two}").json()["suggestions"] == []
    house.store.write(
        lambda tx: (
            contacts.add_address(tx, one, scope="member", external_id="M1", at=3.0, is_verified=True),
            contacts.add_address(tx, two, scope="member", external_id="M2", at=3.0, is_verified=True),
        )
    )
    refused = house.sign_in("admin").post(f"/api/people/{one}/merge", {"other": two})
    assert refused.status_code == 409 and refused.json()["error"] == "different-members"


def test_strangers_are_not_found_and_cannot_be_taken(house: House) -> None:
    mine = served(house, "v-2")
    client, chief = house.sign_in("1001"), house.sign_in("admin")
    stranger, stranger_now = person(house, "v-1"), person(house, "v-3")
    assert client.get(f"/api/people/{mine}").status_code == 200
    assert client.get(f"/api/people/{stranger}").status_code == 404
    assert client.post(f"/api/people/{stranger}/merge", {"other": mine}).status_code == 404
    assert client.post(f"/api/people/{mine}/merge", {"other": stranger}).status_code == 404
    assert client.post(f"/api/people/{mine}/dismiss", {"other": stranger}).status_code == 404
    merged = chief.post(f"/api/people/{stranger}/merge", {"other": stranger_now}).json()
    (merge,) = merged["merges"]
    assert merge["actor"] == "admin"
    assert client.post(f"/api/people/{stranger_now}/part", {"merge": merge["number"]}).status_code == 404


def test_who_was_served_once_is_known_and_every_decision_is_an_event(house: House) -> None:
    mine, other = served(house, "v-1"), served(house, "v-2")
    for name in list(house.world.interactions):
        house.ask(c.EndTalk, interaction=name, by="agent")
        house.ask(c.FinishWrapUp, interaction=name, agent="1001", disposition="resolved", notes="")
    client = house.sign_in("1001")
    assert client.get(f"/api/people/{mine}").status_code == 200
    assert client.post(f"/api/people/{mine}/dismiss", {"other": other}).status_code == 200
    told = house.store.read(lambda tx: [one for _, one in events.after(tx, 0, limit=1000)])
    (apart,) = [one for one in told if isinstance(one, ContactsToldApart)]
    assert (apart.one, apart.other, apart.by) == (mine, other, "1001")
