"""``socket host:port[|host:port] [async] [full]``: give the channel to a controller.

Asynchronous: the channel parks and runs what the controller queues. Synchronous: each message is answered when its
application has ended. When nobody listens, or the controller goes, the dialplan goes on with the next action.
"""

from __future__ import annotations

import asyncio
import logging

from eslapp.softswitch.event_socket.outbound import OutboundConnection
from eslapp.softswitch.parking import park
from eslapp.softswitch.session import Session
from eslapp.softswitch.states import State
from eslapp.softswitch.waiting import run_message, wait

log = logging.getLogger(__name__)
CONNECT_TIMEOUT_S = 5.0
FRAME_S = 0.02  # a controller's first commands all arrive before the park begins, as with FreeSWITCH's frame


async def run(session: Session, data: str) -> None:
    """See the module."""
    words = data.split()
    if not words:
        return
    options = {word.lower() for word in words[1:]}
    connection = await _connect(session, words[0].split("|"), options)
    if connection is None:
        return
    if connection.is_async:
        await wait(session, lambda: connection.has_connected or connection.is_over, breaks=False, messages=False)
        if not connection.is_over:
            await wait(session, lambda: connection.is_over, timeout_s=FRAME_S, breaks=False, messages=False)
        await park(session, lambda: _is_left(connection))
        if session.is_up and session.state is State.RESET and session.soft_execute is None:
            session.set_state(session.running_state)
    else:
        await _serve(session, connection)


def _is_left(connection: OutboundConnection) -> bool:
    """The controller went; after a reset of TCP what ran was let finish, and the channel is resumed only now."""
    if connection.is_over:
        connection.reset_if_wanted()
    return connection.is_over


async def _connect(session: Session, addresses: list[str], options: set[str]) -> OutboundConnection | None:
    loop = asyncio.get_running_loop()
    for address in addresses:
        host, _, port = address.rpartition(":")
        if not host:
            host, port = address, "8084"
        session.variables.set("socket_host", host)
        connection = OutboundConnection(session.switch, session, is_async="async" in options, is_full="full" in options)
        try:
            opening = loop.create_connection(lambda made=connection: made, host, int(port))  # type: ignore[misc]
            await asyncio.wait_for(opening, CONNECT_TIMEOUT_S)
            return connection
        except (OSError, ValueError, TimeoutError) as error:
            log.warning("controller-unreachable address=%s leg=%s error=%s", address, session.uuid, error)
    return None


async def _serve(session: Session, connection: OutboundConnection) -> None:
    """The synchronous socket: this task runs what the controller sends.

    With socket_resume the channel stays in CS_RESET for ever when the controller goes: FreeSWITCH's way (fact 41).
    """
    while session.is_ready:
        todo = connection.take_todo()
        if todo is not None:
            message, done = todo
            await run_message(session, message)
            if not done.done():
                done.set_result(None)
            continue
        if connection.is_over:
            connection.reset_if_wanted()
            return
        await wait(session, lambda: connection.is_over or connection.has_todo, breaks=False, messages=False)
    if not session.is_up:
        await _stay(session, connection)


async def _stay(session: Session, connection: OutboundConnection) -> None:
    """The channel is down: the application ends when the connection does, and runs what a lingering one still asks."""
    while connection.is_busy and not connection.has_todo:
        await session.wait_for_bell(None)
    session.switch.background(connection.session_ended(), "end of a synchronous socket")
    while not connection.is_over:
        todo = connection.take_todo()
        if todo is None:
            await session.wait_for_bell(None)
            continue
        message, done = todo
        await run_message(session, message)
        if not done.done():
            done.set_result(None)
