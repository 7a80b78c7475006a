"""``zongji run`` that cannot start: the line names what really mends it."""

from __future__ import annotations

import socket

import pytest

from eslapp.launch import StartFailed, Switch, Wishes, choose_ports


def test_a_taken_port_of_a_foreign_switch_is_mended_by_rendering_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        wishes = Wishes(http_port=0, outbound_port=port, switch=Switch("127.0.0.1", 8021, "secret"))
        with pytest.raises(StartFailed, match=f"port {port} .*render .*--outbound-port") as told:
            choose_ports(wishes)
    assert "any free one" not in str(told.value)  # the switch dials the port it was rendered with
