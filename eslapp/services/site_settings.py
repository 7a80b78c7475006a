"""What only the daemon can say about a site: the flow language does not know the names of routing strategies.

Not here: the translation into the router's settings (``core.settings``), all other checks (``ivr.checks``).
"""

from __future__ import annotations

from eslapp.core.routing import STRATEGIES
from ivr.problems import Problem
from ivr.site import Site


def unknown_strategies(site: Site) -> list[Problem]:
    """Queues whose ``strategy`` is none of ours: the flow language cannot know the names."""
    found = []
    for name, queue in site.queues.items():
        if queue.strategy in STRATEGIES:
            continue
        place = site.place("queues", name, "strategy")
        text = f"queue {name} has the unknown strategy {queue.strategy!r}"
        mend = f"write one of: {', '.join(sorted(STRATEGIES))}"
        found.append(Problem(place.file, place.line, place.column, text, mend, code="strategy"))
    return found
