"""What can go wrong with the rows, in words of ours. Every message names the place and the mend."""

from __future__ import annotations


class StoreError(Exception):
    """Base of all."""


class StoreUnavailable(StoreError):
    """Locked, full, unreadable, closed or too busy: nothing was acknowledged; try again. The web answers 503."""


class CommitUncertain(StoreUnavailable):
    """COMMIT itself failed: the change may or may not be there. Read the rows again before deciding anything."""


class Conflict(StoreError):
    """A UNIQUE or CHECK rule of the schema refused the change; nothing of this transaction was kept."""


class StaleEpoch(StoreError):
    """A newer daemon has taken over this database: this one may not write any more and must end."""


class StoreDamaged(StoreError):
    """The file is not a sound database. We do not start on it."""


class StoreTooNew(StoreError):
    """The schema was made by a newer Zongji."""
