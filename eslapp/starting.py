"""Parts of the daemon's construction that ``app`` would be too long with: what it starts from, and its listeners.

Owns: the site a daemon can run on, the services flows ask, opening a port with one clear line where that fails.
Not here: the daemon itself (``app``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from eslapp.bus import Bus
from eslapp.clock import Clock
from eslapp.core.model import Interaction, InteractionState
from eslapp.core.phone_numbers import country_of
from eslapp.core.trunk import Trunk, trunk_of
from eslapp.esl.server import OutboundServer
from eslapp.ids import random_id
from eslapp.judging import judged
from eslapp.log import get_log
from eslapp.outside import Outside
from eslapp.revisions import Revisions
from eslapp.services.call_steps import CallSteps
from eslapp.services.chats import Chats
from eslapp.services.dial_in import DialIn
from eslapp.services.flow_runs import FlowRuns
from eslapp.services.flow_services import FlowServices
from eslapp.services.flowless import Flowless
from eslapp.services.guests import Guests
from eslapp.services.hearing_words import HearingWords
from eslapp.services.identities import Identities
from eslapp.services.in_line import InLine
from eslapp.services.lookups import Lookups
from eslapp.services.opening_hours import OpeningHours
from eslapp.services.outside_calls import OutsideCalls
from eslapp.services.phone_tests import PhoneTests
from eslapp.services.promises import Promises
from eslapp.services.prompts import Prompts
from eslapp.services.queue_wait import QueueWait
from eslapp.services.reaching import Messenger
from eslapp.services.recorder import Recorder
from eslapp.services.self_service import SelfService
from eslapp.services.talk_repairs import TalkRepairs
from eslapp.services.talks import Talks
from eslapp.services.transcripts import Transcriptions
from eslapp.services.transfers import Transfers
from eslapp.services.voice_calls import VoiceCalls
from eslapp.services.voicemails import Voicemails
from eslapp.services.waiting_room import WaitingRoom
from eslapp.services.whispers import Whispers
from eslapp.sitedir import SiteDir
from eslapp.store import Store, interactions, number_forms
from ivr import chinese
from ivr import service_calls as asked
from ivr.loader import load_site
from ivr.site import Site
from ivr.whisper import whisper_speech
from recordings.transcribe.client import TranscriberClient
from webhooks.channels import CHANNELS

log = get_log("app")


def one_form_of_numbers(store: Store, site: Site, at: float) -> None:
    """Numbers kept before the site said its country are found like the others; told where there were any."""
    country = country_of(site.country, site.timezone)
    settled = store.write(lambda tx: number_forms.settle(tx, country=country, at=at))
    if settled != number_forms.Settled():
        log.info("numbers-in-one-form", country=country, **asdict(settled))


def flow_services(
    site_dir: SiteDir,
    *,
    site: Callable[[], Site],
    store: Store,
    clock: Clock,
    chats: Callable[[], Chats],
    bus: Bus,
    public_url: str = "",
) -> FlowServices:
    """Everything ``ivr.service_calls`` may ask for."""
    key = site_dir.secrets().session_key
    lookups = Lookups(lambda: Outside(site().outside.private), site_dir.word)
    kept = SelfService(store=store, clock=clock)
    messenger = Messenger(store, lambda *what: chats().send(*what[:4], once=what[4]), clock=clock, base=public_url)
    identities = Identities(store=store, clock=clock, send=lambda *what: chats().send(*what), key=key)
    return FlowServices(
        {
            asked.AskSystem: lookups.ask,
            asked.OpenTicket: kept.open_ticket,
            asked.KeepSurvey: kept.keep_survey,
            asked.SendText: messenger.send_text,
            asked.SendCode: identities.send_code,
            asked.CheckCode: identities.check_code,
            asked.FindMember: identities.find_member,
            asked.KeepIdentity: identities.keep,
            asked.TakeDialInCode: DialIn(bus=bus, store=store, clock=clock, key=key).take,
        }
    )


@dataclass(frozen=True, slots=True)
class Parts:
    """What the steps of calls are made of."""

    site_dir: SiteDir
    site: Callable[[], Site]
    store: Store
    bus: Bus
    world: Callable[[], Any]
    prompts: Prompts
    recorder: Recorder
    domain: str
    clock: Clock
    outside: OutsideCalls


def call_steps(parts: Parts) -> CallSteps:
    """Everything ``ivr.call_effects`` may ask for."""

    def trunk() -> Trunk:
        return trunk_of(parts.site().trunk)

    def country() -> str:
        return country_of(parts.site().country, parts.site().timezone)

    rows = {"store": parts.store, "clock": parts.clock, "prompts": parts.prompts}
    client = TranscriberClient(parts.site_dir.transcriber_socket, connect_s=0.2)
    folder = parts.site_dir.var / "listening"
    return CallSteps(
        recorder=parts.recorder,
        voicemails=Voicemails(
            bus=parts.bus,
            recorder=parts.recorder,
            folder=parts.site_dir.recordings,
            world=parts.world,
            ids=random_id,
            **rows,
        ),
        transfers=Transfers(trunk=trunk, country=country, outside=parts.outside, domain=parts.domain, **rows),
        hearing=HearingWords(client=client, prompts=parts.prompts, folder=folder, ids=random_id),
        promises=Promises(bus=parts.bus, trunk=trunk, country=country, clock=parts.clock),
    )


def talks_of(parts: Parts, link: Any) -> tuple[Talks, TalkRepairs]:
    """What happens within talks, and what puts it right."""
    guests = Guests(
        bus=parts.bus,
        link=link,
        world=parts.world,
        trunk=lambda: trunk_of(parts.site().trunk),
        live=parts.outside,
        domain=parts.domain,
        clock=parts.clock,
    )
    talks = Talks(
        bus=parts.bus,
        link=link,
        guests=guests,
        recorder=parts.recorder,
        find=lambda name: parts.store.read(lambda tx: interactions.get(tx, name)),
        handed_out=parts.outside.handed_out,
    )
    repairs = TalkRepairs(
        bus=parts.bus,
        talks=talks,
        guests=guests,
        find=lambda leg: parts.store.read(lambda tx: interactions.by_leg(tx, leg)),
        clock=parts.clock,
    )
    return talks, repairs


def phone_tests_of(parts: Parts, link: Any) -> PhoneTests:
    """Echo calls to agents' phones; the question is asked in the agent's own language."""

    def words(agent: str) -> list[str]:
        site = parts.site()
        known = site.agents.get(agent)
        spoken = [language for language in (known.languages if known else ()) if language in site.languages]
        return parts.prompts.phone_test(spoken[0] if spoken else site.default_language)

    return PhoneTests(bus=parts.bus, link=link, world=parts.world, domain=parts.domain, words=words, clock=parts.clock)


def wait_of(parts: Parts) -> Callable[[str], QueueWait]:
    """What a contact hears in line, by interaction."""
    return lambda name: QueueWait(name, world=parts.world, prompts=parts.prompts, clock=parts.clock, bus=parts.bus)


def waiting_of(parts: Parts, link: Any, flows: FlowRuns, calls: Callable[[], VoiceCalls]) -> tuple[WaitingRoom, InLine]:
    """How callers wait, on their connections and without."""

    def state_of(leg: str) -> InteractionState | None:
        found = parts.world().interaction(calls().interaction_of(leg))
        return found.state if found is not None else None

    room = WaitingRoom(
        link=link,
        state_of=state_of,
        hung_up=lambda *who: calls().hung_up_in_line(*who),
        again=lambda leg: line.again(calls().interaction_of(leg)),
    )
    line = InLine(
        bus=parts.bus,
        store=parts.store,
        prompts=parts.prompts,
        world=parts.world,
        wait_for=wait_of(parts),
        room=room,
        flows=flows,
        clock=parts.clock,
    )
    return room, line


def flowless_of(parts: Parts, steps: CallSteps) -> Flowless:
    """Contacts we have called and an agent has handed on."""
    return Flowless(
        bus=parts.bus,
        world=parts.world,
        site=parts.site,
        wait_for=wait_of(parts),
        performers=steps.on_calls(),
        clock=parts.clock,
    )


def opening_hours_of(parts: Parts) -> OpeningHours:
    """When queues open and close."""
    return OpeningHours(bus=parts.bus, world=parts.world, site=parts.site, clock=parts.clock)


def transcriptions_of(parts: Parts) -> Transcriptions:
    """Recordings on their way to words."""
    return Transcriptions(
        store=parts.store,
        client=TranscriberClient(parts.site_dir.transcriber_socket),
        folder=parts.site_dir.recordings,
        clock=parts.clock,
        languages=tuple(parts.site().languages),
    )


def whispers_of(parts: Parts, link: Any) -> Whispers:
    """What agents hear before the join, each in the first of their own languages that the site speaks."""

    def words(one: Interaction) -> list[str]:
        site, agent = parts.site(), parts.site().agents.get(one.agent)
        spoken = [language for language in (agent.languages if agent else ()) if language in site.languages]
        waited_s = parts.clock() - (one.queued_at if one.queued_at is not None else parts.clock())
        language = spoken[0] if spoken else site.default_language
        return parts.prompts.paths(whisper_speech(site, one.queue, language, waited_s))

    return Whispers(link=link, words=words)


def load_runnable(site_dir: SiteDir) -> Site:
    """The site as it is, or as it last was good: a daemon restarted over a broken file serves on."""
    revisions = Revisions(site_dir)
    state = revisions.state()
    site, problems = judged(site_dir.root)
    canary = (state.get("canary") or {}).get("revision", "")
    if site is not None and site.revision not in {*state.get("refuted", {}), canary}:
        return site
    is_tried = site is not None and site.revision == canary
    for problem in problems:
        log.error("site-broken", problem=chinese.both(problem))
    site = revisions.load(state.get("revision", "")) or load_site(site_dir.last_good)[0]
    if site is None:
        raise SystemExit("\n".join(chinese.both(problem) for problem in problems))
    if is_tried:
        log.info("site-tried", revision=canary, against=site.revision)
    else:
        log.error("site-kept", reason="the files have mistakes; running on the last good ones", revision=site.revision)
    return site


def started(server: OutboundServer) -> OutboundServer:
    """The server, listening."""
    server.start()
    return server


def grants_of(channel: str) -> Mapping[str, Any]:
    """What acts on this channel allow us to answer."""
    found = CHANNELS.get(channel)
    return found.capabilities.grants if found else {}


def listening(what: str, port: int, option: str, listen: Callable[[], Any]) -> Any:
    """Open a listener, or end with one line that names the port and the mend."""
    try:
        return listen()
    except OSError as error:
        raise SystemExit(
            f"port {port} for {what} is not free ({error.strerror}); choose another with {option}, 0 for any"
        ) from None
