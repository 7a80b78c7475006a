"""Run in a process of its own: plain greenswitch at an end of file inside a body stops the whole hub."""

from __future__ import annotations

import gevent
from fake_switch import FakeSwitch, Peer
from gevent.event import Event as Flag
from greenswitch.esl import InboundESL


def script(peer: Peer) -> None:
    peer.login()
    peer.send(b"Content-Length: 100\nContent-Type: text/event-plain\n\nEvent-Name: HEARTBEAT\n")
    print("cut", flush=True)
    peer.close()


if __name__ == "__main__":
    with FakeSwitch(script) as switch:
        gevent.spawn(InboundESL("127.0.0.1", switch.port, "secret").connect)
        Flag().wait(0.2)
        print("the hub still turns", flush=True)
