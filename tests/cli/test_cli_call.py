"""``zongji call`` where nobody answers: one sentence, with the mend."""

from __future__ import annotations

import socket

from click.testing import CliRunner

from eslapp.cli import main


def test_a_dead_address_is_told_in_words() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    ran = CliRunner().invoke(main, ["call", "1000", "--server", f"127.0.0.1:{port}"])
    assert ran.exit_code == 1
    assert "503 Service Unavailable; does the switch run there" in ran.output and "Ending(" not in ran.output
