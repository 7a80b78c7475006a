"""``loopback/extension[/context[/dialplan]]``: a pair of channels; the far one goes through the dialplan.

``loopback/app=name:argument`` runs one application there instead.

What the near one (``-a``) says the far one (``-b``) hears; it rings, answers and ends with it.
Not here: the audio between them (``media.loop``), SIP. FreeSWITCH's bow-out (joining the two real legs) is not done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from eslapp.softswitch import legs
from eslapp.softswitch.channel_events import LINEAR
from eslapp.softswitch.dialplan import Action
from eslapp.softswitch.media import loop
from eslapp.softswitch.media.port import MediaPort
from eslapp.softswitch.profile import CallerProfile, Header
from eslapp.softswitch.session import Session
from eslapp.softswitch.session_events import fire, fire_codecs
from eslapp.softswitch.states import State

if TYPE_CHECKING:
    from eslapp.softswitch.sip.call import SipCall
    from eslapp.softswitch.switch import Switch


class LoopCall:
    """What ``SipCall`` is for a phone: the side of a pair that its channel sees."""

    is_loopback = True
    is_held = False
    flaw = ""
    remote_sdp = local_sdp = auth_user = remote_tag = local_tag = call_id = own_address = ""
    remote_direction = "sendrecv"
    codecs: tuple[str, ...] = ()  # nothing is coded between the two sides
    heard = reoffer_answer = bye = None
    remote_addr = ("", 0)

    def __init__(self, direction: str, media: MediaPort) -> None:
        self.direction = direction
        self.media = media
        self.state = "calling"
        self.session: Session | None = None
        self.twin: LoopCall | None = None
        self.on_progress: Callable[[int, bool], None] | None = None
        self.on_answer: Callable[[], None] | None = None
        self.on_end: Any = None

    def ring(self) -> bool:
        """The far side rings."""
        return self._progress("ringing", 180)

    def early_media(self) -> bool:
        """The far side is heard before it answers."""
        return self._progress("early", 183)

    def _progress(self, state: str, code: int) -> bool:
        if self.state in ("answered", "over"):
            return False
        self.state = state
        twin = self.twin
        if twin is not None and twin.on_progress is not None:
            twin.on_progress(code, code == 183)
        return True

    def answer(self) -> bool:
        """Both are answered, the near one first."""
        twin = self.twin
        if self.state in ("answered", "over") or twin is None or self.session is None or twin.session is None:
            return False
        self.state = twin.state = "answered"
        for session in (self.session, twin.session):
            session.is_media_ready = True
        if twin.on_answer is not None:
            twin.on_answer()
        return True

    def show(self, name: str, number: str) -> None:
        """The far one's display is the near one's caller from now on; the near one's, the far one's callee."""
        if self.twin is None or self.twin.session is None:
            return
        profile = self.twin.session.profile
        if self.direction == "inbound":
            profile.caller_id_name, profile.caller_id_number = name, number
        else:
            profile.callee_id_name, profile.callee_id_number = name, number

    def hangup(self, _cause_code: int = 16, cause_name: str = "NORMAL_CLEARING") -> bool:
        """The other one ends with the same cause."""
        if self.state == "over":
            return False
        self.state = "over"
        twin = self.twin
        if twin is not None and twin.session is not None and twin.session.is_up:
            twin.session.hangup(cause_name)
        return True

    def reject(self, _code: int, *, cause_name: str = "", **_more: object) -> bool:
        """Refused."""
        return self.hangup(16, cause_name or "NORMAL_CLEARING")

    def reinvite(self, *_: object) -> bool:
        """There is nobody to be told."""
        return False

    def send_request(self, *_: object, **__: object) -> bool:
        """The same."""
        return False


def make(
    switch: Switch,
    profile: CallerProfile,
    uuid: str,
    variables: Iterator[Header],
    own: Mapping[str, str],
    originator: Session | None,
) -> Session:
    """The near channel of a new pair, in the registry, not started; the far one starts with it.

    ``own``: the dial string's variables, which the far one gets too.
    """
    assert switch.stack is not None
    near_port, far_port = loop.pair(switch.stack.media.clock)
    near, far = LoopCall("outbound", near_port), LoopCall("inbound", far_port)
    near.twin, far.twin = far, near
    a = Session(switch, uuid, profile.channel_name, "outbound", profile)
    other = switch.new_uuid()
    name = f"loopback/{profile.destination_number}-b"
    theirs = profile.frozen()
    theirs.uuid, theirs.channel_name, theirs.direction = other, name, "inbound"
    b = Session(switch, other, name, "inbound", theirs)
    caller = originator.uuid if originator is not None else ""
    for session, call, leg, twin in ((a, near, "A", b), (b, far, "B", a)):
        call.session = session
        session.codec = originator.codec if originator is not None and originator.codec else LINEAR
        for key, value in (*_common(session, caller), *(variables if session is a else own.items())):
            session.variables.set(key, value)
        session.variables.set("other_loopback_leg_uuid", twin.uuid)
        if session is b:
            session.variables.set("other_loopback_from_uuid", caller)
        session.variables.set("loopback_leg", leg)
        legs.attach(session, cast("SipCall", call))
        switch.add(session)
    if "loopback_app" in own:
        b.wants_route = False
        b.actions.extend((Action("pre_answer"), Action(own["loopback_app"], own.get("loopback_app_arg", ""))))
    for key in [each.strip() for each in own.get("loopback_export", "").split(",") if each.strip()]:
        b.variables.set(key, a.variables.get(key) or b.variables.get(key))
    return a


def announce(a: Session, dialed: str) -> None:
    """Both have their codec before they have a profile. ``dialed``: what stood behind ``loopback/``."""
    b = cast("LoopCall", a.call).twin.session  # type: ignore[union-attr]
    b.running_state = State.NONE
    for session, name in ((a, f"loopback/{dialed}-a"), (b, b.name)):
        kept, session.name, session.has_profile, session.state = session.name, name, False, State.NEW
        fire_codecs(session)
        session.name, session.has_profile = kept, True
    a.state = State.INIT
    fire(a, "CHANNEL_OUTGOING")


def start_far(session: Session) -> None:
    """Once the near one began to live, the far one does."""
    call = cast("LoopCall | None", session.call)
    if call is not None and call.twin is not None and call.twin.session is not None:
        call.twin.session.start()


def _common(session: Session, caller: str) -> Iterator[Header]:
    """``caller``: for whom it is dialed, "" for nobody."""
    is_near = session.direction == "outbound"
    yield "direction", session.direction
    if is_near:
        yield "is_outbound", "true"
    yield "uuid", session.uuid
    if not (is_near and caller):
        yield "call_uuid", session.call_uuid
    yield "session_id", str(session.number)
    if not is_near:
        yield "channel_name", session.name
    for key in ("read", "write"):
        yield f"{key}_codec", session.codec
        yield f"{key}_rate", "8000"
    if is_near and caller:
        yield "loopback_from_uuid", caller
    if is_near:
        yield "channel_name", session.name
