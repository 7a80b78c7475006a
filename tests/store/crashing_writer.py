"""A process that writes to a real store and says each acknowledgement, until it is killed: ``PATH COUNT``."""

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402
import sys  # noqa: E402

import gevent  # noqa: E402

from eslapp.core.events import PhoneChanged  # noqa: E402
from eslapp.store import Store, Tx, contacts, events, inbox  # noqa: E402


def main(path: str, count: int) -> None:
    """Eight greenlets share the work; every write makes three rows that belong together."""
    store = Store(path).open(at=1.0)
    numbers = iter(range(count))

    def work() -> None:
        for number in numbers:
            store.write(lambda tx, number=number: three_rows(tx, number))
            os.write(1, b"%d\n" % number)

    gevent.joinall([gevent.spawn(work) for _ in range(8)], raise_error=True)
    os.write(1, b"all\n")


def three_rows(tx: Tx, number: int) -> None:
    inbox.put(tx, channel_account="test:one", external_key=f"k{number}", body=b"x" * 500, at=1.0)
    contacts.find_or_create(tx, scope="tel", external_id=f"t{number}", new_id=f"c{number}", at=1.0)
    events.append(tx, PhoneChanged(at=1.0, agent=f"a{number}", registered=True))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
