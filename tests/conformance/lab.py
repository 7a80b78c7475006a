"""Writes the lab: the configuration directory and the sounds that every conformance scenario expects.

The soft switch gets one in a temporary folder with free ports; a real FreeSWITCH must be started with one written by
``python -m tests.conformance.lab DIR [sip=PORT esl=PORT ...]`` (see README.md). Not here: playing scenarios (``play``).
"""

from __future__ import annotations

import json
import shutil
import sys
import wave
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tests.conformance.ear import linear, tone_frame

HERE = Path(__file__).parent / "lab"
TONES = {"prompt": (400, 50), "long": (600, 300), "invalid": (200, 20)}  # name: (Hz, frames of 20 ms)


@dataclass(frozen=True)
class Lab:
    """Where a switch under test listens, and where it calls."""

    folder: str
    sip_port: int = 5080
    esl_port: int = 8021
    password: str = "lab-secret"
    app_port: int = 8084
    second_port: int = 8085
    refused_port: int = 8099

    @property
    def variables(self) -> dict[str, str]:
        named = asdict(self)
        return {"domain": "127.0.0.1", "lab_dir": named.pop("folder"), **{f"lab_{k}": str(v) for k, v in named.items()}}


def write(lab: Lab) -> Path:
    """Write the configuration directory, sounds and ``lab.json``; returns the configuration directory."""
    conf = Path(lab.folder) / "conf"
    conf.mkdir(parents=True, exist_ok=True)
    for file in HERE.glob("*.xml"):
        shutil.copyfile(file, conf / file.name)
    lines = [f'  <X-PRE-PROCESS cmd="set" data="{name}={value}"/>' for name, value in lab.variables.items()]
    (conf / "vars.xml").write_text("\n".join(["<include>", *lines, "</include>", ""]))
    (Path(lab.folder) / "lab.json").write_text(json.dumps(asdict(lab), indent=1))
    (Path(lab.folder) / "rec").mkdir(exist_ok=True)
    for name, (pitch, frames) in TONES.items():
        _tone(Path(lab.folder) / "sounds" / f"{name}.wav", pitch, frames)
    _tone(Path(lab.folder) / "sounds" / "moh" / "silence.wav", 0, 500)
    for name in [*map(str, range(10)), "hundred", "thousand", *map(str, range(10, 100, 10))]:
        pitch = 400 + 100 * int(name) if len(name) == 1 else 1500
        _tone(Path(lab.folder) / "sounds" / "digits" / f"{name}.wav", pitch, 10)
    return conf


def read(folder: str) -> Lab:
    """The lab that was written into ``folder``."""
    return Lab(**json.loads((Path(folder) / "lab.json").read_text()))


def named_by(environ: Mapping[str, str]) -> tuple[str, Lab]:
    """The FreeSWITCH that the environment names, as (host, lab): ``ZONGJI_FREESWITCH``, else what stands in its lab."""
    folder = environ.get("ZONGJI_FREESWITCH_LAB", "/tmp/zongji-lab")
    lab = read(folder) if (Path(folder) / "lab.json").exists() else Lab(folder)
    host, _, port = environ.get("ZONGJI_FREESWITCH", "").partition(":")
    asked = {"esl_port": port, "sip_port": environ.get("ZONGJI_FREESWITCH_SIP", "")}
    password = environ.get("ZONGJI_FREESWITCH_PASSWORD") or lab.password
    return host or "127.0.0.1", replace(lab, password=password, **{k: int(v) for k, v in asked.items() if v})


def _tone(path: Path, pitch: float, frames: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = b"".join(
        linear(code).to_bytes(2, "little", signed=True) for n in range(frames) for code in tone_frame(pitch, 160 * n)
    )
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(samples)


if __name__ == "__main__":
    chosen = {f"{name}_port": int(port) for name, port in (word.split("=") for word in sys.argv[2:])}
    print(write(Lab(str(Path(sys.argv[1]).resolve()), **chosen)))
