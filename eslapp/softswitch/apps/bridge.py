"""``bridge dial-string``: ring somebody and join them with the caller.

The caller hears what the callee's leg does before the answer: ringing (180), early media (183), or the sound in
``ringback`` / ``transfer_ringback``. Without ``continue_on_fail`` a failure
ends the call with the callee's cause; that nobody answered never does.
"""

from __future__ import annotations

from eslapp.softswitch import causes, hooks, legs
from eslapp.softswitch.bridging import after_bridge, bridge, pass_callee
from eslapp.softswitch.events import ARRAY, elements
from eslapp.softswitch.originate import Dialing, dial_status
from eslapp.softswitch.outgoing import announce_again, legs_entry
from eslapp.softswitch.ringback import Ringback
from eslapp.softswitch.session import Session
from eslapp.softswitch.states import State
from eslapp.softswitch.variables import Variables, is_true
from eslapp.softswitch.waiting import wait

ALWAYS_CONTINUE = frozenset({"NO_ANSWER", "NO_USER_RESPONSE", "ORIGINATOR_CANCEL"})
UNTOLD = ("PICKED_OFF", "MANDATORY_IE_MISSING")  # how these legs end is not yet known to SIP when the bridge tells


async def run(session: Session, data: str) -> None:
    """See the module."""
    if not data.strip():
        return
    variables = session.variables
    variables.set("originate_disposition", "failure")
    variables.set("DIALSTATUS", "INVALIDARGS")
    dialing = Dialing(session.switch, originator=session)
    ringback = Ringback(session, dialing.give_up)
    dialing.on_progress, dialing.on_over = ringback.start, ringback.stop
    dialing.on_lost = lambda is_group: _tell_lost(session, dialing, is_group=is_group)
    peer = await dialing.dial(data)
    if peer is None:
        ringback.end()
        remember(session, dialing)
        _fail(session, dialing.cause)
        return
    await _join(session, peer, dialing, ringback)


async def _join(session: Session, peer: Session, dialing: Dialing, ringback: Ringback) -> None:
    has_answered = session.is_answered
    for name in ("sip_invite_failure_status", "sip_invite_failure_phrase"):  # of those that refused before
        session.variables.set(name, None)
    if has_answered:
        list_again(session.variables, dialing)
    session.variables.set("switch_m_sdp", peer.variables.get("switch_r_sdp"))
    pass_callee(peer, session)
    if peer.is_answered:
        if not (peer.profile.times.progress_media or peer.is_loop or session.is_loop):
            tell_flows(session)
        ringback.end()
        legs.answer(session)
    else:
        ringback.end()
        legs.open_early_media(session)
        peer.dialer = lambda: legs.answer(session) if peer.is_answered else None
    if not has_answered:
        list_again(session.variables, dialing)
    await hooks.settle(session)
    remember(session, dialing)
    if not dialing.is_forked:
        announce_again(peer, session)
        peer.variables.put("originator_codec", f"{session.codec}@8000h@20i")
    await _let_settle(session, peer)
    if not session.is_ready:
        peer.hangup("ORIGINATOR_CANCEL")
        return
    peer.state = State.CONSUME_MEDIA if peer.state < State.CONSUME_MEDIA else peer.state
    await bridge(session, peer)
    peer.dialer = None
    if not peer.profile.times.answered:  # joined in its early media, which is a failure as any other
        _fail(session, peer.hangup_cause or "NORMAL_CLEARING")
    after_bridge(session, peer.hangup_cause or "NORMAL_CLEARING", is_hangup_default=False)


async def _let_settle(session: Session, peer: Session) -> None:
    """The callee's own ``execute_on_answer`` (a whisper) is played to its end first."""
    if peer.settling or peer.hooks:
        kept, peer.dialer = peer.dialer, session.ring_bell
        await wait(session, lambda: not (peer.settling or peer.hooks) or not peer.is_up, breaks=False)
        peer.dialer = kept


def tell_flows(session: Session) -> None:
    """What the other side's answer left of the offered media: sound."""
    for name in ("video_media_flow", "text_media_flow"):
        session.variables.set(name, "inactive")
    session.variables.set("audio_media_flow", session.variables.get("audio_media_flow"))


def remember(session: Session, dialing: Dialing) -> None:
    """What a dialing leaves on its originator: dispositions, causes, legs."""
    variables = session.variables
    _tell_losses(session, dialing)
    is_single = len(dialing.legs) == 1 and not dialing.is_forked
    is_twice = is_single and dialing.legs[0].is_by_user and dialing.answered is not None
    places = {leg.uuid: place for place, leg in enumerate(dialing.legs)}
    told = sorted(dialing.causes, key=lambda each: places[each[0]]) * (2 if is_twice else 1)
    status = (("originate_disposition", dialing.cause), ("DIALSTATUS", dial_status(dialing.cause)))
    for name, value in status:
        variables.set(name, value)
    _tell_causes(variables, told)
    is_nested = not dialing.is_forked and (not dialing.legs or dialing.legs[0].is_by_user)
    for name, value in status if is_nested else ():  # the user endpoint's dialing says so first
        variables.set(name, value)
    if dialing.answered is None:
        variables.set("originate_failed_cause", dialing.cause)
    else:
        for name in ("sip_invite_failure_status", "sip_invite_failure_phrase"):
            variables.set(name, None)


def _tell_lost(session: Session, dialing: Dialing, *, is_group: bool) -> None:
    """Somebody refused while others ring; or nobody of one group answered, and the next one is tried."""
    _tell_losses(session, dialing)
    if is_group:
        _tell_causes(session.variables, dialing.causes)


def _tell_causes(variables: Variables, causes_told: list[tuple[str, str]]) -> None:
    known = elements(variables.text("originate_causes"))
    for entry in (f"{uuid};{cause}" for uuid, cause in causes_told):
        if entry not in known:
            variables.push("originate_causes", entry)


def _tell_losses(session: Session, dialing: Dialing) -> None:
    """What those legs leave that have ended since it was told last: none of them answered."""
    variables = session.variables
    order = {uuid: n for n, (uuid, _) in enumerate(dialing.causes)}
    ended = [leg for leg in dialing.legs if not leg.is_up and leg.uuid not in dialing.told]
    lost = sorted(ended, key=lambda leg: order.get(leg.uuid, -1))
    if not lost or not session.is_up:
        return
    is_first = not dialing.told
    dialing.told.update(leg.uuid for leg in lost)
    refused = [leg for leg in lost if "proto_specific_hangup_cause" in leg.variables]  # the cancelled tell nothing
    for name in ("sip_invite_failure_status", "sip_invite_failure_phrase") if is_first or refused else ():
        if dialing.answered is not None or not refused:
            is_told = dialing.answered is None and not (lost[-1].is_killed or lost[-1].hangup_cause in UNTOLD)
            variables.set(name, lost[-1].variables.get(name) if is_told else None)
        else:
            variables.set(name, refused[-1].variables.get(name))
    _tell_loss(variables, lost[-1].hangup_cause, refused[-1].variables if refused else None)
    if refused and refused[-1] is not lost[-1]:
        variables.tell_again(("last_bridge_hangup_cause",))


def _tell_loss(variables: Variables, cause: str, theirs: Variables | None) -> None:
    """``theirs``: those of the leg that refused last."""
    if theirs is not None:
        phrase = theirs.get("sip_hangup_phrase") or theirs.get("sip_invite_failure_phrase")
        variables.set("sip_hangup_phrase", phrase)
    variables.set("last_bridge_hangup_cause", cause)
    if theirs is not None:
        proto = theirs.get("proto_specific_hangup_cause")
        variables.set("last_bridge_proto_specific_hangup_cause", proto)


def list_again(variables: Variables, dialing: Dialing) -> None:
    """The user endpoint dials inside a dial: once somebody answered, FreeSWITCH lists its legs twice."""
    twice = {legs_entry(leg) for leg in dialing.legs if leg.is_by_user}
    places = {legs_entry(leg): place for place, leg in enumerate(dialing.legs)}
    listed = elements(variables.text("originated_legs"))
    before = [entry for entry in listed if entry not in places]  # of earlier bridges
    mine = sorted({entry for entry in listed if entry in places}, key=places.__getitem__)
    entries = before + [entry for entry in mine for _ in range(2 if entry in twice else 1)]
    variables.put("originated_legs", ARRAY + "|:".join(entries) if len(entries) > 1 else "".join(entries))


def _fail(session: Session, cause: str) -> None:
    """The call ends with the callee's cause, unless it may continue, or ``transfer_on_fail`` (causes, then where to)
    names the cause.
    """
    if not session.is_ready or _may_continue(session.variables, cause):
        return
    variables = session.variables
    listed, *target = [*variables.text("transfer_on_fail").split(), "", ""]
    if is_true(listed):
        return
    if cause in _names(listed):
        extension, *where = target
        session.transfer(cause if extension in ("", "auto_cause") else extension, *where[:2])
        return
    session.hung_up_inside = True
    session.hangup(cause)


def _may_continue(variables: Variables, cause: str) -> bool:
    """``continue_on_fail``: true, or a list of causes; ``failure_causes``: the others. Without both, no answer may."""
    goes_on = variables.text("continue_on_fail")
    failing = variables.text("failure_causes")
    if variables.is_true("continue_on_fail") or cause in _names(goes_on):
        return True
    if failing:
        return cause not in _names(failing)
    return not goes_on and cause in ALWAYS_CONTINUE


def _names(text: str) -> list[str]:
    return [causes.name_of(name.strip(), "") for name in text.split(",")]
