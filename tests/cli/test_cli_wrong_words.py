"""Wrong addresses, names and folders: one line with the mend, the right exit code, nothing changed, no traceback."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner

from eslapp.cli import main

pytestmark = pytest.mark.slow


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return Path(shutil.copytree(str(files("ivr") / "sites" / "demo"), tmp_path / "site"))


def told(*words: str) -> tuple[int, str]:
    """(exit code, last line); an exception that is no exit fails the test."""
    ran = CliRunner().invoke(main, list(words), catch_exceptions=True)
    assert ran.exception is None or isinstance(ran.exception, SystemExit), repr(ran.exception)
    return ran.exit_code, (ran.output.strip().splitlines() or [""])[-1]


@pytest.mark.parametrize(
    "server",
    ["nonsense", "127.0.0.1:99999", "127.0.0.1:0", "127.0.0.1:abc", ":5060", "::1:5060", "999.1.1.1:5060", "a b", ""],
)
def test_no_address(server: str) -> None:
    code, line = told("call", "1000", "--server", server)
    assert code == 2 and "127.0.0.1:5060" in line and repr(server.partition(":")[0])[:-1] in line


@pytest.mark.parametrize(
    ("words", "about"),
    [
        (("",), "NUMBER"),
        (("x y",), "NUMBER"),
        (("1000", "--as", "a\r\nb"), "--as"),
        (("1000", "--press", "xyz"), "--press"),
        (("1000", "--save", "/nowhere/x.wav"), "--save"),
        (("1000", "--seconds", "nan or so"), "--seconds"),
    ],
)
def test_what_cannot_be_dialled_pressed_or_saved(words: tuple[str, ...], about: str) -> None:
    code, line = told("call", *words, "--server", "127.0.0.1:9")
    assert code == 2 and about in line


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
@pytest.mark.system
def test_nobody_listens_there(host: str) -> None:
    code, line = told("call", "1000", "--server", f"{host}:9", "--seconds", "1")
    assert code == 1 and "switch" in line and "交换机" in line


@pytest.mark.parametrize("switch", ["nonsense", "esl://127.0.0.1:99999", "esl://127.0.0.1:abc", "esl://[::1", "esl://"])
def test_no_switch(switch: str, site: Path) -> None:
    for words in (("run",), ("freeswitch", "check")):
        code, line = told(*words, "--site", str(site), "--switch", switch)
        assert code == 1 and "esl://HOST:PORT" in line


@pytest.mark.parametrize(
    ("words", "mend"),
    [
        (("agent", "add", "1017", "--name", "X", "--skill", "ordrs=1"), "did you mean 'orders'"),
        (("agent", "add", "1017", "--name", "X", "--language", "xx"), "add xx to 'languages'"),
        (("agent", "add", "1017", "--name", "X", "--skill", "orders=99"), "at most 10"),
        (("channel", "add", "wx", "--type", "wechat", "--flow", "mian"), "no flow 'mian'"),
        (("channel", "check", "websit"), "did you mean 'website'"),
        (("channel", "test", "websit"), "did you mean 'website'"),
        (("queue", "show", "ordrs"), "did you mean 'orders'"),
        (("freeswitch", "render", "--out", "/proc/x"), "/proc/x"),
        (("freeswitch", "render", "--out", "."), "name an empty or a new directory"),
        (("why", "3f2a"), "there is no database yet"),
        (("agent", "ls"), "zongji run"),
    ],
)
def test_names_nobody_knows(words: tuple[str, ...], mend: str, site: Path) -> None:
    before = (site / "site.yaml").read_bytes()
    code, line = told(*words, "--site", str(site))
    assert code == 1 and mend in line
    assert (site / "site.yaml").read_bytes() == before


@pytest.mark.parametrize("content", ["{nonsense", "[1]", '"x"'])
@pytest.mark.parametrize("name", ["state.json", "secrets.json"])
def test_files_of_ours_that_somebody_broke(name: str, content: str, site: Path) -> None:
    (site / "var").mkdir()
    (site / "var" / name).write_text(content, encoding="utf-8")
    words = ("agent", "ls") if name == "state.json" else ("freeswitch", "check")
    code, line = told(*words, "--site", str(site))
    assert code == 1 and name in line and "restore it from a backup or remove it" in line


def test_any_outbound_port_goes_only_with_the_embedded_switch(site: Path) -> None:
    code, line = told("run", "--site", str(site), "--switch", "esl://:secret@127.0.0.1:9", "--outbound-port", "0")
    assert code == 1 and "only with the embedded switch" in line
