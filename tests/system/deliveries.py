"""A provider at its worst: each event several times, two at once, shuffled, some a day late, until it is taken.

Owns: the plan, the deliverers, the five counts of what became of it. Not here: the site (``text_site``).
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty

from eslapp.demo.providers.base import Signed, post
from tests.system.text_site import Shop, TextSite

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Planned:
    """One event."""

    number: int
    address: str
    at: float

    @property
    def text(self) -> str:
        return f"t{self.number}"


@dataclass(slots=True)
class Counts:
    """What became of it; the last three must be 0."""

    attempted: int = 0
    acknowledged: int = 0
    lost: int = 0
    duplicated: int = 0
    unexpected: int = 0


def plan(events: int, addresses: int, seed: int) -> tuple[list[Planned], list[Planned]]:
    """The events, and all their copies in the order of delivery: a tenth of them came a day late."""
    chance, now = random.Random(seed), time.time()
    all_of_them, early, late = [], [], []
    for number in range(events):
        is_late = chance.random() < 0.1
        event = Planned(number, f"p{chance.randrange(addresses)}", now - 3600 + number - (DAY_S if is_late else 0))
        all_of_them.append(event)
        (late if is_late else early).extend([event] * chance.randint(1, 5))
    chance.shuffle(early)
    chance.shuffle(late)
    return all_of_them, early + late


@dataclass
class Deliverers:
    """``workers`` deliver ``copies``; each copy goes out twice at once now and then, and again until it is taken."""

    shop: Shop
    copies: list[Planned]
    workers: int = 8
    within_s: float = 240.0
    acknowledged: set[int] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    done: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._next = 0
        self._stopping = threading.Event()
        self._deadline = time.monotonic() + self.within_s
        jobs = [self._work] * self.workers + [self._tell_receipts] * 2
        self._threads = [threading.Thread(target=job, daemon=True) for job in jobs]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wait(self) -> None:
        """Until every copy was taken."""
        for thread in self._threads[: self.workers]:
            thread.join(self.within_s)

    def stop(self) -> None:
        """No more receipts."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(10)

    def _work(self) -> None:
        while True:
            with self._lock:
                place = self._next
                self._next += 1
            if place >= len(self.copies):
                return
            event = self.copies[place]
            make = lambda event=event: self._signed(event)  # noqa: E731
            twin = threading.Thread(target=self._until_taken, args=(make,)) if place % 9 == 0 else None
            if twin is not None:
                twin.start()
            if self._until_taken(make):
                self.acknowledged.add(event.number)
            if twin is not None:
                twin.join()
            self.done += 1

    def _signed(self, event: Planned) -> Signed:
        return self.shop.say(event.text, address=event.address, number=event.number, at=event.at)

    def _until_taken(self, make: Callable[[], Signed]) -> bool:
        while time.monotonic() < self._deadline:
            status, _ = post(self.shop.hook, make())
            self.statuses[status] += 1
            if status == 200:
                return True
            time.sleep(0.05)
        return False

    def _tell_receipts(self) -> None:
        while not self._stopping.is_set():
            try:
                make = self.shop.receipts.get(timeout=0.1)
            except Empty:
                continue
            self._until_taken(make)


def judge(site: TextSite, events: list[Planned], acknowledged: set[int]) -> Counts:
    """Rows and answers against the plan."""
    wanted = {f"m-{event.number}" for event in events}
    kept = Counter(row[0] for row in site.rows("SELECT provider_id FROM messages WHERE direction = 'in'"))
    answers = Counter(row[0] for row in site.rows("SELECT text FROM messages WHERE direction = 'out'"))
    heard = Counter(one.text for one in site.shop.shown)
    first = len({event.address for event in events})  # who writes for the first time is answered without their words
    texts = {f"got {event.text}" for event in events}
    return Counts(
        attempted=len(events),
        acknowledged=len(acknowledged),
        lost=sum(f"m-{number}" not in kept for number in acknowledged) + max(0, len(events) - heard.total()),
        duplicated=kept.total()
        - len(kept)
        + sum(n - 1 for text, n in (answers + heard).items() if text in texts and n > 2)
        + max(0, heard.total() - len(events)),
        unexpected=len(set(kept) - wanted) + sum(n for text, n in heard.items() if text not in texts) - first,
    )
