"""How soon a webhook is acknowledged at fifty a second: alone, and while the daemon serves fifty calls.

    python -m tests.bench.hooks [--json] [--rate 50] [--seconds 20] [--calls 50]

Signed events of a generic channel, each over a new connection as providers do, from a hundred addresses; a flow answers
each. Measured from the connection to the answer: verified, stored and synced to disk, since the answer is given after
COMMIT. Calls come by SIPp and stay in the queue of the demonstration. Not part of the suite.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from eslapp.demo.providers.base import post
from tests.bench.report import Report, share
from tests.bench.sipp import Load, Sipp
from tests.system.running_site import RunningSite
from tests.system.text_site import FLOWS, Shop
from tests.system.voice_steps_site import write_tone

ADDRESSES = 100
WARM_S = 3.0
CALLS_PER_SECOND = 10.0


class Hooked(RunningSite):
    """The demonstration with one more channel, whose flow answers every message."""

    def __init__(self, root: Path, shop: Shop) -> None:
        super().__init__(root)
        options = (
            f'type: generic, flow: echo, secrets: [$(env.SHOP_WEBHOOK_SECRET)], url: "{shop.url}/x", api: "{shop.url}"'
        )
        file = root / "site.yaml"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("\nchannels: ", f"\nchannels:\n  line: {{{options}}}\n#", 1), encoding="utf-8")
        (root / "flows" / "echo.yaml").write_text(f"flow: echo\n{FLOWS['echo']}", encoding="utf-8")
        write_tone(root / "prompts" / "tone-500.wav", 500)


def deliver(hook: str, shop: Shop, rate: float, seconds: float, first: int) -> tuple[list[float], Counter[int]]:
    """Milliseconds of each, and the statuses."""
    began, total = time.perf_counter() + 0.2, int(rate * seconds)
    took: list[float] = []
    statuses: Counter[int] = Counter()

    def one(place: int) -> None:
        signed = shop.say(f"text {place}", address=f"p{place % ADDRESSES}", number=first + place)
        time.sleep(max(0.0, began + place / rate - time.perf_counter()))  # the pace of the deliveries
        asked = time.perf_counter()
        status, _ = post(hook, signed)
        took.append(1000 * (time.perf_counter() - asked))
        statuses[status] += 1

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(one, range(total)))
    return took, statuses


def receipts(shop: Shop, stop: threading.Event) -> None:
    """The provider's receipts of our answers are thrown away: only messages are measured."""
    while not stop.wait(1.0):
        while not shop.receipts.empty():
            shop.receipts.get()


def tell(report: Report, what: str, measured: tuple[list[float], Counter[int]]) -> None:
    took, statuses = measured
    report.add(f"acknowledged, {what}", statuses[200])
    report.add(f"not acknowledged, {what}", sum(statuses.values()) - statuses[200], at_most=0)
    report.add(f"acknowledged after, median, {what}", share(took, 0.5), "ms")
    report.add(f"acknowledged after, 99 %, {what}", share(took, 0.99), "ms", at_most=100)


def main() -> None:
    words = argparse.ArgumentParser(description="Acknowledgement of webhooks.")
    words.add_argument("--rate", type=float, default=50.0)
    words.add_argument("--seconds", type=float, default=20.0)
    words.add_argument("--calls", type=int, default=50)
    words.add_argument("--json", action="store_true", help="print one JSON object")
    given = words.parse_args()
    report, shop, stop = Report("hooks"), Shop(), threading.Event()
    os.environ.update(shop.secrets())
    threading.Thread(target=receipts, args=(shop, stop), daemon=True).start()
    with tempfile.TemporaryDirectory() as folder, Hooked(Path(folder) / "site", shop) as site:
        hook = f"{site.url}/hooks/line"
        run: Callable[[float, int], Any] = lambda seconds, first: deliver(hook, shop, given.rate, seconds, first)  # noqa: E731
        run(WARM_S, 0)
        tell(report, "no calls", run(given.seconds, 100_000))
        load = Load(given.calls, CALLS_PER_SECOND, given.calls, stay_ms=int(1000 * given.seconds) + 5_000)
        with Sipp("demo_caller", site.sip, "1000", load) as sipp:
            if not sipp.wait_for_calls(given.calls, within_s=60):
                report.notes.append("not all calls were up")
            tell(report, f"{given.calls} calls", run(given.seconds, 200_000))
            calls = sipp.wait(within_s=120)
        report.add("calls, the most at once", calls.most_at_once)
        report.add("failed calls", calls.failed, at_most=0)
    stop.set()
    shop.close()
    report.print(as_json=given.json)


if __name__ == "__main__":
    main()
