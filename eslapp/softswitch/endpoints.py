"""From a dial string's leg to what can be rung: user/, sofia/, error/. Pure but for looking people up.

Not here: ringing (``originate.py``), dial string syntax (``dialstring.py``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eslapp.softswitch import causes, expansion, registrations
from eslapp.softswitch.dialstring import BadDialString, Leg, parse
from eslapp.softswitch.numbers import whole
from eslapp.softswitch.substitution import expand

if TYPE_CHECKING:
    from eslapp.softswitch.switch import Switch

MAX_DEPTH = 5
APPLICATION = re.compile(r"app=([^:]*)(?::(.*))?", re.DOTALL | re.IGNORECASE)
DEFAULT_DIAL_STRING = (
    "{^^:sip_invite_domain=${dialed_domain}:presence_id=${dialed_user}@${dialed_domain}}"
    "${sofia_contact(*/${dialed_user}@${dialed_domain})}"
)


@dataclass(frozen=True)
class Loop:
    """Where the far one of a loopback pair goes, or what it runs."""

    context: str
    dialplan: str
    application: dict[str, str]  # loopback_app, loopback_app_arg


@dataclass(frozen=True)
class Ringable:
    """One INVITE to send."""

    uri: str
    address: tuple[str, int]
    user: str  # as the callee id shows it
    channel_name: str
    login: tuple[str, str] | None = None  # user and password for one challenge
    loop: Loop | None = None  # a loopback pair: no INVITE
    variables: dict[str, str] = field(default_factory=dict)


@dataclass
class Resolved:
    """What a leg came to; ``cause`` says why there is nothing to ring."""

    ringables: list[Ringable] = field(default_factory=list)
    cause: str = ""
    learnt: dict[str, str] = field(default_factory=dict)  # variables the originator gets


def resolve(switch: Switch, leg: Leg, depth: int = 0) -> Resolved:
    """Never raises; a leg nobody understands is CHAN_NOT_IMPLEMENTED."""
    kind, _, rest = leg.target.partition("/")
    if depth > MAX_DEPTH:
        return Resolved(cause="EXCHANGE_ROUTING_ERROR")
    if kind == "user":
        return _user(switch, rest, leg.variables, depth)
    if kind == "sofia":
        return _sofia(switch, rest, leg.variables)
    if kind == "loopback":
        return _loopback(rest, leg.variables)
    if kind == "group":
        return Resolved(cause="NO_ROUTE_DESTINATION")
    if kind == "error":
        return Resolved(cause=causes.name_of(rest.strip(), "NORMAL_CLEARING"))
    return Resolved(cause="CHAN_NOT_IMPLEMENTED")


def _user(switch: Switch, text: str, variables: dict[str, str], depth: int) -> Resolved:
    name, _, domain = text.partition("@")
    domain = domain or switch.conf.domain
    learnt = {"dialed_user": name, "dialed_domain": domain}
    user = switch.conf.user(name, domain)
    if user is None:
        return Resolved(cause="SUBSCRIBER_ABSENT")
    known = {**learnt, **variables}
    template = user.params.get("dial-string") or DEFAULT_DIAL_STRING
    text = expand(template, known.get, expansion.of_events(switch))
    try:
        dial = parse(text)
    except BadDialString:
        return Resolved(cause="NORMAL_TEMPORARY_FAILURE", learnt=learnt)
    result = Resolved(learnt=learnt)
    for group in dial.groups:
        for leg in group:
            merged = {**variables, **learnt, **user.variables, **dial.variables, **leg.variables}
            found = resolve(switch, Leg(leg.target, merged), depth + 1)
            result.ringables += found.ringables
            result.cause = result.cause or found.cause
    if result.ringables:
        result.cause = ""
    return result


def _sofia(switch: Switch, text: str, variables: dict[str, str]) -> Resolved:
    profile, slash, target = text.partition("/")
    own = switch.conf.profile.name
    if not slash or (profile == "gateway" and "/" not in target):
        return Resolved(cause="INVALID_URL")
    if profile == "gateway":
        return _gateway(switch, target, variables)
    if profile not in (own, switch.conf.domain, "*"):
        return Resolved(cause="INVALID_PROFILE")
    address = target.strip().removeprefix("sip:")
    plain, semicolon, parameters = address.partition(";")
    user, at, host = plain.rpartition("@")
    if not at:
        binding = registrations.find(switch, plain.partition("%")[0])
        if binding is None:
            return Resolved(cause="USER_NOT_REGISTERED")
        return _ringable(switch, binding.contact, binding.network_addr, plain, variables)
    name, colon, port = host.rpartition(":")
    if not colon or name.endswith(":"):
        name, port = host, "5060"
    if not 0 < whole(port) < 65536 or not name:
        return Resolved(cause="INVALID_URL")
    where = (name.strip("[]"), int(port))
    binding = registrations.find_contact(switch, user, plain)
    if binding is not None:
        where = binding.network_addr
    return _ringable(switch, f"sip:{plain}{semicolon}{parameters}", where, user, variables)


def _gateway(switch: Switch, text: str, variables: dict[str, str]) -> Resolved:
    """``NAME/number``: to the gateway's proxy, whose challenge is answered."""
    name, _, number = text.strip().partition("/")
    where = switch.gateways.address(name)
    if name not in switch.conf.gateways or where is None:
        return Resolved(cause="INVALID_GATEWAY" if name not in switch.conf.gateways else "GATEWAY_DOWN")
    uri = f"sip:{number}@{where[0]}:{where[1]}"
    leg_name = f"sofia/{switch.conf.profile.name}/{number}"
    return Resolved([Ringable(uri, where, number, leg_name, switch.gateways.login(name), variables=variables)])


def _loopback(text: str, variables: dict[str, str]) -> Resolved:
    """``extension[/context[/dialplan]]``, or ``app=name:argument``, whose name then is the extension."""
    application = APPLICATION.match(text.strip())
    extension, context, dialplan = [*(application[1] if application else text.strip()).split("/", 2), "", ""][:3]
    if not extension:
        return Resolved(cause="NO_ROUTE_DESTINATION")
    names = ("loopback_app", "loopback_app_arg")
    given = dict(zip(names, application.groups(""), strict=True)) if application else {}
    way = Loop(context, dialplan, {name: value for name, value in given.items() if value})
    name = f"loopback/{extension}-a"
    return Resolved([Ringable(text.strip(), ("", 0), extension, name, loop=way, variables=variables)])


def _ringable(switch: Switch, uri: str, where: tuple[str, int], user: str, variables: dict[str, str]) -> Resolved:
    plain = uri.removeprefix("sip:").partition(";")[0]
    name = f"sofia/{switch.conf.profile.name}/{plain}"
    return Resolved([Ringable(uri, where, user, name, variables=variables)])
