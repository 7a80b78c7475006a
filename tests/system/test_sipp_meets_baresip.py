"""A SIPp caller and a baresip softphone, both of Debian, reach each other through flow and queue."""

from __future__ import annotations

import os
import shutil
import subprocess
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from eslapp.demo.web import Desk, await_that
from eslapp.softswitch.media.sources import ToneSource
from eslapp.supervisor import free_port
from tests.system.running_site import RunningSite

ROOT = Path(__file__).resolve().parents[2]
BARESIP_MODULES = (Path("/usr/lib/baresip/modules"), Path("/usr/lib/x86_64-linux-gnu/baresip/modules"))

pytestmark = [
    pytest.mark.system,
    pytest.mark.timeout(180),
    pytest.mark.skipif(not shutil.which("sipp"), reason="SIPp is not installed: apt-get install sip-tester"),
    pytest.mark.skipif(not shutil.which("baresip"), reason="baresip is not installed: apt-get install baresip-core"),
    pytest.mark.skipif(os.geteuid() != 0, reason="SIPp plays RFC 4733 digits through a raw socket: root only"),
]


def test_a_sipp_caller_talks_with_a_baresip_agent(tmp_path: Path) -> None:
    with RunningSite(tmp_path / "site") as site, baresip(site, tmp_path / "baresip"):
        desk = site.desk("1001")
        await_that("baresip registered", 15, lambda: phone_is_seen(desk))
        desk.post("/api/agents/1001/presence", presence="available")
        with sipp_caller(site, tmp_path / "sipp") as caller:
            admin = site.admin()
            found = await_that("the call connected", 60, lambda: connected(admin))
            talk_for(admin, found["id"], 2.0)
            desk.post(f"/api/interactions/{found['id']}/end")
            assert caller.wait(60) == 0, (tmp_path / "sipp" / "out.txt").read_text(encoding="utf-8", errors="replace")
        story = admin.get(f"/api/interactions/{found['id']}")
        assert story["interaction"]["agent"] == "1001"
        assert story["path"][:2] == ["main.welcome.say", "main.welcome.language en"]
        assert "main.menu.menu 1" in story["path"]
        recording = await_that("the recording", 10, lambda: finished(admin, found["id"]))
        assert recording["channels"] == 2 and recording["seconds"] >= 1.5


def phone_is_seen(desk: Desk) -> bool:
    return any(one["id"] == "1001" and one["phone_registered"] for one in desk.get("/api/agents")["agents"])


def connected(admin: Desk) -> dict[str, str] | None:
    calls = admin.get("/api/interactions", state="connected")["interactions"]
    return calls[0] if calls else None


def finished(admin: Desk, interaction: str) -> dict[str, float] | None:
    parts = admin.get(f"/api/interactions/{interaction}")["recordings"]
    return parts[0] if parts and parts[0]["state"] == "finished" else None


def talk_for(admin: Desk, interaction: str, seconds: float) -> None:
    """Until the talk has lasted so long, by the daemon's clock."""

    def is_long_enough() -> bool:
        story = admin.get(f"/api/interactions/{interaction}")
        return bool(story["now"] - story["interaction"]["connected_at"] >= seconds)

    await_that("a talk", seconds + 10, is_long_enough)


@contextmanager
def baresip(site: RunningSite, folder: Path) -> Iterator[None]:
    """A baresip that registers as 1001 and answers by itself."""
    folder.mkdir()
    host, port = site.sip
    tone = folder / "tone.wav"
    with wave.open(str(tone), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        source = ToneSource([(440.0,)], on_ms=30_000)
        for _ in range(1500):
            file.writeframes(source.read() or bytes(320))
    account = f"<sip:1001@{host}:{port}>;auth_pass={site.phone_password('1001')};answermode=auto;regint=60\n"
    (folder / "accounts").write_text(account, encoding="utf-8")
    modules = next(path for path in BARESIP_MODULES if path.is_dir())
    lines = [
        "poll_method epoll",
        f"sip_listen 127.0.0.1:{free_port()}",
        f"audio_player aufile,{folder}/heard.wav",
        f"audio_source aufile,{tone}",
        f"audio_alert aufile,{folder}/alert.wav",
        f"module_path {modules}",
        "module g711.so",
        "module aufile.so",
        "module_app account.so",
        "module_app menu.so",
    ]
    (folder / "config").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["baresip", "-f", str(folder)], stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            yield
        finally:
            process.kill()
            process.wait(10)


@contextmanager
def sipp_caller(site: RunningSite, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """One call of scripts/sipp/caller.xml."""
    folder.mkdir()
    host, port = site.sip
    scenario = ROOT / "scripts" / "sipp" / "caller.xml"
    command = ["sipp", f"{host}:{port}", "-sf", str(scenario), "-s", "1000", "-m", "1", "-r", "1", "-i", "127.0.0.1"]
    command += ["-p", str(free_port()), "-nostdin", "-timeout", "100s", "-timeout_error"]
    with (folder / "out.txt").open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
