"""What can go wrong on the telephone."""

from __future__ import annotations


class PhoneError(Exception):
    """Something that was waited for did not happen; the message says what and where."""


class CallFailed(PhoneError):
    """The other side refused the call or ended it."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status
