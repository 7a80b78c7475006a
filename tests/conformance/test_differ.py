"""Cases are read line by line, and the differ finds what two switches do differently and nothing else."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.conformance import case, differ, soft
from tests.conformance.lab import Lab
from tests.conformance.scenario import Do, Pause

CASE = """# how an answered call ends
in1 open
in1 event plain CHANNEL_ANSWER CHANNEL_HANGUP
caller invite to=9198
wait 0.2
in1 api hupall
"""


def test_every_kept_case_can_be_read_and_says_what_it_shows() -> None:
    paths = sorted(case.FOLDER.glob("*.txt"))
    assert len(paths) >= 8
    for path in paths:
        told = case.load(path)
        assert told.shows and told.steps, path


def test_a_case_is_read_line_by_line() -> None:
    told = case.parse(
        "# shows\nphone 1001 password=x\nown B\n1001 press digit=1 ms=100\nwait 0.5\nout1 lock set a=b c\nout1 close\n"
        "in1 app@{A} hangup\nin1 bgapi a\\nb: c\n",
        "c",
    )
    assert (told.shows, told.own, told.phones["1001"]["password"]) == ("shows", ("B",), "x")
    head = "sendmsg\ncall-command: execute\nexecute-app-name: set\nexecute-app-arg: a=b c\nevent-lock: true\n\n"
    assert told.steps[:5] == (
        Do("1001", "press", {"digit": "1", "ms": 100}),
        Pause(0.5),
        Do("out1", "send", {"text": head}),
        Pause(0.03),
        Do("out1", "close", {}),
    )
    texts = [step.args["text"] for step in told.steps[5:] if isinstance(step, Do)]
    assert texts == ["sendmsg {A}\ncall-command: execute\nexecute-app-name: hangup\n\n", "bgapi a\nb: c\n\n"]


@pytest.mark.parametrize("line", ["nobody says hello", "wait long", "in1x open"])
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(case.CaseError, match=r"c:2: '"):
        case.parse(f"# shows\n{line}\n", "c")


@pytest.mark.system
@pytest.mark.timeout(120)
def test_a_switch_that_behaves_alike_has_no_differences_and_another_one_has(tmp_path: Path) -> None:
    asyncio.run(_compare(tmp_path))


async def _compare(folder: Path) -> None:
    labs = [soft.new_lab(folder / name) for name in ("one", "two", "other")]
    plan = labs[2][1] / "dialplan.xml"
    text = plan.read_text().replace('<action application="park"/>', '<action application="hangup" data="USER_BUSY"/>')
    plan.write_text(text)
    processes = [await soft.start(conf) for _, conf in labs]
    try:
        told = case.parse(CASE, "ends")
        real: tuple[str, Lab] = ("127.0.0.1", labs[0][0])
        assert await differ.compared(told, real, labs[1][0]) == []
        found = await differ.compared(told, real, labs[2][0])
        assert any(
            "CHANNEL_HANGUP | MANAGER_REQUEST expected, got event CHANNEL_HANGUP | USER_BUSY" in f for f in found
        )
    finally:
        for process in processes:
            process.terminate()
            await process.wait()
