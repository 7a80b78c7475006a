"""The commands this project gives the switch: one function per command, every argument through its door.

Owns: api lines (the text after ``api`` or ``bgapi``) and applications (``App``: what ``sendmsg execute`` takes).
Not here: what an argument may hold (``doors``), sending (``link``, ``call``).

>>> uuid_kill("8c7e457d-5817-49e6-9ab5-d842b980bceb", "USER_BUSY")
'uuid_kill 8c7e457d-5817-49e6-9ab5-d842b980bceb USER_BUSY'
>>> playback(["/s/a.wav", "/s/b.wav"])
App(name='playback', arg='file_string:///s/a.wav!/s/b.wav')
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from . import doors
from .doors import CommandError as CommandError

DIGITS_VARIABLE = "zj_digits"  # where play_and_get_digits leaves its result
_SHORTEST_SILENCE = "silence_stream://1"  # play_and_get_digits must be given files


class App(NamedTuple):
    """A dialplan application with its argument."""

    name: str
    arg: str = ""


def _assignments(variables: Mapping[str, str]) -> str:
    """``a=1;b=two words``: the form of ``^^;`` lists and of ``uuid_setvar_multi``."""
    return ";".join(
        f"{doors.variable_name(name)}={doors.variable_value(value, name)}" for name, value in variables.items()
    )


def quoted(text: str) -> str:
    """The switch splits at blanks outside single quotes; our alphabets hold no quotes."""
    return f"'{text}'" if " " in text else text


def sound_list(sounds: str | Sequence[str]) -> str:
    each = [sounds] if isinstance(sounds, str) else list(sounds)
    checked = [doors.sound(one) for one in each]
    if not checked:
        raise CommandError("sounds: nothing to play")
    return checked[0] if len(checked) == 1 else "file_string://" + "!".join(checked)


# --- applications, run on a leg by ``call.execute`` -------------------------------------------------------------


def answer() -> App:
    return App("answer")


def park() -> App:
    return App("park")


def playback(sounds: str | Sequence[str]) -> App:
    """Play one sound, or several without a gap."""
    return App("playback", sound_list(sounds))


def play_and_get_digits(
    sounds: str | Sequence[str],
    *,
    low: int,
    high: int,
    ends: str = "#",
    first_s: float = 5.0,
    next_s: float = 3.0,
    pattern: str = r"\d+",
) -> App:
    """Play, and collect ``low`` to ``high`` keys in one try; the result is in ``zj_digits`` of its completion.

    ``ends``: keys that end the input (not part of it); ``first_s``: how long to wait after the prompt for the first
    key; ``next_s``: for each further one; ``pattern``: what the whole input must look like.
    """
    if low > high:
        raise CommandError(f"low: {low} is more than high ({high})")
    prompt = _SHORTEST_SILENCE if sounds in ([], ()) else sound_list(sounds)
    return App(
        "play_and_get_digits",
        " ".join(
            (
                doors.whole(low, 0, 64, "low"),
                doors.whole(high, 1, 64, "high"),
                "1",
                doors.milliseconds(first_s, "first_s", 120),
                doors.keys(ends, "ends") or "none",
                quoted(prompt),
                _SHORTEST_SILENCE,
                DIGITS_VARIABLE,
                doors.pattern(pattern),
                doors.milliseconds(next_s, "next_s", 120),
            )
        ),
    )


def set_variables(variables: Mapping[str, str]) -> App:
    if not variables:
        raise CommandError("variables: nothing to set")
    return App("multiset", "^^;" + _assignments(variables))


def sleep(seconds: float) -> App:
    return App("sleep", doors.milliseconds(seconds, "seconds"))


def transfer(extension: str, context: str) -> App:
    return App("transfer", f"{doors.word(extension, 'extension')} XML {doors.word(context, 'context')}")


RINGING = "%(1000,4000,450)"  # what a caller hears while somebody is rung for them


def bridge_to(target: str, *, ring_s: int, caller_number: str = "") -> App:
    """Ring a ``user_target`` or an ``outside_target`` and join it with the leg; on a failure the leg stays."""
    options = {
        "originate_timeout": doors.whole(ring_s, 1, 600, "ring_s"),
        "ignore_early_media": "true",
        **({"origination_caller_id_number": doors.number(caller_number)} if caller_number else {}),
    }
    return App("bridge", f"{{^^;{_assignments(options)}}}{target}")


def user_target(extension: str, domain: str) -> str:
    """A registered phone, as a dial string."""
    return f"user/{doors.word(extension, 'extension')}@{doors.domain(domain)}"


def outside_target(number: str, way: str) -> str:
    """A telephone number as a dial string. ``way``: "gateway NAME" (one of the switch's own) or "server HOST:PORT" (a
    trunk that knows us by address)."""
    kind, _, where = way.partition(" ")
    dialled = doors.number(number)
    if kind == "gateway":
        return f"sofia/gateway/{doors.word(where, 'gateway')}/{dialled}"
    if kind == "server":
        return f"sofia/internal/{dialled}@{doors.host_port(where)}"
    raise CommandError(f"way: {way!r} is refused; allowed are 'gateway NAME' and 'server HOST:PORT'")


def hangup(cause: str = "NORMAL_CLEARING") -> App:
    return App("hangup", doors.cause(cause))


# --- api lines, sent by ``link.api``, ``link.bgapi`` or ``call.api`` --------------------------------------------


def originate_user(
    offer_leg: str,
    extension: str,
    domain: str,
    *,
    timeout_s: int = 20,
    caller_number: str = "",
    caller_name: str = "",
    variables: Mapping[str, str] | None = None,
) -> str:
    """Ring a registered user's phone and park it when it answers. ``offer_leg`` becomes the new leg's uuid.

    ``caller_number`` and ``caller_name`` come from strangers and are cleaned, not refused.
    """
    wanted = {
        "origination_uuid": doors.leg(offer_leg, "offer_leg"),
        "ignore_early_media": "true",
        "hangup_after_bridge": "true",
        "originate_timeout": doors.whole(timeout_s, 1, 600, "timeout_s"),
        "origination_caller_id_number": doors.shown_number(caller_number),
        "origination_caller_id_name": doors.shown_name(caller_name) or doors.shown_number(caller_number),
    }
    user = f"user/{doors.word(extension, 'extension')}@{doors.domain(domain)}"
    return _originate(wanted, variables, user)


def originate_outside(
    leg: str, number: str, way: str, *, timeout_s: int = 25, caller_number: str, variables: Mapping[str, str]
) -> str:
    """Call a number outside and park it when it answers; ``way`` as in ``outside_target``."""
    target = outside_target(number, way)
    wanted = {
        "origination_uuid": doors.leg(leg),
        "ignore_early_media": "true",
        "hangup_after_bridge": "true",
        "originate_timeout": doors.whole(timeout_s, 1, 600, "timeout_s"),
        "origination_caller_id_number": doors.shown_number(caller_number),
        "origination_caller_id_name": doors.shown_number(caller_number),
    }
    return _originate(wanted, variables, target)


def _originate(wanted: Mapping[str, str], variables: Mapping[str, str] | None, target: str) -> str:
    both = wanted.keys() & (variables or {}).keys()
    if both:
        raise CommandError(f"variables: {sorted(both)} are set by originate_user itself")
    given = {**wanted, **(variables or {})}
    inside = ";".join(
        f"{doors.variable_name(name)}={quoted(doors.variable_value(value, name))}" for name, value in given.items()
    )
    return f"originate {{^^;{inside}}}{target} &park()"


def uuid_bridge(caller: str, agent: str) -> str:
    return f"uuid_bridge {doors.leg(caller, 'caller')} {doors.leg(agent, 'agent')}"


def uuid_break(leg: str) -> str:
    """End what the leg plays now. Not "all": that forgets what is queued, whose end would never be told."""
    return f"uuid_break {doors.leg(leg)}"


def uuid_kill(leg: str, cause: str = "NORMAL_CLEARING") -> str:
    return f"uuid_kill {doors.leg(leg)} {doors.cause(cause)}"


def uuid_record(leg: str, action: str, path: str) -> str:
    """``action``: start, stop, mask or unmask."""
    if action not in ("start", "stop", "mask", "unmask"):
        raise CommandError(f"action: {action!r} is refused; allowed are start, stop, mask and unmask")
    return f"uuid_record {doors.leg(leg)} {action} {quoted(doors.path(path))}"


def uuid_setvar(leg: str, variables: Mapping[str, str]) -> str:
    """Set variables on a leg from outside."""
    if not variables:
        raise CommandError("variables: nothing to set")
    return f"uuid_setvar_multi {doors.leg(leg)} {_assignments(variables)}"


def prepare_bridge(leg: str, *, is_socket_kept: bool) -> list[str]:
    """What the leg needs before and after ``bridge_to``: to stay when nobody answers, to be heard ringing, and (not
    ``is_socket_kept``) not to be reset in the middle of the talk when our connection closes."""
    checked = doors.leg(leg)
    resume = "true" if is_socket_kept else "false"
    values = f"socket_resume={resume};continue_on_fail=true;hangup_after_bridge=false"
    return [
        f"uuid_setvar_multi {checked} {values}",
        f"uuid_setvar {checked} ringback {RINGING}",
        f"uuid_setvar {checked} transfer_ringback {RINGING}",
    ]


def return_after_bridge(leg: str, extension: str, context: str) -> str:
    """Prepare a leg for ``uuid_bridge``: when the bridge ends while the leg is up, it goes to this extension.

    ``socket_resume`` goes off with it: FreeSWITCH RESETS a leg whose ``socket`` connection closes while it is true,
    also out of a bridge (mod_event_socket, end of listener_run); the dialplan sets it again when the leg comes back.
    """
    target = f"{doors.word(extension, 'extension')}:XML:{doors.word(context, 'context')}"
    return f"uuid_setvar_multi {doors.leg(leg)} socket_resume=false;transfer_after_bridge={target}"


def uuid_transfer(leg: str, extension: str, context: str, *, partner: bool = False) -> str:
    """``partner``: whoever is bridged with the leg, refused where the leg is gone; alone it goes itself."""
    where = f"{doors.word(extension, 'extension')} XML {doors.word(context, 'context')}"
    return f"uuid_transfer {doors.leg(leg)} {'-bleg ' if partner else ''}{where}"


def with_sound(leg: str, sounds: str | Sequence[str], extension: str, context: str = "zongji") -> list[str]:
    """Send a leg to an extension that plays ``${zj_sound}``."""
    return [f"uuid_setvar {doors.leg(leg)} zj_sound {sound_list(sounds)}", uuid_transfer(leg, extension, context)]


def ask_if_heard(leg: str, sounds: str | Sequence[str]) -> list[str]:
    """Ask whoever has answered to press 1 if they hear this; the leg hangs up by itself, ``zj_heard`` has the key."""
    return with_sound(leg, sounds, "zj-phone-test")


def whisper(leg: str, sounds: str | Sequence[str]) -> list[str]:
    """Let a parked leg hear this; it parks again after it, with ``zj_said`` set."""
    return with_sound(leg, sounds, "zj-whisper")


def stay_after_bridge(leg: str) -> str:
    """A leg whose partner is about to be taken away parks and waits for us."""
    return f"uuid_setvar_multi {doors.leg(leg)} hangup_after_bridge=false;park_after_bridge=true"


def end_after_bridge(leg: str) -> str:
    """The opposite of ``stay_after_bridge``."""
    return f"uuid_setvar_multi {doors.leg(leg)} hangup_after_bridge=true;park_after_bridge=false"


def uuid_three_way(leg: str, other: str) -> str:
    """``leg`` joins the talk of ``other``: all hear each other."""
    return f"uuid_transfer {doors.leg(leg)} three_way:{doors.leg(other, 'other')} inline"


WHISPERS = {"listen": (False, False), "whisper": (False, True), "barge": (True, True)}  # to the partner, to the leg


def uuid_eavesdrop(leg: str, other: str, mode: str) -> str:
    """``leg`` hears the talk of ``other``; ``mode``: "listen", "whisper" (``other`` hears it) or "barge" (both do)."""
    if mode not in WHISPERS:
        raise CommandError(f"mode: {mode!r} is refused; allowed are {', '.join(WHISPERS)}")
    to_partner, to_other = (str(one).lower() for one in WHISPERS[mode])
    steps = (
        "set:eavesdrop_enable_dtmf=false",
        f"set:eavesdrop_whisper_aleg={to_partner}",
        f"set:eavesdrop_whisper_bleg={to_other}",
        f"eavesdrop:{doors.leg(other, 'other')}",
    )
    return f"uuid_transfer {doors.leg(leg)} {','.join(steps)} inline"


def uuid_send_info(leg: str, text: str) -> str:
    """A SIP INFO with one word as text/plain, in the leg's dialog."""
    return f"uuid_send_info {doors.leg(leg)} text plain {doors.word(text, 'text')}"


def uuid_exists(leg: str) -> str:
    return f"uuid_exists {doors.leg(leg)}"


def uuid_dump(leg: str) -> str:
    """All headers and variables of a leg as JSON (``codec.parse_event_json`` reads it)."""
    return f"uuid_dump {doors.leg(leg)} json"


def uuid_getvar(leg: str, name: str) -> str:
    """One variable (``_undef_`` where unset). Never ``getvar``: its reply is not length-framed and can be forged."""
    return f"uuid_getvar {doors.leg(leg)} {doors.variable_name(name)}"


def show_channels() -> str:
    return "show channels as json"


def recover_calls() -> str:
    """The calls of a switch that died (``track-calls``) come back by the same uuids; those of now are not touched."""
    return "sofia recover"


def show_registrations() -> str:
    return "show registrations as json"


def version() -> str:
    return "version"


def refusal(reply: str) -> str:
    """The switch's complaint in the reply to an api line, ``""`` where it is content."""
    text = reply.strip()
    return text if text.startswith(("-ERR", "-USAGE", "USAGE:")) or text == "-ERROR" else ""
