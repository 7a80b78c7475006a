"""``eavesdrop uuid|all``: listen to a call; keys: 2 speaks to its channel, 1 to the other side, 3 to both, 0 to nobody.

``*`` ends it (with ``all``: goes on to the next channel). Variables as FreeSWITCH's: eavesdrop_enable_dtmf,
eavesdrop_require_group, eavesdrop_whisper_aleg and _bleg (speak from the start), eavesdrop_bridge_aleg and _bleg
(which side is heard), eavesdrop_indicate_new, _idle and _failed (sounds).
"""

from __future__ import annotations

from eslapp.softswitch.eavesdropping import Ways, eavesdrop, may_listen
from eslapp.softswitch.playing import play
from eslapp.softswitch.session import Session
from eslapp.softswitch.waiting import wait

IDLE_S = 2.0


async def run(session: Session, data: str) -> None:
    """See the module."""
    wanted = data.strip()
    group = session.variables.text("eavesdrop_require_group")
    if wanted.lower() == "all":
        await _everybody(session, group)
        return
    target = session.switch.locate(wanted)
    if target is not None:
        await eavesdrop(session, target, ways(session), group)


def ways(session: Session) -> Ways:
    """As the variables say."""
    variables = session.variables
    keys = variables.get("eavesdrop_enable_dtmf")
    heard = [variables.is_true(f"eavesdrop_bridge_{side}") for side in ("aleg", "bleg")]
    of_target, of_partner = heard if any(heard) else (True, True)
    return Ways(
        of_target,
        of_partner,
        to_partner=variables.is_true("eavesdrop_whisper_aleg"),
        to_target=variables.is_true("eavesdrop_whisper_bleg"),
        by_keys=keys is None or variables.is_true("eavesdrop_enable_dtmf"),
    )


async def _everybody(session: Session, group: str) -> None:
    """One channel after the other, for ever."""
    while session.is_ready:
        found = [each for each in session.switch.sessions.values() if each is not session and each.is_up]
        has_listened = False
        for target in [each for each in found if each.is_media_ready and may_listen(each, group)]:
            if session.is_ready and target.is_up:
                await _indicate(session, "new")
                has_listened = await eavesdrop(session, target, ways(session), group) is not None or has_listened
        if not has_listened and session.is_ready:
            await _indicate(session, "failed" if found else "idle")
            await wait(session, timeout_s=IDLE_S, on_digit=lambda digit: digit == "*")


async def _indicate(session: Session, what: str) -> None:
    sound = session.variables.text(f"eavesdrop_indicate_{what}")
    if sound:
        await play(session, sound)
