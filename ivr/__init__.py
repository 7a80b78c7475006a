"""Flows: what a contact hears, is asked and is sent to, written in YAML and decided in pure code.

Owns: the language, its checks and the engine. Not here: carrying effects out (``eslapp.services``), rendering
speech (``recordings.speech``). Nothing in this package touches a clock, a socket or the environment.

    site, problems = load_site("ivr/sites/demo")
    turn = Engine(site).start(flow="main", medium="text", at=0.0)
"""

from __future__ import annotations

from .engine import Engine, Turn
from .json_schema import schema_json
from .loader import load_site, read_site
from .problems import Problem
from .session import Session, SessionError
from .site import Site

__all__ = ["Engine", "Problem", "Session", "SessionError", "Site", "Turn", "load_site", "read_site", "schema_json"]
