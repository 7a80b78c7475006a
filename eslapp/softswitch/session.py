"""A channel as FreeSWITCH's core has it: identity, variables, profile, state machine, the applications it runs.

Owns: the one task per channel that goes through the states, and what may be done to a channel from outside
(hang up, transfer, answer, queue a message). Not here: what an application does (``apps/``), waiting inside one
(``waiting.py``), the legs' SIP (``legs.py``), events' headers (``session_events.py``).

A channel is changed from its own task and from other tasks of the same event loop; nothing is locked because nothing
is done between two awaits by halves. ``is_ready`` is what every application asks before it goes on.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eslapp.softswitch import causes, expansion
from eslapp.softswitch.channel_events import LINEAR
from eslapp.softswitch.dialplan import Action
from eslapp.softswitch.keybinding import Keys, partner_takes, takes
from eslapp.softswitch.messages import Message, ordered
from eslapp.softswitch.numbers import whole
from eslapp.softswitch.origins import ORIGINS
from eslapp.softswitch.profile import CallerProfile
from eslapp.softswitch.session_events import fire, forget_hold, read_undecoded
from eslapp.softswitch.states import CallState, State
from eslapp.softswitch.substitution import expand
from eslapp.softswitch.variables import Variables

if TYPE_CHECKING:
    from eslapp.softswitch.media.port import MediaPort
    from eslapp.softswitch.sip.call import SipCall
    from eslapp.softswitch.switch import Switch

log = logging.getLogger(__name__)
MAX_MESSAGES = 1_000
MAX_DIGITS = 1_000
SHORTEST_DIGIT, LONGEST_DIGIT = 400, 192_000  # in 1/8000 s: what FreeSWITCH makes of shorter and longer ones


@dataclass(frozen=True)
class Refusal:
    """The final SIP answer an application chose for a call that is not answered."""

    code: int
    phrase: str = ""
    contact: str = ""


class Session:
    """One channel. ``run()`` is its life; everything else may be called from anywhere on the loop."""

    errand: Callable[[], Awaitable[None]] | None = None  # done in its own task while it waits to be joined
    confirmation = ""  # of group_confirm_key: asked, given
    given: tuple[str, ...] = ()  # the variables that whoever dialed it gave it
    hung_up_by_phone = has_rung = False
    settling = 0  # how deep it waits for ``hooks``
    level_bug = ""  # what asked for the first of its ``levels``
    is_killed = False  # by an API
    has_profile = True  # it is shown
    is_hearing_music = False  # because the partner holds
    shown = ("", "")  # whom its phone was told it is joined with: name, number
    open_bugs: tuple[str, ...] = ()  # what listened when it ended
    is_write_open = True  # a loopback channel has its codec for one way first
    holds_itself = ended_on_hold = False  # its phone asked for the hold; and hung up with it
    hunted_in = ""  # the dialplan of the extension that ``execute_extension`` runs now

    def __init__(self, switch: Switch, uuid: str, name: str, direction: str, profile: CallerProfile) -> None:
        self.switch = switch
        self.uuid = uuid
        self.name = name
        self.direction = direction
        self.profile = profile
        self.first = profile.frozen()  # the tables keep some of what it began with
        self.number = switch.next_session_number()
        self.variables = Variables()
        self.state = State.NEW if direction == "inbound" else State.NONE
        self.running_state = self.state
        self.call_state = CallState.DOWN
        self.answer_state = "ringing"
        self.hangup_cause = ""
        self.presence_id = ""
        self.presence_count = 0
        self.is_by_user = False  # made by the user/ endpoint
        self.call_uuid = uuid
        self.hit_dialplan = direction == "inbound"
        self.codec = ""
        self.is_reading_linear = 0  # how many applications inside each other read linear audio
        self.other_type = ""
        self.other_profile: CallerProfile | None = None
        self.call: SipCall | None = None
        self.port: MediaPort | None = None
        self.wants_route = direction == "inbound"
        self.actions: deque[Action] = deque()
        self.messages: deque[Message] = deque()
        self.digits: deque[tuple[str, int, str]] = deque()
        self.keys = Keys()
        self.locks = 0  # event-lock of running applications
        self.breaks = 0  # how often somebody asked to break what runs
        self.stops = 0  # how often somebody ended a loop of applications
        self.depth = 0  # applications running inside each other
        self.hung_up_inside = False  # the hang-up came from an application of this channel
        self.refusal: Refusal | None = None  # how to refuse, when the cause alone does not say
        self.dialed = ""  # every digit taken
        self.app_log: list[tuple[str, str]] = []
        self.partner: Session | None = None  # the leg it is bridged to
        self.holding: Session | None = None  # the leg that waits while this one asks somebody else (att_xfer)
        self.is_b_leg = False  # shown as the called side although it called
        self.is_leaving = False  # it hangs up when its bridge ends, whatever its variables say
        self.is_asked = False  # somebody's consultation: it parks when the bridge ends
        self.is_media_ready = False
        self.is_held = False
        self.holds: list[tuple[int, int]] = []  # when the phone held and took back, microseconds; 0: not yet
        self.is_parked = False
        self.dialer: Callable[[], None] | None = None  # who waits for this leg to be answered
        self.soft_execute: Callable[[Session], Any] | None = None
        self.on_hangup: list[Callable[[], None]] = []
        self.on_sent: list[Callable[[], None]] = []  # also to another state
        self.hooks: list[Awaitable[object]] = []  # what a moment began and the channel has not waited for yet
        self.recordings: dict[str, Any] = {}
        self.displaced: Any = None  # the sound of uuid_displace
        self.levels: dict[str, Any] = {}  # of uuid_audio, by side
        self.sockets: list[Any] = []
        self.is_gone = asyncio.Event()
        self._bell: asyncio.Future[None] | None = None
        self._rung = False
        self._task: asyncio.Task[None] | None = None

    # -- asking ---------------------------------------------------------------------------------------------------

    @property
    def is_up(self) -> bool:
        """Nobody hung up yet."""
        return not self.hangup_cause

    @property
    def is_ready(self) -> bool:
        """An application may go on: not hung up, nor sent to another state."""
        return not self.hangup_cause and self.state is self.running_state

    @property
    def read_codec(self) -> str:
        """What applications get from the far end."""
        return LINEAR if self.is_reading_linear else self.codec

    @property
    def is_loop(self) -> bool:
        """Half of a loopback pair, without a phone."""
        return self.call is not None and self.call.is_loopback

    @property
    def is_consuming(self) -> bool:
        """A dialed leg that nobody is joined with yet: it does what it is asked to."""
        return self.direction == "outbound" and self.running_state is State.CONSUME_MEDIA and self.is_up

    @property
    def is_answered(self) -> bool:
        """The far end said 200 (or we did)."""
        return self.answer_state == "answered"

    def get(self, name: str) -> str | None:
        """A variable, else a caller profile field, else a global variable."""
        value = self.variables.get(name)
        if value is not None:
            return value
        value = self.profile.field(name)
        return value if value is not None else self.switch.conf.globals.get(name)

    def expand(self, text: str) -> str:
        """Replace ``${...}`` by what this channel has, and what stands in that."""
        return expand(text, self.get, expansion.of_channels(self.switch), is_deep=True)

    # -- the bell: one sleeper (the channel's own task), many ringers -------------------------------------------------

    def ring_bell(self) -> None:
        """Something happened that a waiting application may want to look at."""
        if self._bell is not None and not self._bell.done():
            self._bell.set_result(None)
        else:
            self._rung = True

    async def wait_for_bell(self, deadline: float | None = None) -> None:
        """Sleep until the bell rings or the loop's clock reaches ``deadline``. Only the channel's own task may."""
        if self._rung:
            self._rung = False
            return
        loop = asyncio.get_running_loop()
        if deadline is not None and deadline <= loop.time():
            return
        self._bell = loop.create_future()
        alarm = loop.call_at(deadline, self.ring_bell) if deadline is not None else None
        try:
            await self._bell
        finally:
            self._bell = None
            self._rung = False
            if alarm is not None:
                alarm.cancel()

    # -- being told ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin the channel's life."""
        from eslapp.softswitch.lifecycle import live

        self._task = asyncio.create_task(live(self), name=f"channel {self.uuid}")

    def is_own_task(self) -> bool:
        """Whether the caller runs in the channel's own task."""
        return self._task is not None and asyncio.current_task() is self._task

    def set_state(self, state: State) -> None:
        """Send the channel to another state; a hung-up channel only goes on towards its end."""
        if self.hangup_cause and state < State.HANGUP:
            return
        self.state = state
        self.ring_bell()
        self._ring_others()

    def _ring_others(self) -> None:
        if self.partner is not None:
            self.partner.ring_bell()
        for listener in list(self.on_sent):
            listener()

    def hangup(self, cause: str = "NORMAL_CLEARING") -> None:
        """Decide the end; the channel's task does the rest. The first cause stays."""
        if self.hangup_cause or self.state >= State.HANGUP and self.state is not State.NONE:
            return
        if self.is_held and self.is_answered:
            self.ended_on_hold = True
            forget_hold(self)
        self.hangup_cause = cause
        self.answer_state = "hangup"
        self.state = State.HANGUP
        if self.partner is not None:
            role = "originator" if self.other_type == "originatee" else "originatee"
            self.variables.set("last_bridge_role", role)
        fire(self, "CHANNEL_HANGUP")
        self.ring_bell()
        self._ring_others()
        if self.dialer is not None:
            self.dialer()
        for listener in list(self.on_hangup):
            listener()

    def queue(self, message: Message) -> bool:
        """Queue a message for the channel; False when too many wait already."""
        if len(self.messages) >= MAX_MESSAGES:
            return False
        self.messages.append(message)
        self.ring_bell()
        return True

    def queue_application(
        self, name: str, argument: str, *, loops: int = 1, said: tuple[str, ...] = (), where: str = "COMMAND"
    ) -> bool:
        """Queue an application as the API does. ``said``: what its event shows besides (``lead-frames: 5``)."""
        born = self.switch.core_headers("COMMAND", ORIGINS[where])
        return self.queue(ordered(name, argument, born, loops=loops, said=said))

    def break_off(self, *, is_all: bool = False) -> None:
        """End what is being played or waited for; with ``is_all`` also forget the queued messages."""
        self.breaks += 1
        if is_all:
            self.messages.clear()
        self.ring_bell()

    def stop_loop(self) -> None:
        """End what plays, and the loop that would play it again."""
        self.stops += 1
        self.break_off()

    def take_digit(self, digit: str, duration: int, source: str = "RTP") -> bool:
        """A digit was pressed (``duration`` in 1/8000 s); whoever waits in the channel gets it, with its event.

        True: the partner does not get it.
        """
        if takes(self, digit):
            return True
        if len(self.digits) < MAX_DIGITS:
            self.digits.append((digit, min(max(duration, SHORTEST_DIGIT), LONGEST_DIGIT), source))
            self.ring_bell()
        return partner_takes(self, digit) or digit in self.keys.private

    def flip_caller_id(self, *, is_bridged: bool = False) -> None:
        """Once, when an outgoing leg gets something to execute: FreeSWITCH swaps caller and callee then."""
        if self.direction != "outbound" or "channel_cid_flipped" in self.variables:
            return
        self.variables.set("pre_transfer_caller_id_name", self.profile.caller_id_name)
        self.variables.set("pre_transfer_caller_id_number", self.profile.caller_id_number)
        self.variables.set("channel_cid_flipped", "yes")
        self.profile = self.profile.flipped()
        if is_bridged:
            self.profile.callee_id_name = self.profile.callee_id_number = ""
        other = self.variables.get("signal_bond")
        fire(self, "CALL_UPDATE", before=[("Direction", "RECV"), *([("Bridged-To", other)] if other else [])])

    def own_call(self) -> None:
        """It is no longer part of the call of whoever dialed it."""
        self.call_uuid = self.uuid
        self.variables.set("call_uuid", self.uuid)

    def transfer(self, extension: str, dialplan: str = "", context: str = "") -> None:
        """Send the channel through the dialplan anew."""
        profile = self.profile
        at = self.switch.now()
        new = profile.transferred(
            at=at,
            destination_number=extension,
            dialplan=dialplan or ("XML" if profile.dialplan.lower() in ("", "inline") else profile.dialplan),
            context=context or profile.context or "default",
            rdnis=profile.destination_number,
        )
        note = f"{at // 1_000_000}:{self.switch.new_uuid()}:bl_xfer:{extension}/{new.context}/{new.dialplan}"
        new.transfer_source = note
        self.profile = new
        if not self._goes_forward():
            return
        read_undecoded(self)
        self.call_uuid = self.uuid
        self.variables.push("transfer_history", note)
        self.variables.set("transfer_source", note)
        for leg in (self, self.partner):
            if leg is not None:
                leg.variables.set("signal_bond", None)
        self.other_type, self.other_profile = "", None
        self.actions.clear()
        self.wants_route = True
        self.set_state(State.ROUTING)

    def _goes_forward(self) -> bool:
        """Count one more transfer; a call that is passed on for ever ends after 70, as FreeSWITCH has it.

        ``max_session_transfers``, where it is set, counts instead of what is told other switches (Max-Forwards).
        """
        name = "max_session_transfers" if self.variables.get("max_session_transfers") else "max_forwards"
        forwards = self.variables.get(name)
        left = whole(forwards, 71) - 1 if forwards else 70
        self.variables.set(name, str(left))
        if left <= 0:
            self.hangup("EXCHANGE_ROUTING_ERROR")
        return left > 0

    def q850(self) -> int:
        """The Q.850 number of the cause it was hung up with."""
        return causes.number_of(self.hangup_cause or "NORMAL_CLEARING")
