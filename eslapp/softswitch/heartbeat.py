"""HEARTBEAT every 20 seconds, on FreeSWITCH's terms.

Not here: the status text (``api/status.py``).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eslapp.softswitch.switch import Switch

INTERVAL_S = 20.0


def uptime_text(micros: int) -> str:
    """``0 years, 0 days, 0 hours, 5 minutes, 3 seconds, 314 milliseconds, 241 microseconds``."""
    seconds, micro = divmod(micros, 1_000_000)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    years, day = divmod(days, 365)
    counted = ((years, "year"), (day, "day"), (hour, "hour"), (minute, "minute"), (second, "second"))
    parts = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in counted]
    parts += [f"{micro // 1000} millisecond{'' if micro // 1000 == 1 else 's'}"]
    parts += [f"{micro % 1000} microsecond{'' if micro % 1000 == 1 else 's'}"]
    return ", ".join(parts)


class Heartbeat:
    """Fires while it is started."""

    def __init__(self, switch: Switch) -> None:
        self._switch = switch
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin; the first beat comes after one interval."""
        self._timer = asyncio.get_running_loop().call_later(INTERVAL_S, self._beat)

    def stop(self) -> None:
        """End."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _beat(self) -> None:
        self.start()
        switch = self._switch
        up = switch.now() - switch.started_us
        limit = str(switch.conf.sessions_per_second)
        switch.fire(
            "HEARTBEAT",
            [
                ("Event-Info", "System Ready"),
                ("Up-Time", uptime_text(up)),
                ("FreeSWITCH-Version", VERSION),
                ("Uptime-msec", str(up // 1000)),
                ("Session-Count", str(len(switch.sessions))),
                ("Max-Sessions", str(switch.conf.max_sessions)),
                ("Session-Per-Sec", limit),
                ("Session-Per-Sec-Last", "0"),
                ("Session-Per-Sec-Max", str(switch.peak)),
                ("Session-Per-Sec-FiveMin", "0"),
                ("Session-Since-Startup", str(switch.sessions_since_start)),
                ("Session-Peak-Max", str(switch.peak)),
                ("Session-Peak-FiveMin", str(switch.peak)),
                ("Idle-CPU", "100.000000"),
            ],
        )


VERSION = "1.10.12-release+git~20240802T210227Z~a88d069d"
