"""What an application does while it waits: run queued messages inside itself, take digits, notice the end.

Owns: FreeSWITCH's "parse all events between two frames", event locks, loops.
Not here: the applications (``apps/``), media (``playing.py``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from eslapp.softswitch import causes
from eslapp.softswitch.execute import execute
from eslapp.softswitch.media.clock import TICK_S
from eslapp.softswitch.numbers import signed
from eslapp.softswitch.session_events import fire, fire_message
from eslapp.softswitch.variables import is_true

if TYPE_CHECKING:
    from eslapp.softswitch.messages import Message
    from eslapp.softswitch.session import Session

OnDigit = Callable[[str], bool]  # True: the digit ends the waiting
MAX_DIALED = 256
LEAD_S = 0.004  # what is begun so long before a tick of the media is heard from that tick on ...
LEAST_S = 0.004  # in which what was sent together with a message arrives, such as a hang-up
SPREAD, SPREAD_S = 16, 0.006  # ... and up to so much earlier: channels do not all look at the same moment
LOOP_AGAIN_AFTER_S = 0.5  # a loop whose pass was shorter stops (FreeSWITCH's 500,000 us)


class Wait:
    """How a wait ended: exactly one of the flags, or none when the channel is not ready any more."""

    __slots__ = ("is_broken", "is_by_digit", "is_done", "is_timed_out")

    def __init__(self) -> None:
        self.is_done = self.is_timed_out = self.is_broken = self.is_by_digit = False


async def wait(
    session: Session,
    until: Callable[[], bool] | None = None,
    *,
    timeout_s: float | None = None,
    on_digit: OnDigit | None = None,
    breaks: bool = True,
    messages: bool = True,
    digits: bool = True,
    suspend: Callable[[], Callable[[], None]] | None = None,
) -> Wait:
    """Stay in the application until ``until()``, the time, a digit, a break, or the end of the channel.

    Digits that nobody asked for raise DTMF and are forgotten; ``digits=False`` leaves them to the next application.
    ``suspend`` is called before an application runs inside this one; what it returns is called afterwards.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout_s if timeout_s is not None else None
    broken_before = session.breaks
    result = Wait()
    while session.is_ready:
        if messages and session.messages and not session.locks:
            await _next_frame(session)
            if session.is_ready and digits and take_digits(session, on_digit):  # told before what a key does
                result.is_by_digit = True
                break
            await _run_inside(session, suspend)
        if not session.is_ready:
            break
        if digits and take_digits(session, on_digit):
            result.is_by_digit = True
        elif breaks and session.breaks != broken_before:
            result.is_broken = True
        elif until is not None and until():
            result.is_done = True
        elif deadline is not None and loop.time() >= deadline:
            result.is_timed_out = True
        else:
            await session.wait_for_bell(deadline)
            continue
        break
    return result


async def _run_inside(session: Session, suspend: Callable[[], Callable[[], None]] | None) -> None:
    """What is queued runs inside the application, which goes on afterwards."""
    if not session.is_ready:
        return
    resume = suspend() if suspend else None
    await run_messages(session)
    if resume and session.is_ready:
        resume()


async def _next_frame(session: Session) -> None:
    """FreeSWITCH looks at a channel's queue once in every frame of media and writes at once what then begins; what ends
    the channel meanwhile is first. Here media go out at the clock's tick, so the look is shortly before it."""
    lead = LEAD_S + session.number % SPREAD * SPREAD_S / SPREAD
    stack = session.switch.stack
    until_tick_s = stack.media.clock.until_tick_s() if stack is not None else TICK_S
    await asyncio.sleep(max(LEAST_S, until_tick_s - lead))


def take_digits(session: Session, on_digit: OnDigit | None) -> bool:
    """Raise DTMF for what was pressed; True when ``on_digit`` took the one that ends the wait."""
    while session.digits:
        digit, duration, source = session.digits.popleft()
        session.dialed = (session.dialed + digit)[-MAX_DIALED:]
        after = [("DTMF-Digit", digit), ("DTMF-Duration", str(duration)), ("DTMF-Source", source)]
        fire(session, "DTMF", after=after)
        if on_digit is not None and on_digit(digit):
            return True
    return False


async def run_messages(session: Session) -> None:
    """Run all that is queued, first come first served; an application with an event lock stops it until it ended.

    What is still queued when the call ends is run as well, as FreeSWITCH does: most applications then do nothing.
    """
    while session.messages and not session.locks and (session.is_ready or not session.is_up):
        message = session.messages.popleft()
        is_told = session.is_media_ready
        await run_message(session, message)
        if is_told:  # FreeSWITCH tells only of what it finds while it reads media
            fire_message(session, message)


async def run_message(session: Session, message: Message) -> None:
    """One ``sendmsg``: execute or hangup; anything else does nothing, as in FreeSWITCH."""
    command = message.get("call-command")
    if command == "execute":
        await _execute(session, message)
    elif command == "hangup":
        session.hung_up_inside = True
        session.hangup(causes.name_of(message.get("hangup-cause") or "NORMAL_CLEARING"))


async def _execute(session: Session, message: Message) -> None:
    name = message.get("execute-app-name")
    if not name:
        return
    argument = message.get("execute-app-arg")
    if not argument and message.get("content-type").lower() == "text/plain":
        argument = message.body
    loops = message.get("loops")
    wanted = 1 if (number := signed(loops)) is None else number
    is_locked = is_true(message.get("event-lock"))
    session.locks += is_locked
    try:
        await _loop(session, name, argument, wanted, message)
    finally:
        session.locks = max(0, session.locks - is_locked)  # the controller's death has set it to 0


async def _loop(session: Session, name: str, argument: str, wanted: int, message: Message) -> None:
    loop = asyncio.get_running_loop()
    done = 0
    stops = session.stops
    while wanted < 0 or done < wanted:
        started = loop.time()
        session.variables.set("current_loop", str(done + 1))
        session.variables.set("total_loops", str(wanted))
        uuid, uuid_name = message.get("event-uuid"), message.get("event-uuid-name")
        await execute(session, name, argument, uuid=uuid, uuid_name=uuid_name)
        done += 1
        if not session.is_ready or session.stops != stops or loop.time() - started < LOOP_AGAIN_AFTER_S:
            break
    session.variables.set("current_loop", None)
    session.variables.set("total_loops", None)
