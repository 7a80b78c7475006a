"""``uuid_park <uuid>``: pull a channel out of whatever it does and park it."""

from __future__ import annotations

from eslapp.softswitch.api import NO_CHANNEL, ApiCall
from eslapp.softswitch.states import State


async def uuid_park(call: ApiCall) -> str:
    """A parked channel is parked anew."""
    session = call.session(call.text)
    if session is None:
        return NO_CHANNEL
    if session.state is State.PARK:
        session.break_off(is_all=True)
    else:
        session.actions.clear()
        session.set_state(State.PARK)
    return "+OK\n"


COMMANDS = {"uuid_park": uuid_park}
