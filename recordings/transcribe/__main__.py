"""The transcriber: ``python -m recordings.transcribe --socket PATH [--models DIR] [--language en=moonshine]``.

Plain Python without gevent. Ends on SIGTERM or SIGINT with code 0, with code 2 and one line where it cannot start.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from .engine import Places
from .selection import Wish, WishError, parse_wish
from .server import SocketTaken, TranscriberServer


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m recordings.transcribe", description=__doc__)
    parser.add_argument("--socket", required=True, type=Path, help="unix socket to listen at")
    parser.add_argument("--models", type=Path, default=None, help="the site's folder of models (DIR/var/models)")
    parser.add_argument(
        "--language", action="append", default=[], metavar="LANGUAGE=ENGINE[:FOLDER]", help="use this engine for it"
    )
    given = parser.parse_args(argv)
    try:
        wishes = [parse_wish(text) for text in given.language]
        server = TranscriberServer(given.socket.absolute(), Places(dict(os.environ), given.models), wishes)
    except (WishError, SocketTaken) as error:
        print(error, file=sys.stderr)
        return 2
    _announce(server, wishes)
    ended = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: ended.set())
    threading.Thread(target=server.serve, daemon=True).start()
    ended.wait()
    server.stop()
    return 0


def _announce(server: TranscriberServer, wishes: list[Wish]) -> None:
    """One line a language: which engine will speak, or the reason and the mend."""
    for language, about in server.status()["languages"].items():
        text = about.get("reason") or f"asr: {language} is written down by {about['engine']}"
        print(text, file=sys.stderr, flush=True)
    print(f"asr: ready at {server.socket_path}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
