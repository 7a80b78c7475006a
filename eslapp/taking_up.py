"""Puts a revision in force in every part of the daemon, the switch and the voices.

Owns: the order, and what each part is told. Not here: when (``services.publisher``), construction (``app``).

Router first: it alone can refuse, and then nothing has changed. Flows second: who arrives from now on begins on the
new revision. The switch's directory and the prompts follow in the background: a new agent's phone may register a
moment later, and a prompt that is not spoken yet has its spoken fallback (``services.prompts``).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gevent import get_hub

from eslapp import less_urgent
from eslapp.core.settings import Settings, agents_of, queues_of, rules_of
from eslapp.esl.link import SwitchLink
from eslapp.log import get_log, spawn
from eslapp.services.dispatcher import Dispatcher
from eslapp.services.flow_runs import FlowRuns
from eslapp.services.trials import Trial
from eslapp.sitedir import Secrets, SiteDir
from eslapp.switch_files import render_switch, speech_key
from ivr import catalog
from ivr.engine import Engine
from ivr.site import Site
from recordings.speech import spoken_path

log = get_log("taking_up")

SPEAK_S = 1800.0


def settings_of(site: Site) -> Settings:
    """What the router is told of a site."""
    return Settings(queues_of(site), agents_of(site), rules_of(site.routing), site.revision)


class TakingUp:
    """Called with a revision that has been judged good. ``in_force`` tells the parts that read the site anew."""

    def __init__(
        self,
        site_dir: SiteDir,
        *,
        site: Callable[[], Site],
        dispatcher: Dispatcher,
        flows: FlowRuns,
        link: SwitchLink,
        in_force: Callable[[Site, Secrets], None],
    ) -> None:
        self._dir = site_dir
        self._site = site
        self._dispatcher = dispatcher
        self._flows = flows
        self._link = link
        self._in_force = in_force

    def try_out(self, site: Site, trial: Trial, on_verdict: Callable[[str], None]) -> None:
        """Only the flows are new, and only for the trial's share; queues they need are added to the router's."""
        stable = self._site()
        told = settings_of(stable)
        self._dispatcher.adopt(replace(told, queues={**queues_of(site), **told.queues}))
        self._flows.try_out(Engine(site), trial, on_verdict)
        spawn(self._guarded, self._speak, site)

    def __call__(self, site: Site) -> None:
        before = self._site()
        secrets = get_hub().threadpool.apply(self._dir.secrets, (site.agents,))
        self._dispatcher.adopt(settings_of(site))
        self._flows.publish(Engine(site))
        self._in_force(site, secrets)
        if of_the_switch(site) != of_the_switch(before):
            spawn(self._guarded, self._tell_switch, site, secrets)
        spawn(self._guarded, self._speak, site)

    def _guarded(self, work: Callable[..., None], *args: Any) -> None:
        try:
            work(*args)
        except Exception:  # the boundary of one part: the revision is in force without it
            log.exception("part-failed", part_of=work.__name__)

    def _tell_switch(self, site: Site, secrets: Secrets) -> None:
        """The embedded switch reads its rendered files again; whoever runs their own renders them anew."""
        state = self._dir.state()
        ports, bind = state.get("ports", {}), state.get("bind", "127.0.0.1")
        if "sip" not in ports:
            log.warning("switch-not-told", mend="zongji freeswitch render, then fs_cli -x reloadxml")
            return
        for warning in get_hub().threadpool.apply(render_switch, (self._dir, site, secrets, ports, bind)):
            log.warning("switch-opens", what=warning)
        log.info("switch-told", answer=self._link.api("reloadxml").strip())

    def _speak(self, site: Site) -> None:
        """Have what is not spoken yet spoken, in a process of its own."""
        missing = get_hub().threadpool.apply(unspoken, (self._dir, site))
        if not missing:
            return
        log.info("prompts-begun", missing=missing)
        words = [sys.executable, "-m", "recordings.speech", "--site", str(self._dir.root)]
        status, _ = less_urgent.run(words, timeout_s=SPEAK_S)
        log.info("prompts-spoken", revision=site.revision, exit=status)
        if status:
            log.warning("prompts-unvoiced", mend=f"zongji prompts check --site {self._dir.root}")


def of_the_switch(site: Site) -> tuple[Any, ...]:
    """What the switch's configuration is made of."""
    ways = {name: one for name, one in site.channels.items() if one.type in ("sip_trunk", "twilio_voice")}
    return site.agents, site.numbers, site.early_numbers, site.languages, site.trunk, ways, site.country, site.timezone


def unspoken(site_dir: SiteDir, site: Site) -> int:
    """How many of a site's texts have no sound file yet."""
    wanted = catalog.all_speech(site)
    return sum(spoken_path(site_dir.root, site_dir.speech, speech_key(site, one)) is None for one in wanted)
