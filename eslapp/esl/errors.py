"""What can go wrong between us and the switch, as seen by callers of this package.

Owns: the exceptions. Not here: refused arguments (``doors.CommandError``), replies that say ``-ERR`` (text).

>>> str(LegGone("USER_BUSY"))
'the leg hung up: USER_BUSY'
"""

from __future__ import annotations


class SwitchError(Exception):
    """Base: the switch could not be asked, or did not answer."""


class SwitchDown(SwitchError):
    """There is no connection, or it broke while we waited. Worth another try after ``on_up``."""


class SwitchTimeout(SwitchError):
    """The connection stands but the answer did not come in time. What was asked may still happen."""


class SwitchRefused(SwitchError):
    """The switch answered ``-ERR`` to something that must not fail; the text is the switch's own."""


class LegLost(SwitchError):
    """The leg is no longer under this connection's control."""


class LegGone(LegLost):
    """The leg hung up. ``cause`` is FreeSWITCH's name for it, e.g. ``NORMAL_CLEARING``."""

    def __init__(self, cause: str) -> None:
        super().__init__(f"the leg hung up: {cause}")
        self.cause = cause


class LegTaken(LegLost):
    """The leg lives on elsewhere: bridged or transferred away, or the switch closed the connection."""
