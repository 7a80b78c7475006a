"""A mail that no machine may answer, from the mailbox to the agent and back, at night."""

from __future__ import annotations

from email import message_from_bytes
from pathlib import Path

import pytest
from provider_desk import AGENT, opened

from eslapp.core import commands as c


@pytest.mark.parametrize("headers", [{"List_Id": "<parents.school.example>"}, {"X_Auto_Response_Suppress": "All"}])
def test_only_the_agent_answers(headers: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened("email", tmp_path, monkeypatch) as desk:
        house = desk.house
        desk.deliver(desk.provider.say("Where is my order?", number=1, **headers))
        house.until(lambda: "Where is my order?" in desk.said(), "the mail")
        interaction = desk.all("in")[0].interaction
        house.until(lambda: house.state(interaction) == "queued", "its place in line")
        house.available(AGENT)
        house.ask(c.RouteWaiting)
        offer = house.until(lambda: house.world.interaction(interaction).offer, "an offer")
        house.ask(c.AcceptOffer, offer=offer, agent=AGENT)
        house.until(lambda: house.state(interaction) == "connected", "connection")
        shown = house.sign_in(AGENT).get(f"/api/interactions/{interaction}/messages").json()
        facts = shown["messages"][0]["attachments"][0]["facts"]
        assert facts["people_only"] == ("list" if "List_Id" in headers else "asked")
        desk.settled(desk.write(interaction, "It left today."))
        answer = message_from_bytes(desk.provider.mails[-1])
        assert answer["In-Reply-To"] == "<1@customer.example>" and answer["Auto-Submitted"] is None
        assert desk.shown() == ["It left today."] and [one.author for one in desk.all("out")] == [AGENT]
