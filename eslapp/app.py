"""Builds the daemon: the only file that constructs everything and says who is told what.

Owns: construction, the order of start and stop. Not here: what any part does, the command line (``daemon``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gevent

from eslapp.bus import Bus
from eslapp.clock import steady, wall
from eslapp.core.events import InteractionClosed, RecordingFinished
from eslapp.core.trunk import trunk_of
from eslapp.esl import facts, switch_events
from eslapp.esl.codec import Event
from eslapp.esl.link import SwitchLink
from eslapp.esl.server import OutboundServer
from eslapp.ids import random_id
from eslapp.log import get_log, spawn
from eslapp.options import Options as Options
from eslapp.revisions import Revisions
from eslapp.services import hub_watch
from eslapp.services.call_recording import is_wanted
from eslapp.services.callbacks import Callbacks
from eslapp.services.chats import Chats
from eslapp.services.dispatcher import Dispatcher
from eslapp.services.flow_facts import FlowFacts
from eslapp.services.flow_runs import FlowRuns
from eslapp.services.inbox_worker import InboxWorker, Source
from eslapp.services.outside_calls import OutsideCalls
from eslapp.services.prompts import Prompts
from eslapp.services.publisher import Publisher
from eslapp.services.reconciler import Reconciler
from eslapp.services.recorder import Recorder
from eslapp.services.voice_calls import VoiceCalls
from eslapp.services.voice_offers import VoiceOffers
from eslapp.sitedir import Secrets, SiteDir
from eslapp.starting import (
    Parts,
    call_steps,
    flow_services,
    flowless_of,
    grants_of,
    listening,
    load_runnable,
    one_form_of_numbers,
    opening_hours_of,
    phone_tests_of,
    started,
    talks_of,
    transcriptions_of,
    waiting_of,
    whispers_of,
)
from eslapp.store import Store, events, flow_sessions
from eslapp.taking_up import TakingUp, settings_of
from ivr.engine import Engine
from ivr.site import Site
from webhooks.app import channels_of, create_app, live_part
from webhooks.channels import CHANNELS
from webhooks.deps import Deps, WebSettings
from webhooks.media_worker import MediaWorker
from webhooks.puller import Puller
from webhooks.server import serve

log = get_log("app")


class Daemon:
    """All parts of one site's daemon."""

    def __init__(self, options: Options) -> None:
        self.options = options
        site_dir = options.site
        site_dir.make()
        self.site = site = load_runnable(site_dir)
        self.revisions = Revisions(site_dir)
        secrets = site_dir.secrets(site.agents)
        self.clock = steady()  # one for all: a step of the machine's clock moves no timer
        self.bus = Bus()
        self.store = Store(site_dir.database, publish=self.bus.publish)
        self.store.open(at=wall())
        one_form_of_numbers(self.store, site, wall())
        told = settings_of(site)
        self.dispatcher = Dispatcher(
            self.store,
            self.bus,
            self.clock,
            random_id,
            told.queues,
            told.agents,
            rules=told.rules,
            revision=told.revision,
        )
        self.link = SwitchLink(
            options.switch_host,
            options.switch_port,
            options.switch_password or secrets.esl_password,
            on_event=self._on_event,
            on_up=self._on_up,
        )
        self._build_services(site_dir)
        self.publisher = self._publisher(site_dir)
        self.web_deps = Deps(
            bus=self.bus,
            store=self.store,
            site=site,
            secrets=secrets,
            recordings=site_dir.recordings,
            media=site_dir.media,
            word=site_dir.word,
            clock=self.clock,
            settings=WebSettings(public_url=options.public_url, phone_url=options.phone_url, sip_domain=options.domain),
            checks={"switch": lambda: self.link.is_up},
            inbox_arrived=self.inbox.wake,
            publishing=self.publisher,
        )
        self.web_app = create_app(self.web_deps)
        self._greenlets: list[gevent.Greenlet] = []

    def _publisher(self, site_dir: SiteDir) -> Publisher:
        def in_force(site: Site, secrets: Secrets) -> None:
            self.site = self.web_deps.site = site
            self.web_deps.secrets = secrets

        parts = {"dispatcher": self.dispatcher, "flows": self.flows, "link": self.link}
        take_up = TakingUp(site_dir, site=lambda: self.site, in_force=in_force, **parts)
        return Publisher(
            site_dir=site_dir,
            revisions=self.revisions,
            site=self.site,
            take_up=take_up,
            on_trial=take_up.try_out,
            tell=lambda event: self.store.write(lambda tx: events.append(tx, event)),
            clock=self.clock,
            in_use=lambda: self.store.read(flow_sessions.revisions_of_open),
        )

    def _world(self) -> Any:
        return self.dispatcher.world

    def _build_flows(self, site_dir: SiteDir) -> None:
        flow_facts = FlowFacts(world=self._world, site=lambda: self.site, store=self.store, clock=self.clock)
        parts_of = {"store": self.store, "clock": self.clock, "bus": self.bus, "public_url": self.options.public_url}
        services = flow_services(site_dir, site=lambda: self.site, chats=lambda: self.chats, **parts_of)
        prompts = Prompts(site_dir, lambda: self.site)
        self._parts = parts = Parts(
            site_dir,
            lambda: self.site,
            self.store,
            self.bus,
            self._world,
            prompts,
            self.recorder,
            self.options.domain,
            self.clock,
            OutsideCalls(self._world),
        )
        self.call_steps = steps = call_steps(parts)
        self.flows = FlowRuns(store=self.store, clock=self.clock, facts=flow_facts, older=self.revisions.load)
        self.flows.publish(Engine(self.site))
        self.chats = Chats(
            bus=self.bus,
            store=self.store,
            flows=self.flows,
            world=self._world,
            clock=self.clock,
            ids=random_id,
            performers={**services.on_chats(), **steps.on_chats()},
        )
        self.room, in_line = waiting_of(parts, self.link, self.flows, lambda: self.calls)
        self.calls = VoiceCalls(
            bus=self.bus,
            store=self.store,
            flows=self.flows,
            prompts=prompts,
            world=self._world,
            in_line=in_line,
            room=self.room,
            flowless=flowless_of(parts, steps),
            send_text=self.chats.send,
            clock=self.clock,
            ids=random_id,
            performers={**services.on_calls(), **steps.on_calls()},
            takes_tests=self.options.test_calls,
            pass_key=site_dir.secrets().session_key,
            is_being_joined=lambda name: self.offers.is_joining(name),
        )

    def _build_services(self, site_dir: SiteDir) -> None:
        self.recorder = Recorder(
            store=self.store,
            link=self.link,
            folder=site_dir.recordings,
            clock=self.clock,
            ids=random_id,
            is_wanted=lambda name: is_wanted(self.flows, self._world, lambda: self.site, name),
        )
        self._build_flows(site_dir)
        self.whispers = whispers_of(self._parts, self.link)
        self.offers = VoiceOffers(
            bus=self.bus,
            link=self.link,
            world=self._world,
            domain=self.options.domain,
            recorder=self.recorder,
            whispers=self.whispers,
            contact_of=lambda leg: self.calls.interaction_of(leg),
            is_with_us=lambda leg: self.calls.is_with_us(leg),
            clock=self.clock,
        )
        self.callbacks = Callbacks(
            bus=self.bus,
            link=self.link,
            world=self._world,
            trunk=lambda: trunk_of(self.site.trunk),
            live=self._parts.outside,
            recorder=self.recorder,
            whispers=self.whispers,
            know=self.calls.know,
            clock=self.clock,
            ids=random_id,
        )
        self.talks, repairs = talks_of(self._parts, self.link)
        self.phone_tests = phone_tests_of(self._parts, self.link)
        self.inbox = InboxWorker(
            bus=self.bus,
            store=self.store,
            flows=self.flows,
            chats=self.chats,
            world=self._world,
            source_of=self._source_of,
            parse=self._parse_raw,
            clock=self.clock,
            ids=random_id,
            nudge=lambda account, said, whose: live_part(self.web_app, Puller).wake(account, said, whose),
            media_added=lambda: live_part(self.web_app, MediaWorker).wake(),
        )
        self.transcriptions = transcriptions_of(self._parts)
        self.opening_hours = opening_hours_of(self._parts)
        looked_at: dict[str, Any] = {"link": self.link, "world": self._world, "looks": (repairs, self.room)}
        looked_at["is_being_joined"] = lambda name: self.offers.is_joining(name) or self.callbacks.is_calling(name)
        self.reconciler = Reconciler(bus=self.bus, clock=self.clock, **looked_at)
        told = (self.room, self.offers, self.callbacks, self.talks, self.phone_tests, self.whispers)
        self._told = (*told, self._parts.outside)

    def _source_of(self, channel_account: str) -> Source:
        kind, _, account = channel_account.partition(":")
        settings = self.site.channels.get(account)
        flow = settings.flow if settings else next(iter(self.site.flows))
        return Source(kind, account, flow, grants_of(kind))

    def _parse_raw(self, source: Source, raw: Any) -> Any:
        """What a contact did, as the channel's own file reads the raw event."""
        account = channels_of(self.web_app).of(source.account)
        return CHANNELS[source.type].parse(raw, account) if account else []

    # --- what happens --------------------------------------------------------------------------------------------
    def _on_up(self) -> None:
        log.info("switch-up", host=self.options.switch_host, port=self.options.switch_port)
        is_back = self.reconciler.recover() > 0
        self.reconciler.look(at_start=True)
        self.dispatcher.settled()
        if is_back:
            spawn(self.recorder.next_parts, self.reconciler.talking_leg)

    def _on_event(self, event: Event) -> None:
        fact = switch_events.fact(event)
        if fact is None:
            return
        for part in self._told:
            part.on_fact(fact)
        if isinstance(fact, facts.RecordingStopped):
            spawn(self.recorder.stopped, fact.path, fact.seconds)
        elif isinstance(fact, (facts.PhoneRegistered, facts.PhoneUnregistered)):
            self.reconciler.phone(fact.user, fact.contact if isinstance(fact, facts.PhoneRegistered) else "")

    def _tell_services(self) -> None:
        """Hand each committed event to the services it concerns."""
        for event in self.bus.follow("services", self._look_for_lost_work):
            if isinstance(event, RecordingFinished):
                self.transcriptions.wake()
            elif isinstance(event, InteractionClosed):
                self.calls.forget(event.interaction)
                spawn(self._guarded, self.call_steps.voicemails.call_over, event.interaction)
            else:
                spawn(self._guarded, self.chats.on_event, event)

    def _look_for_lost_work(self) -> None:
        spawn(self._guarded, lambda _: self.chats.recover(), None)
        self.transcriptions.wake()

    def _guarded(self, serve_event: Callable[[Any], None], event: Any) -> None:
        try:
            serve_event(event)
        except Exception:
            log.exception("event-failed", type=type(event).__name__)

    # --- life ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Listen and work; returns when everything listens."""
        options = self.options
        self._greenlets = [
            spawn(self._tell_services),
            *map(spawn, (self.offers.run, self.callbacks.run, self.talks.run, self.phone_tests.run)),
        ]
        gevent.sleep(0)  # the subscriptions exist before the first event
        self.dispatcher.start(waits_for_switch=True, first=self.opening_hours.closed_ones())
        self.publisher.start()  # a revision that is tried out may bring queues: the router takes them
        self.opening_hours.look()
        self.calls.adopt()  # before the first call comes: its leg may be known already
        self.talks.adopt()
        self.server = listening(
            "the switch's calls",
            options.outbound_port,
            "--outbound-port",
            lambda: started(OutboundServer(options.outbound_host, options.outbound_port, self.calls.on_call)),
        )
        self.web = listening(
            "the workbench",
            options.http_port,
            "--http-port",
            lambda: serve(self.web_app, options.http_host, options.http_port),
        )
        self.chats.recover()
        self.call_steps.voicemails.recover()
        self.link.start()
        self._greenlets += [
            spawn(self.inbox.run),
            spawn(self.transcriptions.run),
            spawn(self.reconciler.run),
            spawn(self.opening_hours.run),
            spawn(hub_watch.run),
            spawn(self.publisher.run),
        ]
        self.recorder.salvage(lambda name: name in self._world().interactions)

    def stop(self) -> None:
        """Let go of everything; calls live on in the switch."""
        for greenlet in self._greenlets:
            greenlet.kill(block=False)
        self.web.stop()
        self.server.stop()
        self.link.stop()
        self.dispatcher.stop()
        self.store.close()
