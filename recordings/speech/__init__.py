"""Prompts that speak: rendered to 8 kHz WAV files when a flow is saved, never on the call path.

    rendered = render_site(site_dir, lines, cache_dir, progress=print)  # in a worker process
    path = spoken_path(site_dir, cache_dir, key)  # on the call path: a file that exists, or None
    path = join([number, unit], cache_dir)  # "you are" + "3rd" + "in line", cached

Not here: which prompts a site needs and their keys (``ivr.catalog``), playing them (the switch).
"""

from .joining import join
from .lines import Line, Rendered
from .rendering import render_site, spoken_path

__all__ = ["Line", "Rendered", "join", "render_site", "spoken_path"]
