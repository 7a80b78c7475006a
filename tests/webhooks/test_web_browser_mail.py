"""A mail that only a person may answer, as its agent sees it: the reason beside the subject, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import chromium
from desk_pages import look, sign_in
from provider_desk import AGENT, opened

from eslapp.core import commands as c

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]


@pytest.mark.parametrize(
    ("language", "wanted"), [("en", "nothing is sent to it automatically"), ("zh", "系统不会自动回复")]
)
def test_why_only_you_answer(language: str, wanted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened("email", tmp_path, monkeypatch) as desk, chromium(tmp_path / "profile") as screen:
        house = desk.house
        desk.deliver(desk.provider.say("Where is my order?", number=1, List_Id="<parents.school.example>"))
        house.until(desk.said, "the mail")
        interaction = desk.all("in")[0].interaction
        house.until(lambda: house.state(interaction) == "queued", "its place in line")
        sign_in(house, screen, AGENT, language)
        house.available(AGENT)
        house.ask(c.RouteWaiting)
        offer = house.until(lambda: house.world.interaction(interaction).offer, "an offer")
        house.ask(c.AcceptOffer, offer=offer, agent=AGENT)
        house.until(lambda: house.state(interaction) == "connected", "connection")
        screen.sees(".thread", wanted)
        assert [one.text for one in screen.all("dd.address")] == [desk.provider.address]
        look(screen, f"mail-{language}")
