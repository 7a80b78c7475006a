"""``status``, ``version``, ``hostname``, ``switchname``: what the switch says of itself."""

from __future__ import annotations

from eslapp.softswitch.api import ApiCall
from eslapp.softswitch.heartbeat import uptime_text

GIT = "git a88d069 2024-08-02 21:02:27Z 64bit"
LONG_VERSION = "1.10.12-release+git~20240802T210227Z~a88d069d6f~64bit"


async def status(call: ApiCall) -> str:
    """The lines FreeSWITCH prints."""
    switch = call.switch
    count, per_second = len(switch.sessions), switch.conf.sessions_per_second
    lines = [
        f"UP {uptime_text(switch.now() - switch.started_us)}",
        f"FreeSWITCH (Version 1.10.12-release {GIT}) is ready",
        f"{switch.sessions_since_start} session(s) since startup",
        f"{count} session(s) - peak {switch.peak}, last 5min {switch.peak} ",
        f"0 session(s) per Sec out of max {per_second}, peak {switch.peak}, last 5min 0 ",
        f"{switch.conf.max_sessions} session(s) max",
        "min idle cpu 0.00/100.00",
        "Current Stack Size/Max 240K/240K",
    ]
    return "\n".join(lines) + "\n"


async def version(call: ApiCall) -> str:
    """``version [short]``."""
    if "short" in call.text.partition(" ")[0].lower():
        return "1.10.12-release\n"
    git = f"1.10.12-release {GIT}" if call.text else GIT
    return f"FreeSWITCH Version {LONG_VERSION} ({git})\n"


async def hostname(call: ApiCall) -> str:
    """Also ``switchname``."""
    return call.switch.hostname


COMMANDS = {"status": status, "version": version, "hostname": hostname, "switchname": hostname}
