"""Every command of the pages is tried, in order, against one running site. What cannot be run here says where it is.

A command with no rule of its own is simply run and has to succeed, so a new one in a page is tried without more ado.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pages import ROOT, Command, blocks, commands

from tests.system.running_site import RunningSite

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]

ELSEWHERE = {  # begins with: which test runs it for real; its options are judged in test_pages.py
    "scripts/run": "tests/system (the demonstration)",
    "scripts/test": "whoever runs this",
    "zongji run ": "the fixture here, and tests/system",
    "zongji demo --channels": "tests/system/test_demo_channels.py",
    "zongji demo --once --switch": "tests/system/test_demo_on_freeswitch.py, where ZONGJI_FREESWITCH_START boots one",
    "freeswitch ": "tests/conformance, where ZONGJI_FREESWITCH names one",
    "zongji freeswitch check": "tests/fs_conf",
    "sipp ": "tests/system/test_sipp_meets_baresip.py",
    "python -m tests.bench.calls": "by hand: two minutes of a quiet machine",
    "python -m tests.bench.softswitch": "by hand: minutes of a quiet machine",
    "python -m tests.bench.hostile": "by hand; a short one is in tests/softswitch",
    "python -m tests.bench.report": "by hand: minutes of a quiet machine",
}
STOPPED_AFTER_S = {"zongji queue watch": 4, "zongji softswitch": 4}  # run until Ctrl-C
MAY_WARN = (  # exit 1: a model or space lacks, nobody came, a busy machine
    "zongji asr check",
    "zongji doctor",
    "zongji whatif",
    "python -m tests.bench.",
)
SHOWS = {  # what must be seen
    "zongji queue watch": "orders",
    "zongji softswitch": "softswitch ready",
    "zongji call 1000": "pressed 1",
    "zongji callback ls": "called back",
    "zongji inbox ls": "nothing is parked",
    "zongji ticket ls": "no tickets",
    "zongji survey ls": "nobody was asked",
    "zongji agent add": "phone password",
    "zongji agent ls": "1003",
    "zongji why": "orders",
    "zongji replay": "0 differ",
    "zongji interaction show": "InteractionQueued",
    "zongji interaction ls": '"id"',
    "zongji doctor": "daemon",
    "zongji asr check": "en:",
    "zongji prompts check": "all spoken",
    "curl -s http://127.0.0.1:8080/readyz": '"ready":true',
    "curl -s http://127.0.0.1:8080/metrics": "zongji_queue_waiting",
}


def hear_ctrl_c() -> None:
    """In the child: a suite that runs in the background was started deaf to Ctrl-C, and its children would be too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Reader:
    """Somebody who types what the page says, in one folder, beside one running site."""

    def __init__(self, folder: Path, site: RunningSite) -> None:
        self.folder, self.site = folder, site
        for name in ("ivr", "scripts", "tests", "eslapp"):
            (folder / name).symlink_to(ROOT / name)
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self.env = os.environ | {"PATH": path, "COLUMNS": "200", "NO_COLOR": "1"}

    def types(self, command: Command) -> None:
        """Try one command; an AssertionError names it."""
        text = command.text
        if text.startswith(tuple(ELSEWHERE)):
            return
        status, output = self._run(text)
        assert status in ((0, 1) if text.startswith(MAY_WARN) else (0,)), f"{command}\n{output}"
        wanted = next((words for start, words in SHOWS.items() if text.startswith(start)), "")
        assert wanted in output, f"{command}\n{output}"

    def _run(self, text: str) -> tuple[int, str]:
        """Exit code and output; what runs for ever is stopped by Ctrl-C after its time."""
        stop_after = next((time for start, time in STOPPED_AFTER_S.items() if text.startswith(start)), None)
        here = ["bash", "-c", f"exec {self._here(text)}"]
        process = subprocess.Popen(
            here,
            cwd=self._place(text),
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=hear_ctrl_c,
        )
        try:
            output, _ = process.communicate(timeout=stop_after or 120)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT if stop_after else signal.SIGKILL)
            output, _ = process.communicate(timeout=20)
        return process.returncode, output

    def _place(self, text: str) -> Path:
        """A copy ``shop`` is made beside, since the site of that name runs already; benches belong to the tree."""
        if text.startswith("python -m tests."):
            return ROOT
        if not (text.startswith("cp ") and text.endswith(" shop")):
            return self.folder
        beside = self.folder / "beside"
        beside.mkdir(exist_ok=True)
        (beside / "ivr").symlink_to(ROOT / "ivr")
        return beside

    def _here(self, text: str) -> str:
        """With this site's ports and the newest interaction."""
        text = text.replace("http://127.0.0.1:8080", self.site.url)
        if "INTERACTION" in text:
            newest = self.site.admin().get("/api/interactions", limit=1)["interactions"][0]
            text = text.replace("INTERACTION", newest["id"])
        return text


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("reader")
    with RunningSite(folder / "shop") as site:
        yield Reader(folder, site)


@pytest.mark.parametrize("page", ["README.md", "docs/operations.md"])
def test_the_commands_of_the_page_work(reader: Reader, page: str) -> None:
    for command in commands(page):
        reader.types(command)
    left = {path.name for path in reader.folder.iterdir()}
    if page == "README.md":
        assert (reader.folder / "heard.wav").stat().st_size > 100_000
        assert (reader.folder / "beside" / "shop" / "site.yaml").is_file()
        assert (reader.folder / "freeswitch-conf" / "freeswitch.xml").is_file()
    else:
        assert {"backup.db", "backup.tar.gz", "shop-freeswitch"} <= left


def test_the_python_of_the_readme_works(tmp_path: Path) -> None:
    for page in ("README.md", "README.zh-CN.md"):
        ((_, text),) = blocks(page, "python")
        (tmp_path / f"test_{page.replace('.', '_').replace('-', '_')}.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert "2 passed" in done.stdout, done.stdout
