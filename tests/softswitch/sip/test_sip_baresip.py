"""baresip, somebody else's telephone, against the stack: registers with its password, dials, both ways by tone."""

from __future__ import annotations

import asyncio
import shutil
import wave
from pathlib import Path

import pytest
from sip_lab import Desk, in_loop, stack

from eslapp.softphone.hearing import Heard, tone_share
from eslapp.softswitch.media.sources import ToneSource
from eslapp.softswitch.sip.stack import SipCall, Timers

BARESIP = shutil.which("baresip")
MODULES = next(
    (path for path in ("/usr/lib/baresip/modules", "/usr/local/lib/baresip/modules") if Path(path).is_dir()), ""
)
pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(not BARESIP or not MODULES, reason="baresip is not installed: apt-get install baresip-core"),
]
CONFIG = """module_path {modules}
sip_listen 127.0.0.1:0
audio_player aubridge,nil
audio_alert aubridge,nil
audio_source aufile,{folder}/tone.wav
audio_channels 1
snd_path {folder}
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp account.so
module_app menu.so
"""
ACCOUNT = "<sip:1001@127.0.0.1:{port}>;auth_user=1001;auth_pass=right;regint=60;audio_codecs=PCMA/8000/1\n"


def write_profile(folder: Path, port: int) -> None:
    (folder / "config").write_text(CONFIG.format(modules=MODULES, folder=folder))
    (folder / "accounts").write_text(ACCOUNT.format(port=port))
    tone = ToneSource([(440.0,)], on_ms=10_000)
    with wave.open(str(folder / "tone.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"".join(tone.read() or b"" for _ in range(500)))


@in_loop
async def test_a_baresip_phone_registers_calls_and_is_heard(tmp_path: Path) -> None:
    heard = Heard()

    def talk(call: SipCall) -> None:
        call.media.add_tap(heard)
        call.ring()
        call.answer()
        call.media.play(ToneSource([(900.0,)], repeats=None))

    desk = Desk(then=talk)
    async with stack(desk, timers=Timers()) as server:
        write_profile(tmp_path, server.port)
        process = await asyncio.create_subprocess_exec(
            str(BARESIP), "-f", str(tmp_path), "-t", "4", "-e", f"/dial sip:1000@127.0.0.1:{server.port}",
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            await desk.until("answer", timeout=10)
            await heard.tone(440, timeout=10, share=0.9)
            binding = server.registrar.find("1001")
            assert binding is not None and binding.user_agent.startswith("baresip")
            call = desk.calls[0]
            assert (call.media.codec_name, call.from_user, call.media.counters.foreign) == ("PCMA", "1001", 0)
            await asyncio.wait_for(process.communicate(), 15)
        finally:
            if process.returncode is None:
                process.kill()
        assert ("end", True, 0, 0) in desk.log and server.registrar.find("1001") is None
    with wave.open(str(next(tmp_path.glob("dump-*-dec.wav")))) as file:
        pcm = file.readframes(file.getnframes())
    assert tone_share(pcm[-3200:], 900) > 0.9
