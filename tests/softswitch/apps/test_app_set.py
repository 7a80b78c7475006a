"""``set``."""

from __future__ import annotations

import pytest
from switch_lab import Lab, in_lab


@in_lab
@pytest.mark.parametrize(
    ("argument", "name", "value"),
    [
        ("a=1", "a", "1"),
        ("a = x=y ", "a ", " x=y"),
        ("a=${caller_id_number}-${nothing}", "a", "1000-"),
        ("a=总 机", "a", "总 机"),
        ("a=", "a", ""),
        ("a", "a", ""),
    ],
)
async def test_a_variable_is_set(lab: Lab, argument: str, name: str, value: str) -> None:
    _call, out = await lab.taken_call()
    assert (await out.run("set", argument))[f"variable_{name}"].rstrip() == value


@in_lab
async def test_a_body_is_an_argument_with_lines(lab: Lab) -> None:
    _call, out = await lab.taken_call()
    body = "a=one\ntwo"
    await out.command(
        "sendmsg\ncall-command: execute\nexecute-app-name: set\ncontent-type: text/plain\n"
        f"content-length: {len(body)}\n\n{body}".removesuffix("\n\n")
    ) if False else out.send(
        "sendmsg\ncall-command: execute\nexecute-app-name: set\ncontent-type: text/plain\n"
        f"content-length: {len(body)}\n\n{body}"
    )
    assert "+OK" in await out.reply()
    assert (await out.complete("set"))["variable_a"] == "one\ntwo"
