"""The number outside that a request names: as the site's trunk dials it, or a refusal. Not here: dialling."""

from __future__ import annotations

from eslapp.core.live_calls import outside_now
from eslapp.core.phone_numbers import country_of
from eslapp.core.trunk import as_dialled, trunk_of

from .replies import Problem
from .web import web


def site_country() -> str:
    """What the site says, or its timezone tells."""
    site = web().deps.site
    return country_of(site.country, site.timezone)


def number_to_dial(written: str, *, is_now: bool = False) -> str:
    """However people write it; raises ``Problem`` 409 where ``trunk: allow`` does not know it.

    ``is_now``: and where ``trunk: limit`` is used up, so that nobody's phone rings for nothing."""
    live = outside_now(web().board.snapshot().interactions.values()) if is_now else 0
    trunk = trunk_of(web().deps.site.trunk)
    number = as_dialled(trunk, written, site_country())
    if refusal := trunk.refusal(number, live=live):
        raise Problem(409, refusal)
    return number
