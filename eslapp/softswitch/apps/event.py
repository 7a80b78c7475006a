"""``event Event-Name=CUSTOM,Event-Subclass=a::b,header=value``: raise an event with the channel's headers."""

from __future__ import annotations

from eslapp.softswitch.channel_events import channel_headers, variable_headers
from eslapp.softswitch.events import Event
from eslapp.softswitch.origins import EVENT_NAMES, ORIGINS, WITH_VARIABLES
from eslapp.softswitch.session import Session

RUNS_AFTER_HANGUP = True


async def run(session: Session, data: str) -> None:
    """See the module."""
    pairs = [part.partition("=") for part in data.split(",") if "=" in part]
    given = [(name.strip(), value) for name, _, value in pairs]
    low = {name.lower(): value for name, value in given}
    name = low.get("event-name", "CHANNEL_APPLICATION").upper()
    subclass = low.get("event-subclass", "")
    if name not in EVENT_NAMES or not session.switch.bus.is_wanted(name, subclass, leg=session.uuid):
        return
    core = session.switch.core_headers(name, ORIGINS["app event"])
    variables = variable_headers(session.variables) if name in WITH_VARIABLES else []
    own = [pair for pair in given if pair[0].lower() != "event-subclass"]
    first = [("Event-Subclass", subclass)] if subclass else []
    first += core[1:] if "event-name" in low else core  # the name stands where it was given
    session.switch.bus.publish(Event([*first, *own, *channel_headers(session), *variables], kind=name))
