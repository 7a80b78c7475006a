"""What a channel's own variables want done at its moments: ``execute_on_answer``, ``api_on_ring``, ``api_hangup_hook``.

Owns: finding the variables (channel and global, also ``execute_on_answer_2``) and running what they say.
Not here: the moments themselves (``legs.py``, ``bridging.py``, ``lifecycle.py``).

    execute_on_answer=set a=1          here and now, before what comes after the answer
    execute_on_answer=playback::x.wav  queued to the channel, as ``sendmsg`` would
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from eslapp.softswitch import expansion
from eslapp.softswitch.events import Event, elements
from eslapp.softswitch.session_events import channel_event
from eslapp.softswitch.substitution import expand

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session

CORE_HEADERS = 13  # what every event begins with
NO_WAITING = frozenset(
    """answer event export info log multiset multiunset pre_answer push record_session sched_hangup send_dtmf set
    set_profile_var stop_record_session unset hangup respond transfer""".split()
)  # applications that end where they began: they can run in the middle of anything


def at(session: Session, *moments: str, apis: tuple[str, ...] = (), then: Callable[[], None] = lambda: None) -> None:
    """One of the channel's moments has come: ``ring``, ``pre_answer``, ``media``, ``answer``. Applications first.

    ``apis``: names of the API variables where they are not called ``api_on_<moment>``. ``then``: what comes after the
    applications, at once where none of them takes time.
    """
    texts = [text for moment in moments for text in _wanted(session, f"execute_on_{moment}", with_globals=True)]
    if any(_takes_time(text) for text in texts) and (session.is_own_task() or session.is_consuming):
        session.hooks.append(_in_order(session, texts, then))
        session.ring_bell()
    else:
        for text in texts:
            _execute(session, text)
        then()
    for name in apis or [f"api_on_{moment}" for moment in moments]:
        for text in _wanted(session, name):
            _later(session, _call(session, text))


async def settle(session: Session) -> None:
    """Wait for what the moments so far began. Only the channel's own task may."""
    if not session.hooks or session.settling:
        return
    session.settling += 1
    try:
        while session.hooks:
            await session.hooks.pop(0)
    finally:
        session.settling -= 1
        if session.dialer is not None:
            session.dialer()


async def hung_up(session: Session, name: str) -> None:
    """``api_hangup_hook`` and ``api_reporting_hook``: an API command at the end; sees the channel's variables.

    What tells of it is a CHANNEL_DATA event that does not say its name, as FreeSWITCH's.
    """
    hook = session.variables.text(name)
    if not hook:
        return
    command, _, argument = hook.partition("::") if re.match(r"[^:]*::", hook) else hook.partition(" ")
    switch = session.switch
    about = [*session.variables, *channel_event(session, "CHANNEL_DATA").headers[CORE_HEADERS:]]
    known = Event(about)
    argument = expand(
        argument, lambda name: known.get(name) or switch.conf.globals.get(name), expansion.of_events(switch)
    )
    caller = session if session.variables.is_true("session_in_hangup_hook") else None
    await switch.call_api(command.strip(), argument, caller, is_told=False)
    told = [("API-Command", command.strip()), ("API-Command-Argument", argument.strip())]
    switch.bus.publish(Event([*about, *told], kind="CHANNEL_DATA"))


def recorded(session: Session) -> None:
    """``record_post_process_exec_api`` (``command:argument``) and ``record_post_process_exec_app``: a file is whole."""
    for text in _wanted(session, "record_post_process_exec_app"):
        _execute(session, text)
    session.switch.background(tell_api(session), "recorded")


async def tell_api(session: Session) -> None:
    """``record_post_process_exec_api`` alone: all that follows the ``record`` application."""
    command, _, argument = session.variables.text("record_post_process_exec_api").partition(":")
    if command:
        await _call(session, f"{command} {argument}")


def _wanted(session: Session, name: str, *, with_globals: bool = False) -> list[str]:
    """The values of every variable whose name begins like this, elements of arrays apart."""
    found = [value for key, value in session.variables if key.lower().startswith(name)]
    if with_globals:
        known = session.switch.conf.globals.items()
        found = [value for key, value in known if key.lower().startswith(name)] + found
    return [element for value in found for element in elements(value)]


def _parts(text: str) -> tuple[str, str, str]:
    """(application, what stands behind its name, argument)."""
    match = re.match(r"([^ :]*)(::|[ :])?(.*)", text, re.DOTALL)
    assert match is not None
    return match[1], match[2] or "", match[3]


def _takes_time(text: str) -> bool:
    name, separator, _ = _parts(text)
    return separator != "::" and name.lower() not in NO_WAITING


async def _in_order(session: Session, texts: list[str], then: Callable[[], None]) -> None:
    """One application after the other in the channel's own task."""
    from eslapp.softswitch.execute import execute

    for text in texts:
        name, separator, argument = _parts(text)
        if separator == "::":
            session.queue_application(name, argument)
        else:
            await execute(session, name, argument)
    then()


def _execute(session: Session, text: str) -> None:
    from eslapp.softswitch.execute import execute

    name, separator, argument = _parts(text)
    if separator == "::":
        session.queue_application(name, argument)
    elif name.lower() in NO_WAITING:
        _run_through(execute(session, name, argument))
    else:
        _later(session, execute(session, name, argument), name, argument)


def _run_through(work: Awaitable[None]) -> None:
    """Run a coroutine that never waits to its end."""
    try:
        work.send(None)  # type: ignore[attr-defined]
    except StopIteration:
        return
    raise RuntimeError("an application that must not wait did")


def _later(session: Session, work: Awaitable[object], name: str = "", argument: str = "") -> None:
    """In the channel's own task behind what it does now; from elsewhere queued, or beside everything."""
    if session.is_own_task():
        session.hooks.append(work)
    elif name:
        work.close()  # type: ignore[attr-defined]
        session.queue_application(name, argument)
    else:
        session.switch.background(work, "api hook")


async def _call(session: Session, text: str) -> None:
    command, _, argument = text.partition(" ")
    await session.switch.call_api(command, session.expand(argument))
