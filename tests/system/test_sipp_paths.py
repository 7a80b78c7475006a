"""Every path of the sites that come with the product, dialled by SIPp: the right prompts, to the right end."""

from __future__ import annotations

import os
import shutil
import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from eslapp.cli.flow.sipp import play
from ivr import load_site
from ivr.catalog import all_recorded, all_speech, speech_file
from ivr.proof.plans import plans
from ivr.proof.scenarios import file_names, scenario
from tests.system.running_site import RunningSite

SITES = Path(__file__).resolve().parents[2] / "ivr" / "sites"

pytestmark = [
    pytest.mark.system,
    pytest.mark.slow,
    pytest.mark.timeout(400),
    pytest.mark.skipif(not shutil.which("sipp"), reason="SIPp is not installed: apt-get install sip-tester"),
    pytest.mark.skipif(os.geteuid() != 0, reason="SIPp plays RFC 4733 digits through a raw socket: root only"),
]


SILENCE_S = 3.0  # longer than SIPp takes to press, on a busy machine too
EVERY = 1 if os.environ.get("ZONGJI_ALL_PATHS") else 12  # of the larger sites: all paths take minutes of two cores


EARLY_SITE = """site: Early
languages: [zh, en]
timezone: Asia/Shanghai
numbers: {"1000": main}
queues: {orders: {}}
agents: {"1002": {name: Ann, languages: [zh, en]}}
fallback: {queue: orders}
"""
EARLY_FLOW = """flow: main
start:
  - say: {zh: 接通前免费。, en: Free until you are answered.}
  - answer:
    on: voice
  - language: {1: zh, 2: en}
  - record: {consent: {zh: 同意录音请按1。, en: "If we may record this call press 1."}}
    on: voice
  - branch: [{when: queue.orders.waiting > 10, go: bye}]
  - queue:
      name: orders
      keys: {1: [say: {zh: 好。, en: All right.}]}
      labels: {1: {zh: 不等了, en: Do not wait}}
      otherwise: bye
  - transfer: {to: 1002, busy: bye, otherwise: bye}
    on: voice
  - hangup: {say: {zh: 好的。, en: Done.}}
bye:
  - hangup: {say: {zh: 再见。, en: Goodbye.}}
"""


@pytest.mark.parametrize(("name", "every"), [("demo", 1), ("shop", EVERY), ("bank", EVERY), ("appliances", EVERY)])
def test_all_paths_of_the_site_pass(name: str, every: int, tmp_path: Path) -> None:
    all_paths_pass(SITES / name, every, tmp_path)


def test_all_paths_of_a_flow_that_answers_itself_pass(tmp_path: Path) -> None:
    """Before the answer a phone takes no INFO; a known contact is greeted in the own language by then. A line in which
    a key is pressed waits for it, though nobody is there; how many wait there is what the call says."""
    site = tmp_path / "early"
    (site / "flows").mkdir(parents=True)
    (site / "site.yaml").write_text(EARLY_SITE, encoding="utf-8")
    (site / "flows" / "main.yaml").write_text(EARLY_FLOW, encoding="utf-8")
    all_paths_pass(site, 1, tmp_path)


def all_paths_pass(source: Path, every: int, tmp_path: Path) -> None:
    root = tmp_path / "site"
    with RunningSite(root, "--test-calls", source=quick(source, tmp_path / "quick")) as running:
        host, port = running.sip
        site, _ = load_site(root)
        assert site is not None
        for flow in dict.fromkeys(site.numbers.values()):
            number = next(number for number, name in site.numbers.items() if name == flow)
            planned = [plan for plan in plans(site, flow, number, silence_s=SILENCE_S) if not plan.why_not][::every]
            out = tmp_path / flow
            out.mkdir()
            ready = list(zip(planned, file_names(planned), strict=True))
            for plan, file in ready:
                (out / file).write_text(scenario(plan, file), encoding="utf-8")
            with ThreadPoolExecutor(10) as pool:
                calls = [pool.submit(play, out / file, plan, f"{host}:{port}") for plan, file in ready]
                reasons = [call.result() for call in calls]
            failed = [f"{plan.told}: {why}" for (plan, _), why in zip(ready, reasons, strict=True) if why]
            assert planned and failed == []


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
