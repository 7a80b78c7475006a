"""What goes wrong at the start is one clear line that names the place and the mend; nothing half-started stays."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from eslapp.demo.web import Unseen, await_that
from eslapp.softphone import CallFailed, Phone
from eslapp.supervisor import free_port
from tests.system.running_site import RunningSite, demo_site

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "eslapp.cli", *words], capture_output=True, text=True, timeout=60, check=False
    )


@contextmanager
def taken(kind: int) -> Iterator[int]:
    """A port somebody else has."""
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            other.listen()
        yield other.getsockname()[1]


def test_wrong_yaml_names_file_line_column_and_mend(tmp_path: Path) -> None:
    site = demo_site(tmp_path / "site")
    flow = site / "flows" / "main.yaml"
    text = flow.read_text(encoding="utf-8").replace("otherwise: person", "otherwise: persn")
    flow.write_text(text, encoding="utf-8")
    line = 1 + next(number for number, words in enumerate(text.splitlines()) if "persn" in words)
    for words in (("check", str(site)), ("run", "--site", str(site), "--sip-port", "0")):
        told = run(*words)
        assert told.returncode == 1
        assert f"flows/main.yaml:{line}:18: " in told.stdout + told.stderr, told
        assert "person" in told.stdout + told.stderr


@pytest.mark.parametrize(
    ("option", "kind"),
    [("--sip-port", socket.SOCK_DGRAM), ("--esl-port", socket.SOCK_STREAM), ("--http-port", socket.SOCK_STREAM)],
)
def test_a_port_in_use_names_the_option(tmp_path: Path, option: str, kind: int) -> None:
    site = demo_site(tmp_path / "site")
    with taken(kind) as port:
        told = run("run", "--site", str(site), option, str(port))
    assert told.returncode == 1
    assert told.stderr.strip().count("\n") == 0
    assert f"port {port} " in told.stderr and "is in use" in told.stderr and option in told.stderr


def test_a_switch_address_that_cannot_be_read_shows_its_form(tmp_path: Path) -> None:
    told = run("run", "--site", str(demo_site(tmp_path / "site")), "--switch", "localhost:8021")
    assert told.returncode == 1
    assert "esl://:PASSWORD@HOST:PORT" in told.stderr


def test_a_wrong_switch_password_is_refused_at_once(tmp_path: Path) -> None:
    with RunningSite(tmp_path / "good") as good:
        port = good.dir.state()["ports"]["esl"]
        site = demo_site(tmp_path / "other")
        told = run("run", "--site", str(site), "--switch", f"esl://:wrong@127.0.0.1:{port}", "--http-port", "0")
        assert told.returncode == 1
        assert "refuses the password; give the one" in told.stderr
        assert good.is_ready()  # the running site is not harmed


def test_an_absent_switch_is_named_and_waited_for(tmp_path: Path) -> None:
    port = free_port()
    options = ("--switch", f"esl://:secret@127.0.0.1:{port}", "--outbound-port", str(free_port()))
    with RunningSite(tmp_path / "site", *options) as site:
        log, warning = site.dir.root / "run.log", f"nothing listens at 127.0.0.1:{port}"
        await_that("the warning", 10, lambda: warning in log.read_text(encoding="utf-8"))
        assert not site.is_ready()
        shown = [file.read_bytes() for file in Path("/proc").glob("[0-9]*/cmdline") if file.exists()]
        words = f"esl://127.0.0.1:{port}".encode()  # the run's own command line, without the password
        assert any(words in line for line in shown) and not any(b":secret@127" in line for line in shown)


def test_a_wrong_phone_password_and_an_unregistered_phone_are_seen(tmp_path: Path) -> None:
    import asyncio

    async def register(site: RunningSite) -> None:
        async with Phone(site.sip, "1001", "not-the-password") as phone:
            await phone.register()

    with RunningSite(tmp_path / "site") as site:
        with pytest.raises(CallFailed) as refused:
            asyncio.run(register(site))
        assert refused.value.status == 403
        with pytest.raises(Unseen, match="401"):
            site.admin().post("/api/login", login="1001", password="wrong")
        desk = site.desk("1001")
        shape = desk.post("/api/agents/1001/presence", presence="available")
        assert shape["phone_registered"] is False  # shown on the workbench; voice offers pass by
        doctor = run("doctor", "--site", str(site.dir.root))
        assert doctor.returncode == 0, doctor.stdout
        assert "asr: model for 'zh' not found" in doctor.stdout and "zongji asr install zh" in doctor.stdout
