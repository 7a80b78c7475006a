"""Fixtures of the soft switch's tests; its folder also makes ``switch_lab`` and ``esl_controller`` importable."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from eslapp.softswitch.process import SwitchProcess

CONF = Path(__file__).parent / "data" / "conf"


@pytest.fixture(scope="module")
def softswitch() -> Iterator[SwitchProcess]:
    """A running soft switch process on free ports with the small stock-layout configuration of ``data/conf``.

    ``softswitch.esl``, ``softswitch.sip``: (host, port); the event socket's password is "lab-secret"; users 1001 and
    1002 with passwords lab1001 and lab1002 in the domain 127.0.0.1.
    """
    with SwitchProcess(CONF) as switch:
        yield switch
