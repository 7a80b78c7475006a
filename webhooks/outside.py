"""The number outside that a request names: as the site's trunk dials it, or a refusal. Not here: dialling."""

from __future__ import annotations

from eslapp.core.phone_numbers import country_of
from eslapp.core.trunk import as_dialled, trunk_of

from .replies import Problem
from .web import web


def site_country() -> str:
    """What the site says, or its timezone tells."""
    site = web().deps.site
    return country_of(site.country, site.timezone)


def number_to_dial(written: str) -> str:
    """However people write it; raises ``Problem`` 409 where ``trunk: allow`` does not know it."""
    trunk = trunk_of(web().deps.site.trunk)
    number = as_dialled(trunk, written, site_country())
    if refusal := trunk.refusal(number):
        raise Problem(409, refusal)
    return number
