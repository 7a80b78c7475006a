"""The yardstick: a bare gevent socket handler that gives a call the same three commands and keeps nothing.

python -m tests.bench.bare_socket PORT SOUND
"""

from __future__ import annotations

import sys

from gevent import monkey

monkey.patch_all()

from gevent.server import StreamServer  # noqa: E402


def serve(port: int, sound: str) -> None:
    """answer (``connect``, ``myevents``), playback, hang-up."""

    def handle(sock: object, _address: object) -> None:
        sock.setsockopt(6, 1, 1)  # type: ignore[attr-defined]
        file = sock.makefile("rb")  # type: ignore[attr-defined]

        def reply() -> dict[str, str]:
            headers: dict[str, str] = {}
            while True:
                line = file.readline().decode().rstrip("\n")
                if not line:
                    break
                name, _, value = line.partition(": ")
                headers[name] = value
            if "Content-Length" in headers:
                file.read(int(headers["Content-Length"]))
            return headers

        leg = ""
        for command in ("connect", "linger 5", "myevents json"):
            sock.sendall(f"{command}\n\n".encode())  # type: ignore[attr-defined]
            leg = reply().get("Unique-ID", leg)
        sock.sendall(  # type: ignore[attr-defined]
            f"sendmsg {leg}\ncall-command: execute\nexecute-app-name: playback\nexecute-app-arg: {sound}\n\n".encode()
        )
        reply()
        reply()
        sock.sendall(  # type: ignore[attr-defined]
            f"sendmsg {leg}\ncall-command: execute\nexecute-app-name: hangup\n\n".encode()
        )
        reply()
        reply()
        sock.close()  # type: ignore[attr-defined]

    StreamServer(("127.0.0.1", port), handle).serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
