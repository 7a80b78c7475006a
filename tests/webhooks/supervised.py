"""The demonstration site with a supervisor, a way outside and text messages. Not here: the house (``house``)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from house import House

from ivr.site import Site, TrunkSettings

SUPERVISOR = "1003"
OUTSIDE = "13900139000"
TRUNK = {"way": "server 127.0.0.1:5099", "allow": ["1[3-9]#########"], "caller_number": "10086"}
TEXTS: dict[str, Any] = {
    "type": "sms_twilio",
    "flow": "main",
    "sid": "AC" + "0" * 32,
    "token": "$(env.TWILIO_TOKEN)",
    "number": "+15005550006",
    "api": "http://127.0.0.1:9",  # the discard port: what is sent waits in the outbox
}
WORDS = {"TWILIO_TOKEN": "t" * 32}


def supervised(site: Site) -> Site:
    """One more agent, who is a supervisor; mobile numbers may be called."""
    boss = site.agents["1001"].model_copy(update={"role": "supervisor", "name": "班长", "skills": {}})
    return replace(site, agents={**site.agents, SUPERVISOR: boss}, trunk=TrunkSettings.model_validate(TRUNK))


def supervised_house(folder: Path) -> House:
    """A house of that site."""
    house = House(folder, channels={"texts": TEXTS}, words=WORDS, change=supervised)
    house.deps.settings = replace(house.deps.settings, public_url=house.url)  # links lead to it, too
    return house
