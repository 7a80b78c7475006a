"""A running site whose numbers are one step each; its prompts are tones, so that a phone can tell them apart."""

from __future__ import annotations

import math
import shutil
import struct
import subprocess
import sys
import wave
from collections.abc import Mapping
from pathlib import Path

from eslapp.supervisor import free_port
from tests.system.running_site import RunningSite

RATE = 8000
TONES = (400, 500, 600, 700, 800, 1200)  # Hz; the beep before a message is 950

SITE = """
site: Steps
languages: [en, zh]
timezone: Asia/Shanghai
numbers:
  {"2001": voicemail, "2002": inside, "2003": outside, "2004": listen, "2005": record, "2006": early, "2007": line,
   "2008": chinese, "2009": spoken, "2010": spoken_chinese}
channels: {website: {type: webchat, flow: chat}}
skills: [orders]
queues: {orders: {skills: {orders: 1}, music: tone-400.wav, wrapup: 1 s}}
agents:
  "1001": {name: Ann, skills: {orders: 1}, languages: [en, zh]}
  "1002": {name: Bo, skills: {orders: 1}, languages: [en, zh]}
trunk: {way: "server 127.0.0.1:CARRIER", allow: ["1[3-9]#########"], caller_number: "02161234567"}
"""

FLOWS = {
    "voicemail": """
start:
  - voicemail: {queue: orders, prompt: tone-500.wav, silence: 1 s}
  - say: tone-600.wav
  - hangup
""",
    "inside": """
start:
  - transfer: {to: 1001, say: tone-500.wav, time: 4 s, busy: busy, no_answer: nobody, otherwise: nobody}
  - say: tone-600.wav
  - hangup
busy:
  - say: tone-700.wav
  - hangup
nobody:
  - say: tone-800.wav
  - hangup
""",
    "outside": """
start:
  - gather: {as: number, prompt: tone-500.wav, digits: 3-20, otherwise: refused}
  - transfer: {number: $(number), otherwise: refused}
  - say: tone-600.wav
  - hangup
refused:
  - say: tone-800.wav
  - hangup
""",
    "listen": """
start:
  - listen:
      as: topic
      prompt: tone-500.wav
      words: {orders: {en: [delivery, refund], zh: [订单]}, repairs: {en: [machine, broken], zh: [坏了]}}
      keys: {1: orders, 22: repairs}
      wait: 3 s
      tries: 1
      otherwise: nothing
  - branch: [{when: topic == "orders", go: orders}, {when: topic == "repairs", go: repairs}]
nothing:
  - say: tone-800.wav
  - hangup
orders:
  - say: tone-600.wav
  - hangup
repairs:
  - say: tone-700.wav
  - hangup
""",
    "spoken": """
start:
  - menu:
      prompt: long-500.wav
      words: {orders: {en: [delivery, refund], zh: [订单]}, repairs: {en: [machine, broken], zh: [坏了]}}
      wait: 3 s
      tries: 2
      otherwise: nothing
nothing:
  - say: tone-800.wav
  - hangup
orders:
  - say: tone-600.wav
  - hangup
repairs:
  - say: tone-700.wav
  - hangup
""",
    "spoken_chinese": """
start:
  - language: {1: en, 2: zh, always: yes}
  - goto: spoken
""",
    "chinese": """
start:
  - language: {1: en, 2: zh, always: yes}
  - goto: listen
""",
    "record": """
start:
  - record: {consent: tone-500.wav, refused: refused}
  - say: tone-600.wav
  - record: pause
  - gather: {as: card, prompt: tone-700.wav, digits: 4, otherwise: refused}
  - record: resume
  - gather: {as: card, prompt: tone-1200.wav, digits: 1, otherwise: refused}
  - hangup: {say: tone-600.wav}
refused:
  - say: tone-800.wav
  - hangup
""",
    "early": """
start:
  - say: tone-500.wav
  - menu: {prompt: tone-600.wav, keys: {1: [hangup: busy]}, on: text, otherwise: hangup}
  - answer
  - say: tone-700.wav
  - hangup
""",
    "line": """
start:
  - queue: {name: orders, keys: {1: {offer: callback}, "*": leave}, hint: tone-500.wav, otherwise: leave}
  - hangup
leave:
  - say: tone-800.wav
  - hangup
""",
    "chat": """
start:
  - queue:
      name: orders
      keys: {0: {offer: callback}, 9: leave}
      hint: {en: "0 to be called back, 9 to leave", zh: 回电请按0}
      words: {9: {en: [leave], zh: [离开]}}
      otherwise: leave
  - hangup
leave:
  - say: {en: You have left., zh: 您已离开。}
  - hangup
""",
}


class TonesSite(RunningSite):
    """A site of these flows, whose prompts are ``TONES`` and one tone of 12 seconds."""

    def __init__(self, root: Path, site: str, flows: Mapping[str, str]) -> None:
        super().__init__(root)
        shutil.rmtree(root / "flows")
        (root / "flows").mkdir()
        (root / "site.yaml").write_text(site, encoding="utf-8")
        for name, flow in flows.items():
            self.save(name, flow)
        for hertz in TONES:
            write_tone(root / "prompts" / f"tone-{hertz}.wav", hertz)
        write_tone(root / "prompts" / "long-500.wav", 500, 12.0)

    def save(self, name: str, flow: str) -> None:
        """Write one flow, as an editor does."""
        (self.dir.root / "flows" / f"{name}.yaml").write_text(f"flow: {name}\n{flow}", encoding="utf-8")

    def zongji(self, *words: str) -> tuple[int, str]:
        """The exit code and what was said, by a command about this site."""
        command = [sys.executable, "-m", "eslapp.cli", *words, "--site", str(self.dir.root)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout + done.stderr

    def daemon_log(self) -> str:
        return (self.dir.logs / "daemon.log").read_text(encoding="utf-8")


class StepsSite(TonesSite):
    """``carrier``: the UDP port where calls to the outside arrive."""

    def __init__(self, root: Path) -> None:
        self.carrier = free_port()
        super().__init__(root, SITE.replace("CARRIER", str(self.carrier)), FLOWS)


def write_tone(path: Path, hertz: int, seconds: float = 0.6) -> None:
    samples = (round(9000 * math.sin(2 * math.pi * hertz * n / RATE)) for n in range(int(RATE * seconds)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
