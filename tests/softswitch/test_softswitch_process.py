"""The program: starts in time, tells its ports, refuses what it must in one line, stops when asked."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from switch_lab import DATA, PASSWORD

from eslapp.softswitch.process import SwitchNotStarted, SwitchProcess

pytestmark = pytest.mark.system
CONF = DATA / "conf"


def ask(switch: SwitchProcess, command: str) -> str:
    """One API command on a connection of its own."""
    with socket.create_connection(switch.esl, timeout=5) as connection:
        connection.sendall(f"auth {PASSWORD}\n\napi {command}\n\n".encode())
        connection.shutdown(socket.SHUT_WR)
        text = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    return text.partition("api/response\n")[2].partition("\n\n")[2].partition("Content-Type: text/disconnect")[0]


def test_it_serves_and_says_where(softswitch: SwitchProcess) -> None:
    assert softswitch.esl[0] == softswitch.sip[0] == "127.0.0.1"
    assert ask(softswitch, "version short") == "1.10.12-release\n"
    assert "internal" in ask(softswitch, "sofia status")


def test_it_starts_within_a_second_of_processor_time_and_ends_with_0(tmp_path: Path) -> None:
    state = tmp_path / "deep" / "state.json"
    words = [sys.executable, "-m", "eslapp.softswitch", "--conf", str(CONF), "--state", str(state)]
    process = subprocess.Popen([*words, "--sip-port", "0", "--esl-port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        assert (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") < 1.0
        chosen = json.loads(state.read_text())
        assert line == (
            f"softswitch ready sip=127.0.0.1:{chosen['sip'][1]} esl=127.0.0.1:{chosen['esl'][1]} pid={process.pid}\n"
        )
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
    finally:
        process.kill()
        process.communicate()


def test_a_port_in_use_is_one_clear_line(softswitch: SwitchProcess) -> None:
    with pytest.raises(SwitchNotStarted, match=rf"softswitch: .*{softswitch.esl[1]}.*in use") as caught:
        SwitchProcess(CONF, esl_port=softswitch.esl[1]).start()
    assert "\n" not in str(caught.value)
    with pytest.raises(SwitchNotStarted, match=rf"softswitch: .*{softswitch.sip[1]}.*in use"):
        SwitchProcess(CONF, sip_port=softswitch.sip[1]).start()


def test_clue_con_is_refused(tmp_path: Path) -> None:
    text = (DATA / "lab-freeswitch.xml").read_text().replace(PASSWORD, "ClueCon")
    (tmp_path / "freeswitch.xml").write_text(text)
    with pytest.raises(SwitchNotStarted, match="has no password of its own") as caught:
        SwitchProcess(tmp_path).start()
    assert "\n" not in str(caught.value)


def test_its_end_ends_connections_with_a_notice() -> None:
    with SwitchProcess(CONF) as switch, socket.create_connection(switch.esl, timeout=5) as connection:
        connection.sendall(f"auth {PASSWORD}\n\n".encode())
        text = b""
        while b"accepted" not in text:
            text += connection.recv(65536)
        os.kill(switch.pid, signal.SIGTERM)
        text = b"".join(iter(lambda: connection.recv(65536), b""))
    assert text.endswith(b"See you at ClueCon! http://www.cluecon.com/\n")


STARTER = """
import sys
from pathlib import Path
from eslapp.softswitch.process import SwitchProcess
print(*SwitchProcess(Path(sys.argv[1])).start().esl, flush=True)
sys.stdin.read()
"""


def test_it_ends_with_a_test_run_that_is_killed() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", STARTER, str(CONF)], stdin=pipe, stdout=pipe, text=True) as starter:
        assert starter.stdout is not None
        host, port = starter.stdout.readline().split()
        with socket.create_connection((host, int(port)), timeout=20) as connection:
            greeting = connection.recv(65536)
            starter.kill()
            assert greeting and b"".join(iter(lambda: connection.recv(65536), b"")).endswith(b"cluecon.com/\n")
