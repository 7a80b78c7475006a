"""``log [level] text``: a line in the log."""

from __future__ import annotations

from eslapp.softswitch.api import ApiCall
from eslapp.softswitch.loglines import DEBUG, level_of


async def log(call: ApiCall) -> str:
    """Without a level, or with one that does not exist: debug."""
    word, blank, text = call.text.partition(" ")
    level = level_of(word) if blank else DEBUG
    call.switch.log_lines.write(
        DEBUG if level is None else level,
        text if blank else word,
        "",
        file="mod_commands.c",
        function="log_function",
        line=7200,
    )
    return "+OK\n"


COMMANDS = {"log": log}
