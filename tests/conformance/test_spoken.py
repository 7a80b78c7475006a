"""What Zongji itself says to the switch, in ``eslapp`` and in ``fs_conf``: the soft switch knows all of it, and each is
in a scenario that FreeSWITCH has answered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from eslapp.softswitch import api, apps
from tests.conformance import scenario
from tests.conformance.scenario import Do

ROOT = Path(__file__).resolve().parents[2]
OTHERS = ("softswitch", "softphone", "demo")
APPLICATION = re.compile(r'\bApp\(\s*"(\w+)"|\bapplication=\\?"(\w+)|\b(three_way|eavesdrop|set):|&(\w+)\(')
API = re.compile(r'f?"(uuid_[a-z_]+|originate|show|sofia|version) |\bb?api\(f?"([a-z_]+)|return "(version)"')
SOCKET = re.compile(r'["(](auth|connect|exit|linger|myevents json|nixevent|event json|sendmsg|bgapi|api)\b')
EXECUTED = re.compile(r"execute-app-name: (\w+)|(?:^|[ ,'])(\w+):[^ ]* inline|&(\w+)|application=\"(\w+)")
ASKED = re.compile(r"\b(?:bg)?api (\w+)")


def _sources(*folders: str) -> str:
    files = [
        file for folder in folders for kind in ("py", "xml") for file in sorted((ROOT / folder).rglob(f"*.{kind}"))
    ]
    kept = [file for file in files if not set(file.relative_to(ROOT).parts) & set(OTHERS)]
    return "\n".join(file.read_text(encoding="utf-8") for file in kept)


def _found(pattern: re.Pattern[str], text: str) -> set[str]:
    return {next(filter(None, match.groups())) for match in pattern.finditer(text)}


def _sent() -> Iterator[str]:
    """What the scenarios' controllers say, and what the lab's dialplan does."""
    yield (Path(__file__).parent / "lab" / "dialplan.xml").read_text(encoding="utf-8")
    for name in scenario.names():
        for step in scenario.load(scenario.FOLDER / f"{name}.json").steps:
            if isinstance(step, Do):
                yield json.dumps(step.args, ensure_ascii=False).replace("\\n", "\n").replace('\\"', '"')


SAID = _sources("eslapp", "fs_conf")
PLAYED = "\n".join(_sent())


def test_every_application_is_known_and_was_answered_by_freeswitch() -> None:
    said = _found(APPLICATION, SAID)
    assert {"answer", "play_and_get_digits", "bridge", "park", "respond", "three_way", "eavesdrop", "echo"} <= said
    assert not {name for name in said if apps.find(name) is None}
    assert not said - _found(EXECUTED, PLAYED)


def test_every_command_is_known_and_was_answered_by_freeswitch() -> None:
    said = _found(API, SAID)
    assert {"originate", "uuid_bridge", "uuid_send_info", "show", "sofia", "version", "reloadxml"} <= said
    assert not said - set(api.registered())
    assert not said - _found(ASKED, PLAYED)


def test_every_word_of_the_event_socket_is_in_a_scenario() -> None:
    said = _found(SOCKET, SAID)
    assert {"connect", "linger", "myevents json", "nixevent", "event json", "sendmsg", "bgapi"} <= said
    assert not {word for word in said if not re.search(rf'"text": "{word}\b|\n{word}\b', PLAYED)}
