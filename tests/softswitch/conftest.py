"""The configuration of the soft switch's tests; its folder also makes ``switch_lab`` and ``esl_controller`` importable.

The fixture ``softswitch`` itself is the shipped one (``eslapp/softswitch/pytest_plugin.py``), a switch a module.
"""

from __future__ import annotations

from pathlib import Path

import pytest

CONF = Path(__file__).parent / "data" / "conf"


@pytest.fixture(scope="session")
def softswitch_conf() -> Path:
    """A small stock-layout configuration.

    The event socket's password is "lab-secret"; users 1001 and 1002 have lab1001 and lab1002 in the domain
    127.0.0.1.
    """
    return CONF
