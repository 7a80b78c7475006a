"""Merging people over the API: by hand, undone, refused for two members; a suggestion from two channels."""

from __future__ import annotations

from house import House

from eslapp.core.model import Interaction
from eslapp.store import Tx, contacts, interactions, people


def person(house: House, address: str) -> str:
    """The contact of a chat from this address."""
    name = house.chat_interaction(address=address)

    def found(tx: Tx) -> Interaction:
        one = interactions.get(tx, name)
        assert one is not None
        return one

    return house.store.read(found).contact


def test_an_agent_merges_sees_one_history_and_parts_again(house: House) -> None:
    client = house.sign_in("1001")
    first = person(house, "v-1")
    second = person(house, "v-2")
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
    one = person(house, "v-1")
    two = person(house, "v-2")
    house.store.write(
        lambda tx: (
            people.learn(tx, one, scope="tel", external_id="+8613800138000", is_verified=True, at=1.0),
            people.learn(tx, two, scope="tel", external_id="+8613800138000", is_verified=False, at=2.0),
        )
    )
    (asked,) = client.get(f"/api/people/{two}").json()["suggestions"]
    assert asked["person"]["id"] == one and "not proved" in asked["reason"]
    assert client.post(f"/api/people/{two}/dismiss", {"other": one}).status_code == 200
    assert client.get(f"/api/people/{two}").json()["suggestions"] == []
    house.store.write(
        lambda tx: (
            contacts.add_address(tx, one, scope="member", external_id="M1", at=3.0, is_verified=True),
            contacts.add_address(tx, two, scope="member", external_id="M2", at=3.0, is_verified=True),
        )
    )
    refused = client.post(f"/api/people/{one}/merge", {"other": two})
    assert refused.status_code == 409 and refused.json()["error"] == "different-members"
