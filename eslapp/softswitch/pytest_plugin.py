"""The fixture ``softswitch`` for any project that drives FreeSWITCH; installed with this package, nothing to import.

    def test_status(softswitch):
        with socket.create_connection(softswitch.esl) as controller: ...

Each test has a switch of its own on free ports (0.3 s); ``softswitch_scope = module`` (or ``session``) in pytest's
configuration shares it. ``softswitch_conf = DIR`` there names your own configuration (a folder with freeswitch.xml,
from pytest's root); without it the one in ``starter_conf/`` serves, with passwords made for this run. A fixture
``softswitch_conf`` of your own that returns a path goes before both. Not here: the process (``process.py``).
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from eslapp.softswitch.process import SwitchProcess

STARTER_CONF = Path(__file__).with_name("starter_conf")
SCOPES = ("function", "class", "module", "package", "session")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The two settings of pytest.ini, setup.cfg or pyproject.toml."""
    parser.addini("softswitch_conf", "folder with freeswitch.xml for the fixture softswitch", default="")
    parser.addini("softswitch_scope", f"how long one soft switch serves: {', '.join(SCOPES)}", default="function")


def switch_scope(fixture_name: str, config: pytest.Config) -> str:
    """The scope that was set; a wrong word is a usage error that names the right ones."""
    scope = str(config.getini("softswitch_scope"))
    if scope not in SCOPES:
        raise pytest.UsageError(f"softswitch_scope = {scope}: write one of {', '.join(SCOPES)}")
    return scope


@pytest.fixture(scope="session")
def softswitch_conf(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration that ``softswitch`` reads: yours, or a copy of the starter with generated passwords."""
    named = str(request.config.getini("softswitch_conf"))
    if named:
        return request.config.rootpath / named
    conf = tmp_path_factory.mktemp("softswitch") / "conf"
    shutil.copytree(STARTER_CONF, conf)
    lines = [
        f'  <X-PRE-PROCESS cmd="set" data="{name}={secrets.token_urlsafe(12)}"/>'
        for name in ("esl_password", "phone_password")
    ]
    (conf / "secrets.xml").write_text("\n".join(["<include>", *lines, "</include>", ""]), encoding="utf-8")
    return conf


@pytest.fixture(scope=switch_scope)  # type: ignore[arg-type]  # pytest takes a callable here
def softswitch(softswitch_conf: Path) -> Iterator[SwitchProcess]:
    """A running soft switch: ``esl``, ``sip``, ``ws`` are (host, port); ``esl_password``, ``phone_password(id)``."""
    with SwitchProcess(softswitch_conf) as switch:
        yield switch
