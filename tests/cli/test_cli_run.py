"""``zongji run`` that cannot start: the line names what really mends it."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from eslapp.cli import main
from eslapp.launch import HTTP_PORT, SIP_PORT, StartFailed, Switch, Wishes, choose_ports, elsewhere


def test_a_taken_port_of_a_foreign_switch_is_mended_by_rendering_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        wishes = Wishes(http_port=0, outbound_port=port, switch=Switch("127.0.0.1", 8021, "secret"))
        with pytest.raises(StartFailed, match=f"port {port} .*render .*--outbound-port") as told:
            choose_ports(wishes)
    assert "any free one" not in str(told.value)  # the switch dials the port it was rendered with


def test_a_usual_port_that_is_taken_is_told_with_the_one_instead() -> None:
    (told,) = elsewhere({"sip": 14582, "http": HTTP_PORT}, Wishes())
    assert f"port {SIP_PORT} is in use" in told and "calls come in at port 14582" in told and "--sip-port" in told
    assert elsewhere({"sip": 14582, "http": 9999}, Wishes(sip_port=0, http_port=9999)) == []


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="SIPp's digits need root, which is told first")
def test_paths_are_not_played_where_nobody_answers(tmp_path: Path) -> None:
    flow = Path(__file__).parents[2] / "ivr" / "sites" / "demo" / "flows" / "main.yaml"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        words = ["flow", "sipp", str(flow), "--out", str(tmp_path), "--run", address]
        told = CliRunner().invoke(main, words, env={"PATH": with_sipp(tmp_path)})
        asked = silent.recv(65535)
    assert told.exit_code == 1 and f"nobody answers SIP at {address}" in told.output
    assert asked.startswith(b"OPTIONS ") and asked.endswith(b"\r\n\r\n")


def with_sipp(folder: Path) -> str:
    """A PATH on which there is a SIPp: nothing is played with it."""
    (folder / "sipp").touch(mode=0o755)
    return f"{folder}:{os.environ['PATH']}"
