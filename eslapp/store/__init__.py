"""The rows. The only package with SQL.

Owns: the database file, its schema and one module per noun with plain functions ``fn(tx, ...)``.
Not here: what the rows mean (``eslapp.core``), when they change (``eslapp.services``, ``webhooks``).

>>> store = Store("/tmp/zongji.db")                                     # doctest: +SKIP
>>> store.open(at=wall())                                               # doctest: +SKIP
>>> store.write(lambda tx: contacts.rename(tx, "c1", name="Ada"))       # after COMMIT      # doctest: +SKIP
>>> store.read(lambda tx: contacts.get(tx, "c1"))                       # off the hub       # doctest: +SKIP
"""

from .errors import Conflict, StaleEpoch, StoreDamaged, StoreError, StoreTooNew, StoreUnavailable
from .store import Store
from .tx import Tx

__all__ = [
    "Conflict",
    "StaleEpoch",
    "Store",
    "StoreDamaged",
    "StoreError",
    "StoreTooNew",
    "StoreUnavailable",
    "Tx",
]
