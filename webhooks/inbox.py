"""Takes raw events in: stored under their UNIQUE key first, acknowledged after, worked on later.

Owns: the one way into the inbox. Not here: verifying and parsing (``channels``), the work (the message service).

When the store is down, or too slow for the provider, ``StoreError`` goes up and the web answers 503, never 200: the
provider comes again.
"""

from __future__ import annotations

from collections.abc import Sequence

import gevent

from eslapp.store import StoreUnavailable, Tx, inbox
from eslapp.store import unplaced as store_unplaced

from .channels.base import Delivery, Forged
from .deps import Deps

ACK_S = 3.0  # the strictest provider waits for five


def accept(
    deps: Deps, *, channel: str, account: str, deliveries: Sequence[Delivery], unplaced: Sequence[str] = ()
) -> list[bool]:
    """Keep all deliveries of one request in one transaction; for each, whether it was new. Returns after COMMIT.

    ``unplaced``: what the provider calls the accounts that some are for, and that the site does not have.

    ``Forged`` where one is proved by what came with another event.
    """
    now = deps.clock()
    channel_account = f"{channel}:{account}"

    def work(tx: Tx) -> list[bool]:
        for one in deliveries:
            told = {"channel_account": channel_account, "external_key": one.external_key, "at": now}
            if one.proof and not inbox.use_proof(tx, proof=one.proof, **told):
                raise Forged("a proof that came with another event")
        for whose in unplaced:
            store_unplaced.note(tx, channel_account=channel_account, whose=whose, at=now)
        return [
            inbox.put(
                tx,
                channel_account=channel_account,
                external_key=delivery.external_key,
                address=delivery.address,
                body=delivery.body,
                headers=delivery.headers,
                at=now,
            )
            is not None
            for delivery in deliveries
        ]

    with gevent.Timeout(ACK_S, StoreUnavailable(f"not kept within {ACK_S:.0f} s")):  # kept later: then it is a repeat
        fresh = deps.store.write(work)
    if any(fresh):
        deps.inbox_arrived()
    return fresh
