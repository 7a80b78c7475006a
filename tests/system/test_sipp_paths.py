"""Every path of the sites that come with the product, dialled by SIPp: the right prompts, to the right end."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from ivr import load_site
from ivr.catalog import all_recorded, all_speech, speech_file
from tests.system.running_site import RunningSite

SITES = Path(__file__).resolve().parents[2] / "ivr" / "sites"

pytestmark = [
    pytest.mark.system,
    pytest.mark.slow,
    pytest.mark.timeout(400),
    pytest.mark.skipif(not shutil.which("sipp"), reason="SIPp is not installed: apt-get install sip-tester"),
    pytest.mark.skipif(os.geteuid() != 0, reason="SIPp plays RFC 4733 digits through a raw socket: root only"),
]


@pytest.mark.parametrize("name", ["demo"])
def test_all_paths_of_the_site_pass(name: str, tmp_path: Path) -> None:
    root = tmp_path / "site"
    with RunningSite(root, "--test-calls", source=quick(SITES / name, tmp_path / "quick")) as running:
        host, port = running.sip
        site, _ = load_site(root)
        assert site is not None
        for flow in dict.fromkeys(site.numbers.values()):
            command = [sys.executable, "-m", "eslapp.cli", "flow", "sipp", str(root / "flows" / f"{flow}.yaml")]
            command += ["--out", str(tmp_path / flow), "--run", f"{host}:{port}", "--silence", "1.5"]
            ran = subprocess.run(command, capture_output=True, text=True, timeout=300)
            assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-1000:]
            assert "paths passed" in ran.stdout


def quick(source: Path, root: Path) -> Path:
    """A copy of the site whose prompts last a moment: what is said and asked stays the same."""
    shutil.copytree(source, root)
    site, problems = load_site(root)
    assert site is not None, problems
    files = {speech_file(site, spoken) for spoken in all_speech(site)} | set(all_recorded(site))
    for file in files:
        path = root / "prompts" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(8000)
            sound.writeframes(bytes(2400))
    return root
