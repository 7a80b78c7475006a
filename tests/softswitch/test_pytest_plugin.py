"""The shipped fixture, as another project meets it: a folder of its own, nothing imported, nothing configured."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.system

A_CONTROLLER = """
import asyncio, socket
from eslapp.softphone import Phone

def talk(switch, text):
    with socket.create_connection(switch.esl, timeout=5) as controller:
        controller.sendall(f"auth {switch.esl_password}\\n\\n{text}\\n\\nexit\\n\\n".encode())
        heard = b""
        while more := controller.recv(65536):
            heard += more
    return heard.decode()

def test_status(softswitch):
    heard = talk(softswitch, "api status")
    assert "+OK accepted" in heard and "0 session(s)" in heard

def test_a_call_opens_a_socket_to_the_test(softswitch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        async def dial():
            async with Phone(softswitch.sip, "1001", softswitch.phone_password("1001")) as phone:
                await phone.register()
                call = await phone.dial(f"8{server.getsockname()[1]}")
                loop = asyncio.get_running_loop()
                link, _ = await loop.run_in_executor(None, server.accept)
                link.sendall(b"connect\\n\\n")
                answer = await loop.run_in_executor(None, link.recv, 65536)
                link.close()
                return answer
        assert b"CHANNEL_DATA" in asyncio.run(dial())

def test_nobody_else_has_a_password(softswitch):
    assert len(softswitch.esl_password) >= 16 and softswitch.esl_password != softswitch.phone_password("1001")
"""

OWN_CONF = """
def test_own_numbers(softswitch):
    assert softswitch.esl_password == "of our own project"
"""


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Pytest in a folder that knows nothing of this repository."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder), *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def test_another_project_uses_it_without_a_line_of_set_up(tmp_path: Path) -> None:
    (tmp_path / "test_controller.py").write_text(A_CONTROLLER)
    done = run(tmp_path)
    assert "3 passed" in done.stdout, done.stdout


def test_another_project_brings_its_own_configuration(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nsoftswitch_conf = conf\nsoftswitch_scope = session\n")
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "freeswitch.xml").write_text(
        '<document><section name="configuration">'
        '<configuration name="event_socket.conf"><settings>'
        '<param name="password" value="of our own project"/></settings>'
        '</configuration><configuration name="sofia.conf"><profiles><profile name="internal"/></profiles>'
        "</configuration></section></document>"
    )
    (tmp_path / "test_own.py").write_text(OWN_CONF)
    done = run(tmp_path)
    assert "1 passed" in done.stdout, done.stdout


def test_a_wrong_scope_is_told_with_the_right_ones(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nsoftswitch_scope = forever\n")
    (tmp_path / "test_controller.py").write_text(A_CONTROLLER)
    done = run(tmp_path)
    assert done.returncode != 0 and "write one of function, class" in done.stdout + done.stderr, done.stdout
