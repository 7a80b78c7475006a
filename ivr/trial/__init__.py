"""Trying a flow without a phone: talking to it, and tests written beside it.

Owns: ``talk`` (one conversation with the engine), ``cases`` (``flows/NAME.tests.yaml``), ``running`` them, ``written``
(a conversation as a test). Not here: the terminal (``eslapp.cli.flow``), walking all paths (``ivr.proof``).
"""

from __future__ import annotations

from .cases import Case, read_cases
from .running import run_case, run_tests
from .talk import Line, Talk

__all__ = ["Case", "Line", "Talk", "read_cases", "run_case", "run_tests"]
