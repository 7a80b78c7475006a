"""``reloadxml``: read dialplan, directory and streams again; a mistake in them changes nothing."""

from __future__ import annotations

import asyncio

from eslapp.softswitch.api import ApiCall
from eslapp.softswitch.preprocess import ConfigurationError


async def reload(call: ApiCall) -> str:
    """The files are small; they are read in a thread all the same."""
    try:
        await asyncio.to_thread(call.switch.reload)
    except ConfigurationError as error:
        return f"-ERR [{error}]\n"
    call.switch.fire("RELOADXML", [])
    return "+OK [Success]\n"


COMMANDS = {"reloadxml": reload}
