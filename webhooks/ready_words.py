"""Templates and cards with what is known of the contact in place of their ``$(...)``.

Owns: the filling, pure; what is not known stands as it was written. Not here: which channel has which
(``reply_state``).

>>> filled({"data": [{"value": "Dear $(contact.name)"}], "n": 1}, {"contact.name": "Ada"})
{'data': [{'value': 'Dear Ada'}], 'n': 1}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

PLACE = re.compile(r"\$\(([a-z_.]{1,40})\)")
NAMES = ("contact.name", "contact.address", "agent.name")


def filled(value: Any, words: Mapping[str, str]) -> Any:
    """The same with every ``$(name)`` replaced, however deep it stands."""
    if isinstance(value, dict):
        return {name: filled(one, words) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, words) for one in value]
    return PLACE.sub(lambda place: words.get(place[1], place[0]), value) if isinstance(value, str) else value
