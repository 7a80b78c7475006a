"""Writes a site's FreeSWITCH configuration directory and judges a running FreeSWITCH.

Owns: ``render`` (fs_conf/ + site + secrets -> a directory FreeSWITCH boots with) and ``check`` (what is
wrong, and the mend). Not here: the configuration itself (``fs_conf/``), the command line (``eslapp.cli``),
the event socket (``eslapp.esl``).
"""

from eslapp.freeswitch_conf.check import Expected, Finding, check
from eslapp.freeswitch_conf.doors import RenderError
from eslapp.freeswitch_conf.render import Rendered, SiteFacts, SoundSources, render

__all__ = ["Expected", "Finding", "RenderError", "Rendered", "SiteFacts", "SoundSources", "check", "render"]
