"""``sofia status [profile <name> [reg|user]]``, ``sofia xmlstatus profile <name> reg``, ``sofia_contact``."""

from __future__ import annotations

import time
from xml.sax.saxutils import escape

from eslapp.softswitch import registrations
from eslapp.softswitch.api import ApiCall
from eslapp.softswitch.sip.registrar import Binding
from eslapp.softswitch.switch import Switch

LINE = "=" * 97
USAGE = (
    "USAGE:\n--------------------------------------------------------------------------------\n"
    "sofia global siptrace <on|off>\nsofia        capture  <on|off>\n"
    "--------------------------------------------------------------------------------\n"
)


async def sofia(call: ApiCall) -> str:
    """status and xmlstatus; the rest answers its usage."""
    words = call.words()
    verb = words[0].lower() if words else ""
    if verb not in ("status", "xmlstatus"):
        return USAGE
    if len(words) < 2:
        return overview(call.switch)
    if words[1] != "profile" or len(words) < 3 or words[2] != call.switch.conf.profile.name:
        return "Invalid Profile!\n"
    if len(words) == 3:
        return profile(call.switch)
    user = words[4].partition("@")[0] if len(words) > 4 else ""
    found = [each for each in bindings(call.switch) if not user or each.user == user]
    return xml_registrations(call.switch, found) if verb == "xmlstatus" else text_registrations(call.switch, found)


def bindings(switch: Switch) -> list[Binding]:
    """All that are registered."""
    return switch.stack.registrar.bindings() if switch.stack is not None else []


def url(switch: Switch) -> str:
    """Of the profile."""
    host, port = switch.sip_address
    return f"sip:mod_sofia@{host}:{port}"


def overview(switch: Switch) -> str:
    """``sofia status``."""
    name = switch.conf.profile.name
    head = f"{'Name':>25}\t{'Type':>7}\t{'Data':>42}\tState\n"
    row = f"{name:>25}\t{'profile':>7}\t{url(switch):>42}\tRUNNING ({len(switch.sessions)})\n"
    return f"{head}{LINE}\n{row}{LINE}\n1 profile 0 aliases\n"


def profile(switch: Switch) -> str:
    """``sofia status profile internal``."""
    conf = switch.conf.profile
    host = conf.sip_ip
    values = (
        ("Name", conf.name),
        ("Domain Name", "N/A"),
        ("Auto-NAT", "false"),
        ("DBName", conf.text("dbname", f"sofia_reg_{conf.name}")),
        ("Pres Hosts", ""),
        ("Dialplan", conf.text("dialplan", "XML")),
        ("Context", conf.context),
        ("Challenge Realm", conf.text("challenge-realm", "auto_from")),
        ("RTP-IP", conf.text("rtp-ip", host)),
        ("Ext-RTP-IP", conf.text("ext-rtp-ip", host)),
        ("SIP-IP", host),
        ("Ext-SIP-IP", conf.text("ext-sip-ip", host)),
        ("URL", url(switch)),
        ("BIND-URL", f"{url(switch)};maddr={host};transport=udp"),
        ("HOLD-MUSIC", conf.text("hold-music", "N/A")),
        ("OUTBOUND-PROXY", "N/A"),
        ("CODECS IN", "PCMU,PCMA"),
        ("CODECS OUT", "PCMU,PCMA"),
        ("TEL-EVENT", "101"),
        ("DTMF-MODE", "rfc2833"),
        ("CNG", "13"),
        ("SESSION-TO", "0"),
        ("MAX-DIALOG", "0"),
        ("NOMEDIA", "false"),
        ("LATE-NEG", "true"),
        ("PROXY-MEDIA", "false"),
        ("AGGRESSIVENAT", "false"),
        ("REGISTRATIONS", str(len(bindings(switch)))),
    )
    return f"{LINE}\n" + "".join(f"{name:<17}\t{value}\n" for name, value in values)


def expiry(binding: Binding, now_s: int) -> tuple[str, int]:
    """(stamp, seconds left)."""
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(binding.expires_at))
    return stamp, max(0, int(binding.expires_at) - now_s)


def text_registrations(switch: Switch, found: list[Binding]) -> str:
    """``sofia status profile internal reg``."""
    parts = [f"\nRegistrations:\n{LINE}\n"]
    for each in found:
        host, port = each.network_addr
        stamp, left = expiry(each, switch.now() // 1_000_000)
        values = (
            ("Call-ID:", each.call_id),
            ("User:", f"{each.user}@{each.host}"),
            ("Contact:", each.contact_header),
            ("Agent:", each.user_agent),
            ("Status:", f"Registered({each.transport.upper()})(unknown) EXP({stamp}) EXPSECS({left})"),
            ("Ping-Status:", "Reachable"),
            ("Ping-Time:", "0.00"),
            ("Host:", switch.hostname),
            ("IP:", host),
            ("Port:", str(port)),
            ("Auth-User:", each.auth_user),
            ("Auth-Realm:", each.realm),
            ("MWI-Account:", f"{each.user}@{each.host}"),
        )
        parts += [f"{name if name == 'Ping-Time:' else name.ljust(12)}\t{value}\n" for name, value in values]
        parts.append("\n")
    parts.append(f"Total items returned: {len(found)}\n{LINE}\n")
    return "".join(parts)


def xml_registrations(switch: Switch, found: list[Binding]) -> str:
    """``sofia xmlstatus profile internal reg``."""
    parts = ['<?xml version="1.0" encoding="ISO-8859-1"?>', "<profile>", "  <registrations>"]
    for each in found:
        host, port = each.network_addr
        stamp, left = expiry(each, switch.now() // 1_000_000)
        values = (
            ("call-id", each.call_id),
            ("user", f"{each.user}@{each.host}"),
            ("contact", each.contact_header),
            ("agent", each.user_agent),
            ("status", f"Registered({each.transport.upper()})(unknown) exp({stamp}) expsecs({left})"),
            ("ping-status", "Reachable"),
            ("ping-time", "0.00"),
            ("host", switch.hostname),
            ("network-ip", host),
            ("network-port", str(port)),
            ("sip-auth-user", each.auth_user),
            ("sip-auth-realm", each.realm),
            ("mwi-account", f"{each.user}@{each.host}"),
        )
        parts.append("    <registration>")
        parts += [f"        <{name}>{xml_text(value)}</{name}>" for name, value in values]
        parts.append("    </registration>")
    return "\n".join([*parts, "  </registrations>", "</profile>", ""])


def xml_text(value: str) -> str:
    """Escaped as FreeSWITCH does: quotes too."""
    return escape(value, {'"': "&quot;"})


async def contact(call: ApiCall) -> str:
    """``sofia_contact [profile/]user@domain``."""
    return registrations.contact(call.switch, call.text)


COMMANDS = {"sofia": sofia, "sofia_contact": contact}
