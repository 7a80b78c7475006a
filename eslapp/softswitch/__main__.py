"""``python -m eslapp.softswitch --conf DIR``: run the soft switch until SIGTERM or SIGINT (or, if asked, end of input).

Exit codes: 0 stopped as asked; 2 wrong configuration or an address in use (one line on stderr says which).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
from pathlib import Path

from eslapp.softswitch.confdir import Configuration, is_loopback, load
from eslapp.softswitch.preprocess import ConfigurationError
from eslapp.softswitch.steadiness import be_punctual, spare_the_collector
from eslapp.softswitch.switch import Switch


def arguments(words: list[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m eslapp.softswitch", description="Zongji's embedded soft switch.")
    parser.add_argument("--conf", type=Path, required=True, help="folder with freeswitch.xml, or that file")
    parser.add_argument("--sip-port", type=int, help="instead of the profile's; 0: any free one")
    parser.add_argument("--esl-port", type=int, help="instead of event_socket.conf's; 0: any free one")
    parser.add_argument("--state", type=Path, help="write what was chosen to this JSON file")
    parser.add_argument("--allow-remote", action="store_true", help="bind what the configuration says beyond loopback")
    parser.add_argument("--ordinary-priority", action="store_true", help="do not ask for real-time scheduling")
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends: its starter is gone")
    parser.add_argument("--log-level", default="warning", choices=("debug", "info", "warning", "error"))
    return parser.parse_args(words)


def check_addresses(conf: Configuration, *, allow_remote: bool) -> None:
    """Loopback unless it was asked for; what would be opened is named."""
    ws = conf.profile.ws_binding
    doors = [("event socket", conf.esl_host), ("SIP", conf.profile.sip_ip)]
    for what, host in [*doors, ("SIP over WebSocket", ws[0])] if ws else doors:
        if not is_loopback(host) and not allow_remote:
            raise ConfigurationError(
                f"{conf.path}: {what} would listen on {host}, reachable from other machines;"
                " give --allow-remote if that is meant, else 127.0.0.1"
            )


def open_doors(switch: Switch) -> list[str]:
    """What other machines reach, one door each."""
    low, high = switch.conf.rtp_ports
    host, port = switch.sip_address
    doors = [("SIP (udp, tcp)", host, str(port)), ("RTP (udp)", host, f"{low}-{high}" if low else "any port")]
    doors += [("SIP over WebSocket", where[0], str(where[1])) for where in [switch.ws_address] if where]
    doors.append(("the event socket, which commands everything", *map(str, switch.esl_address)))
    return [f"{what} at {place}:{port}" for what, place, port in doors if not is_loopback(place)]


async def serve(conf: Configuration, options: argparse.Namespace) -> None:
    """Start, tell, wait for a signal, stop."""
    switch = Switch(conf)
    switch.on_warm = spare_the_collector
    await switch.start(sip_port=options.sip_port, esl_port=options.esl_port)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    if options.until_eof:
        loop.add_reader(sys.stdin.fileno(), watch_input, stopping)
    is_punctual = not options.ordinary_priority and be_punctual()
    state = {
        "pid": os.getpid(),
        "sip": list(switch.sip_address),
        "ws": list(switch.ws_address) if switch.ws_address else None,
        "esl": list(switch.esl_address),
        "core_uuid": switch.core_uuid,
        "conf": str(conf.path),
        "real_time": is_punctual,
    }
    if options.state:
        write_state(options.state, state)
    doors = open_doors(switch)
    if doors:
        print(f"softswitch: other machines reach {'; '.join(doors)}", file=sys.stderr, flush=True)
    print(
        f"softswitch ready sip={switch.sip_address[0]}:{switch.sip_address[1]}"
        f" esl={switch.esl_address[0]}:{switch.esl_address[1]} pid={os.getpid()}",
        flush=True,
    )
    spare_the_collector()
    await stopping.wait()
    await switch.stop()


def watch_input(stopping: asyncio.Event) -> None:
    """Nothing is asked there; its end is what counts."""
    if not os.read(sys.stdin.fileno(), 4096):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        stopping.set()


def write_state(path: Path, state: dict[str, object]) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f"{path.name}.{os.getpid()}")
    scratch.write_text(json.dumps(state) + "\n", encoding="utf-8")
    scratch.replace(path)


def main(words: list[str] | None = None) -> int:
    """Run; the exit code."""
    options = arguments(sys.argv[1:] if words is None else words)
    logging.basicConfig(level=options.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        conf = load(options.conf)
        check_addresses(conf, allow_remote=options.allow_remote)
        asyncio.run(serve(conf, options))
    except (ConfigurationError, OSError) as error:
        print(f"softswitch: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
