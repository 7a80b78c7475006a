"""The demonstration on a real FreeSWITCH booted from the rendered configuration, where ``ZONGJI_FREESWITCH_START``
boots one (``running_site``).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.system.running_site import FreeSwitchOfSite, demo_site

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.mark.skipif("ZONGJI_FREESWITCH_START" not in os.environ, reason="ZONGJI_FREESWITCH_START boots no FreeSWITCH")
def test_the_demonstration_is_seen_whole_on_freeswitch(tmp_path: Path) -> None:
    site = demo_site(tmp_path / "site")
    with FreeSwitchOfSite(site) as switch:
        words = ["demo", "--once", "--json", str(tmp_path / "out.json"), "--at", str(site), "--http-port", "0"]
        done = subprocess.run([sys.executable, "-m", "eslapp.cli", *words, *switch.options], capture_output=True)
        assert done.returncode == 0, done.stdout.decode()
    evidence = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert evidence["ok"] and evidence["voice"]["recording"]["channels"] == 2
