"""The daemon as a program: its command line, from the first option to the last signal.

Not here: what it is built of (``app``), the monkey patch (``__main__``).
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from pathlib import Path

import gevent
from gevent.event import Event as Flag

from eslapp import log as logs
from eslapp.app import Daemon, Options
from eslapp.log import get_log, spawn
from eslapp.services import hub_watch
from eslapp.sitedir import SiteDir

log = get_log("app")


def stop_when_replaced(daemon: Daemon, stopping: Flag) -> None:
    """A newer daemon has claimed the site's rows: whatever this one did from now on would be refused."""
    daemon.dispatcher.lost.wait()
    log.error("daemon-replaced", reason="another daemon serves this site now; this one ends")
    stopping.set()


def main() -> None:
    """The command line of the daemon."""
    words = argparse.ArgumentParser(prog="python -m eslapp", description="The Zongji daemon of one site.")
    words.add_argument("--site", required=True)
    words.add_argument("--switch-host", default="127.0.0.1")
    words.add_argument("--switch-port", type=int, default=8021)
    words.add_argument("--outbound-port", type=int, default=8040)
    words.add_argument("--http-host", default="127.0.0.1")
    words.add_argument("--http-port", type=int, default=8080)
    words.add_argument("--domain", default="127.0.0.1")
    words.add_argument("--public-url", default="")
    words.add_argument("--test-calls", action="store_true")
    words.add_argument("--phone-url", default="")
    words.add_argument("--realtime", action=argparse.BooleanOptionalAction, default=True)
    given = words.parse_args()
    logs.configure(json_lines=not sys.stderr.isatty())
    if given.realtime:
        share_the_switchs_priority()
    site = SiteDir(given.site)
    daemon = Daemon(
        Options(
            site=site,
            switch_host=given.switch_host,
            switch_port=given.switch_port,
            switch_password=os.environ.get("ZONGJI_SWITCH_PASSWORD", ""),
            outbound_port=given.outbound_port,
            http_host=given.http_host,
            http_port=given.http_port,
            domain=given.domain,
            public_url=given.public_url,
            test_calls=given.test_calls,
            phone_url=given.phone_url,
        )
    )
    stopping = Flag()
    gevent.signal_handler(signal.SIGTERM, stopping.set)
    gevent.signal_handler(signal.SIGINT, stopping.set)
    hub_watch.favour_the_hub()
    daemon.start()
    hub_watch.spare_the_collector()
    url = f"http://{given.http_host}:{daemon.web.port}"
    state = {"pid": os.getpid(), "url": url, "outbound_port": given.outbound_port}
    gevent.get_hub().threadpool.apply(site.write_state, kwds={"daemon": state})  # syncs the disk: not on the hub
    log.info("daemon-ready", url=url, after_s=age_s())
    spawn(stop_when_replaced, daemon, stopping)
    stopping.wait()
    daemon.stop()


def share_the_switchs_priority() -> None:
    """Both switches run at real-time priority: beside hundreds of calls nobody else gets a core in time. Where it may
    not, the daemon runs as it is. Before any thread is made: threads inherit it."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except (AttributeError, OSError) as error:
        log.info("no-realtime", reason=str(error), mend="LimitRTPRIO=1 in the unit of systemd")


def age_s() -> float:
    """How long ago this process began, interpreter and imports included; 0.0 where the system does not tell."""
    try:
        began = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
        return round(time.clock_gettime(time.CLOCK_BOOTTIME) - began, 2)
    except (OSError, ValueError, IndexError, AttributeError):
        return 0.0
