"""What only the daemon can say about a site: the flow language knows neither routing strategies nor channels.

Not here: the translation into the router's settings (``core.settings``), all other checks (``ivr.checks``), whether
secrets are there and providers agree (``zongji channel check``).
"""

from __future__ import annotations

from eslapp.core.routing import STRATEGIES
from ivr.problems import Problem, did_you_mean
from ivr.site import Site
from webhooks.channel_accounts import FROM_ENVIRONMENT, is_of_untold, judged
from webhooks.channels import CHANNELS


def unknown_strategies(site: Site) -> list[Problem]:
    """Queues whose ``strategy`` is none of ours: the flow language cannot know the names."""
    found = []
    for name, queue in site.queues.items():
        if queue.strategy in STRATEGIES:
            continue
        place = site.place("queues", name, "strategy")
        text = f"there is no strategy {queue.strategy!r}"
        mend = did_you_mean(queue.strategy, STRATEGIES)
        found.append(Problem(place.file, place.line, place.column, text, mend, code="strategy"))
    return found


def wrong_channels(site: Site) -> list[Problem]:
    """Entries of ``channels:`` of no known type, with unknown or missing keys, or with secrets in the file."""
    found = []
    for name, entry in site.channels.items():
        channel = CHANNELS.get(entry.type)
        if channel is None:
            place = site.place("channels", name, "type")
            text, mend = f"there is no channel type {entry.type!r}", did_you_mean(entry.type, CHANNELS)
            found.append(Problem(place.file, place.line, place.column, text, mend, code="channel"))
            continue
        told = {key: value for key, value in entry.options.items() if not FROM_ENVIRONMENT.search(str(value))}
        wrong, _ = judged(channel, entry.options, told)
        for key, what, mend in wrong:
            if "secret" not in what and is_of_untold((key, what, mend), entry.options.keys() - told.keys()):
                continue  # its value is known only where it runs
            top = key.partition(".")[0]
            place = site.place("channels", name, top) if top in entry.options else site.place("channels", name)
            is_absent = what == "is missing"
            text = f"channel {name} has no {top}" if is_absent else f"channel {name}: {key}: {what}"
            found.append(Problem(place.file, place.line, place.column, text, mend, code="channel"))
    return found
