"""Registrations as the event socket sees them: sofia::* events, sofia_contact, ``show registrations``.

Not here: taking REGISTER requests (``sip.registrar``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eslapp.softswitch.profile import Header

if TYPE_CHECKING:
    from eslapp.softswitch.sip.registrar import Binding, Registrar
    from eslapp.softswitch.switch import Switch

WILDCARD = '"" <sip:(null)@(null)>'  # what FreeSWITCH prints for "Contact: *"
NOT_REGISTERED = "error/user_not_registered"


def watch(switch: Switch, registrar: Registrar) -> None:
    """Raise FreeSWITCH's events for what the registrar tells."""
    registrar.on_challenged = lambda binding: _challenged(switch, binding)
    registrar.on_register_attempt = lambda binding, is_right: _attempted(switch, binding, is_right)
    registrar.on_registered = lambda binding, _is_refresh: _registered(switch, binding)
    registrar.on_unregistered = lambda binding: _unregistered(switch, binding)
    registrar.on_expired = lambda binding: _expired(switch, binding)
    registrar.on_failure = lambda binding: _failed(switch, binding)


def _who(binding: Binding) -> tuple[list[Header], list[Header]]:
    """(from-user ... expires) and (to-user ... network-port)."""
    first = [
        ("contact", binding.contact_header or WILDCARD),
        ("call-id", binding.call_id),
        ("rpid", "unknown"),
        ("status", f"Registered({binding.transport.upper()})"),
        ("expires", str(binding.expires_s)),
    ]
    host, port = binding.network_addr
    second = [
        ("to-user", binding.to_user),
        ("to-host", binding.to_host),
        ("network-ip", host),
        ("network-port", str(port)),
    ]
    return first, second


def _from(switch: Switch, binding: Binding) -> list[Header]:
    return [
        ("profile-name", switch.conf.profile.name),
        ("from-user", binding.from_user),
        ("from-host", binding.from_host),
    ]


def _challenged(switch: Switch, binding: Binding) -> None:
    first, second = _who(binding)
    agent = [("user-agent", binding.user_agent or "unknown")]
    switch.fire_custom("sofia::pre_register", [*_from(switch, binding), *first, *second, *agent])


def _attempted(switch: Switch, binding: Binding, is_right: bool) -> None:
    first, second = _who(binding)
    agent = [("user-agent", binding.user_agent or "unknown")]
    auth = [("username", binding.auth_user or binding.to_user), ("realm", binding.realm)]
    result = [("auth-result", "RENEWED" if is_right else "FORBIDDEN")]
    headers = [*_from(switch, binding), *first, *second, *auth, *agent, *result]
    switch.fire_custom("sofia::register_attempt", headers)


def _identity(binding: Binding) -> list[Header]:
    user = binding.auth_user or binding.user
    return [
        ("sip_number_alias", binding.user),
        ("sip_auth_username", user),
        ("sip_auth_realm", binding.realm),
        ("number_alias", binding.user),
        ("user_name", binding.user),
        ("domain_name", binding.realm),
    ]


def _registered(switch: Switch, binding: Binding) -> None:
    first, second = _who(binding)
    auth = [("username", binding.auth_user or binding.user), ("realm", binding.realm)]
    agent = [("user-agent", binding.user_agent or "unknown")]
    hosts = [("presence-hosts", "n/a")]
    headers = [*_from(switch, binding), *hosts, *first, *second, *auth, *agent, *_identity(binding)]
    switch.fire_custom("sofia::register", headers)


def _unregistered(switch: Switch, binding: Binding) -> None:
    host, port = binding.network_addr
    headers = [
        ("profile-name", switch.conf.profile.name),
        ("username", binding.auth_user or binding.user),
        ("from-user", binding.from_user),
        ("from-host", binding.from_host),
        ("contact", binding.contact_header),
        ("call-id", binding.call_id),
        ("rpid", "unknown"),
        ("realm", binding.realm),
        ("network-ip", host),
        ("network-port", str(port)),
        ("user-agent", binding.user_agent or "unknown"),
        ("expires", str(binding.expires_s)),
    ]
    sip_host, sip_port = switch.sip_address
    presence = [
        ("proto", "sip"),
        ("rpid", "unknown"),
        ("login", f"sip:mod_sofia@{sip_host}:{sip_port}"),
        ("user-agent", binding.user_agent or "unknown"),
        ("from", f"{binding.user}@{binding.host}"),
        ("status", "Unregistered"),
        ("presence-source", "register"),
        ("event_type", "presence"),
    ]
    switch.fire("PRESENCE_IN", presence)
    switch.fire_custom("sofia::unregister", [*headers, *_identity(binding)])


def _expired(switch: Switch, binding: Binding) -> None:
    host, port = binding.network_addr
    headers = [
        ("profile-name", switch.conf.profile.name),
        ("call-id", binding.call_id),
        ("user", binding.user),
        ("username", binding.user),
        ("host", binding.host),
        ("contact", binding.contact_header),
        ("expires", str(int(binding.expires_at))),
        ("user-agent", binding.user_agent or "unknown"),
        ("realm", binding.realm),
        ("network-ip", host),
        ("network-port", str(port)),
    ]
    switch.fire_custom("sofia::expire", headers)


def _failed(switch: Switch, binding: Binding) -> None:
    host, port = binding.network_addr
    headers = [
        ("profile-name", switch.conf.profile.name),
        ("to-user", binding.to_user),
        ("to-host", binding.to_host),
        ("network-ip", host),
        ("user-agent", binding.user_agent or "unknown"),
        ("profile-name", switch.conf.profile.name),  # twice, as in FreeSWITCH
        ("network-port", str(port)),
        ("registration-type", "REGISTER"),
    ]
    switch.fire_custom("sofia::register_failure", headers)


def find(switch: Switch, user: str) -> Binding | None:
    """The live binding of a user."""
    return switch.stack.registrar.find(user) if switch.stack is not None else None


def find_contact(switch: Switch, user: str, plain: str) -> Binding | None:
    """The binding whose Contact is ``plain`` (user@host:port): the user's of that name, else whoever registered it."""
    if switch.stack is None:
        return None
    registrar = switch.stack.registrar
    binding = registrar.find(user)
    if binding is not None and binding.contact.removeprefix("sip:").partition(";")[0] == plain:
        return binding
    return registrar.find_contact(plain)


def contact(switch: Switch, text: str) -> str:
    """``sofia_contact``: ``[profile/]user@domain`` to a dial string, or why there is none."""
    address = text.strip().rpartition("/")[2]
    user, _, domain = address.partition("@")
    domains = switch.conf.domains
    if domain and domains and domain not in domains:
        return NOT_REGISTERED
    binding = find(switch, user)
    return f"sofia/{switch.conf.profile.name}/{binding.contact}" if binding else NOT_REGISTERED
