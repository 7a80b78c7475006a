"""Keys that do something while a channel does something else: ``bind_meta_app`` (``*1``) and ``bind_digit_action``.

Owns: which keys are bound, what was pressed so far. Not here: taking digits (``waiting.py``).
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eslapp.softswitch.events import Event
from eslapp.softswitch.numbers import whole
from eslapp.softswitch.session_events import channel_event

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session

META_TIMEOUT_S = 5.0
MAX_BOUND = 100
MAX_PRESSED = 128
CORE_HEADERS = 13  # what every event begins with


@dataclass(frozen=True)
class Meta:
    """What ``*<digit>`` does: an application, on which side (``s`` where it was pressed, ``o``, ``a``, ``b``), once."""

    application: str
    sides: str
    is_once: bool


@dataclass(frozen=True)
class Action:
    """What a row of digits does: ``exec:app``, ``api:name`` or any other name, with a value, on self, peer or both."""

    what: str
    value: str
    target: str


@dataclass
class Metas:
    """What the ``*`` keys of one side do, and since when that side's ``*`` waits for its digit."""

    bound: dict[str, Meta] = field(default_factory=dict)
    since: float | None = None


@dataclass
class Keys:
    """The bindings of one channel."""

    metas: dict[str, Metas] = field(default_factory=lambda: {"a": Metas(), "b": Metas()})  # "b": pressed by the partner
    meta_key: str = "*"
    realms: dict[str, dict[str, Action]] = field(default_factory=dict)
    realm: str = ""
    pressed: str = ""
    timer: asyncio.TimerHandle | None = None
    private: str = ""  # digits that the channel's application takes and its partner does not hear

    @property
    def is_empty(self) -> bool:
        """The channel's own digits do nothing."""
        return not self.metas["a"].bound and not self.realms


def bind_meta(session: Session, side: str, digit: str, meta: Meta) -> None:
    """``side``: who presses it, this channel (``a``) or whom it talks to (``b``)."""
    keys = session.keys
    keys.meta_key = session.variables.text("bind_meta_key", "*")[:1]
    bound = keys.metas[side].bound
    if len(bound) < MAX_BOUND:
        bound[digit] = meta


def unbind_metas(session: Session, digit: str) -> None:
    """Of both sides; "": all."""
    for metas in session.keys.metas.values():
        for each in [digit] if digit else list(metas.bound):
            metas.bound.pop(each, None)


def bind_action(session: Session, realm: str, digits: str, action: Action) -> None:
    """The first realm bound is the one that is heard."""
    keys = session.keys
    actions = keys.realms.setdefault(realm, {})
    if len(actions) < MAX_BOUND:
        actions[digits] = action
    keys.realm = keys.realm or realm


def takes(session: Session, digit: str) -> bool:
    """Whether the digit belongs to a binding of this channel: then nobody else gets it, and no event tells it."""
    keys = session.keys
    if keys.is_empty:
        return False
    return _meta_takes(session, session, keys.metas["a"], digit) or _action_takes(session, keys, digit)


def partner_takes(session: Session, digit: str) -> bool:
    """Whether the partner bound it for this channel: then the partner does not hear it."""
    partner = session.partner
    return partner is not None and _meta_takes(session, partner, partner.keys.metas["b"], digit)


def _meta_takes(pressed_by: Session, owner: Session, metas: Metas, digit: str) -> bool:
    if not metas.bound:
        return False
    now, key = asyncio.get_running_loop().time(), owner.keys.meta_key
    since, metas.since = metas.since, None
    if since is None:
        if digit == key:
            metas.since = now
        return digit == key
    if now - since > META_TIMEOUT_S or digit == key:
        return False
    meta = metas.bound.get(digit)
    if meta is None:
        return True
    if meta.is_once:
        del metas.bound[digit]
    where = _runs_on(meta.sides, pressed_by, owner)
    if where is not None:
        _run(where, meta.application)
    return True


def _runs_on(sides: str, pressed_by: Session, owner: Session) -> Session | None:
    """``o``: the presser's partner; ``a``: who bound the key; ``b``: that one's partner; else who pressed it."""
    if "o" in sides:
        return pressed_by.partner
    if "a" in sides:
        return owner
    return owner.partner if "b" in sides else pressed_by


def _action_takes(session: Session, keys: Keys, digit: str) -> bool:
    actions = keys.realms.get(keys.realm)
    if not actions:
        return False
    if keys.timer is not None:
        keys.timer.cancel()
    keys.pressed = (keys.pressed + digit)[-MAX_PRESSED:]
    longer = [key for key in actions if key.startswith(keys.pressed) and key != keys.pressed]
    is_expression = any(key.startswith("~") for key in actions)
    if not longer and not is_expression:
        pressed, keys.pressed = keys.pressed, ""
        return _match(session, actions, pressed)
    timeout_ms = whole(session.variables.text("bind_digit_digit_timeout"), 1500)
    loop = asyncio.get_running_loop()
    keys.timer = loop.call_later(timeout_ms / 1000, _timed_out, session, keys)
    return True


def _timed_out(session: Session, keys: Keys) -> None:
    pressed, keys.pressed = keys.pressed, ""
    actions = keys.realms.get(keys.realm, {})
    if session.is_up and not _match(session, actions, pressed):
        for digit in pressed:
            session.digits.append((digit, 2_000, "APP"))
        session.ring_bell()


def _match(session: Session, actions: dict[str, Action], pressed: str) -> bool:
    action = actions.get(pressed)
    if action is None:
        found = [actions[key] for key in actions if key.startswith("~") and _is_like(key[1:], pressed)]
        action = found[0] if found else None
    if action is None:
        return False
    targets = [session.partner or session] if action.target in ("peer", "both") else []
    for target in [*targets, *([session] if action.target in ("self", "both") else [])]:
        _act(target, action, pressed)
    return True


def _is_like(expression: str, pressed: str) -> bool:
    try:
        return re.search(expression, pressed) is not None
    except re.error:
        return False


def _act(target: Session, action: Action, pressed: str) -> None:
    """Tell it (an event without a name, as FreeSWITCH's), and do it."""
    target.variables.set("last_matching_digits", pressed)
    kind = re.match(r"(exec(?:\[\w*\])?|api):(.*)", action.what, re.DOTALL)
    name = kind[2] if kind is not None else action.what
    is_run = kind is not None and kind[1] != "api"
    told = [(name, action.value), ("digits", pressed), ("execute", "non-blocking" if is_run else "")]
    about = channel_event(target, "CHANNEL_DATA")
    target.switch.bus.publish(Event([*told, *about.headers[CORE_HEADERS:]], kind="CHANNEL_DATA"))
    if is_run:
        _run(target, f"{name}::{action.value}")
    elif kind is not None:
        target.switch.background(target.switch.call_api(name, action.value), "digit action")


def _run(session: Session, what: str) -> None:
    name, separator, argument = what.partition("::")
    told = (name, argument) if separator else ("playback", what)
    session.queue_application(*told, said=("lead-frames: 5", "hold-bleg: true"), where="COMMAND broadcast")
