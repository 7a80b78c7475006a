"""``sofia status|xmlstatus [profile <name> [reg|user]]``, ``sofia jsonstatus``, ``sofia_contact``."""

from __future__ import annotations

import json
import re
import time
from xml.sax.saxutils import escape

from eslapp.softswitch import registrations
from eslapp.softswitch.api import ApiCall
from eslapp.softswitch.sip.registrar import Binding
from eslapp.softswitch.switch import Switch

LINE = "=" * 97
RULE = "-" * 80
USAGE = f"""USAGE:
{RULE}
sofia global siptrace <on|off>
sofia        capture  <on|off>
             watchdog <on|off>

sofia profile <name> [start | stop | restart | rescan] [wait]
                     flush_inbound_reg [<call_id> | <[user]@domain>] [reboot]
                     check_sync [<call_id> | <[user]@domain>]
                     [register | unregister] [<gateway name> | all]
                     killgw <gateway name>
                     [stun-auto-disable | stun-enabled] [true | false]]
                     siptrace <on|off>
                     capture  <on|off>
                     watchdog <on|off>

sofia <status|xmlstatus> profile <name> [reg [<contact str>]] | [pres <pres str>] | [user <user@domain>]
sofia <status|xmlstatus> gateway <name>

sofia loglevel <all|default|tport|iptsec|nea|nta|nth_client|nth_server|nua|soa|sresolv|stun> [0-9]
sofia tracelevel <console|alert|crit|err|warning|notice|info|debug>

sofia help
{RULE}
"""
GATEWAYS = (
    f"{'Profile::Gateway-Name':>25}\t{'Data    ':>32}\tState\tPing Time\tIB Calls(F/T)\tOB Calls(F/T)\n{LINE}\n{LINE}\n"
    "0 gateways: Inbound(Failed/Total): 0/0,Outbound(Failed/Total):0/0\n"
)
XML = '<?xml version="1.0" encoding="ISO-8859-1"?>'


async def sofia(call: ApiCall) -> str:
    """The status family and ``profile NAME rescan``; the rest as FreeSWITCH answers what it does not know."""
    words = call.words()
    verb = words[0].lower() if words else "help"
    if verb in ("status", "xmlstatus"):
        return _status(call.switch, words[1:], is_xml=verb == "xmlstatus")
    if verb == "jsonstatus":
        return json_status(call.switch)
    if verb == "recover":  # no calls outlive this switch
        return "No calls to recover.\n"
    if verb == "profile":
        return await _command(call, words[1:])
    return USAGE if verb in ("help", "loglevel", "tracelevel") else f"Unknown Command [{verb}]\n"


def _status(switch: Switch, words: list[str], *, is_xml: bool) -> str:
    if not words:
        return xml_overview(switch) if is_xml else overview(switch)
    if words[0] == "gateway" and len(words) > 1:
        return gateway(switch, words[1])
    if words[0] != "profile" or len(words) < 2:
        return GATEWAYS
    if words[1] != switch.conf.profile.name:
        return "Invalid Profile!\n"
    if len(words) < 3 or words[2] not in ("reg", "user"):
        return xml_profile(switch) if is_xml else profile(switch)
    wanted = words[3].partition("@")[0] if len(words) > 3 else ""
    found = [each for each in bindings(switch) if not wanted or each.user == wanted]
    return xml_registrations(switch, found) if is_xml else text_registrations(switch, found)


async def _command(call: ApiCall, words: list[str]) -> str:
    """``sofia profile NAME rescan``: the soft switch's one profile lives as long as the switch."""
    if len(words) < 2:
        return "Invalid Args!\n"
    name, verb = words[0], words[1]
    if name != call.switch.conf.profile.name:
        return f"Reload XML [Success]\nFailure starting {name}\n" if verb == "start" else f"Invalid Profile [{name}]"
    if verb == "recover":
        return "No sessions to recover.\n"
    if verb == "flush_inbound_reg":
        return _flush(call.switch, [word for word in words[2:] if word.lower() != "reboot"])
    return "Reload XML [Success]\n+OK scan complete\n" if verb == "rescan" else "-ERR Unknown command!\n"


def _flush(switch: Switch, words: list[str]) -> str:
    if switch.stack is not None:
        switch.stack.registrar.flush(words[0] if words else "")
    return f"+OK flushing all registrations{' matching specified call_id' if words else ''}\n"


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


def gateway(switch: Switch, name: str) -> str:
    """``sofia status gateway NAME``: the lines that say who and whether."""
    params = switch.conf.gateways.get(name)
    if params is None:
        return "Invalid Gateway!\n"
    state = switch.gateways.states.get(name, "NOREG")
    host = params.get("proxy") or params.get("realm", "")
    values = (
        ("Name", name),
        ("Profile", switch.conf.profile.name),
        ("Username", params.get("username", "")),
        ("Proxy", f"sip:{host}"),
        ("Expires", params.get("expire-seconds", "3600")),
        ("State", state),
        ("Status", "DOWN" if state == "FAILED" else "UP"),
    )
    return f"{LINE}\n" + "".join(f"{key:<8}\t{value}\n" for key, value in values) + f"{LINE}\n"


def xml_overview(switch: Switch) -> str:
    """``sofia xmlstatus``."""
    values = (("name", switch.conf.profile.name), ("type", "profile"), ("data", url(switch)))
    rows = [f"<{name}>{xml_text(value)}</{name}>" for name, value in values]
    state = f"<state>RUNNING ({len(switch.sessions)})</state>"
    return "\n".join([XML, "<profiles>", "<profile>", *rows, state, "</profile>", "</profiles>", ""])


def json_status(switch: Switch) -> str:
    """``sofia jsonstatus``."""
    about = dict(_profile_values(switch))
    shown = ("Domain Name", "Auto-NAT", "DBName", "Pres Hosts", "Dialplan", "Context", "Challenge Realm", "RTP-IP")
    shown += ("Ext-RTP-IP", "SIP-IP", "Ext-SIP-IP", "URL", "BIND-URL", "HOLD-MUSIC", "OUTBOUND-PROXY")
    info: dict[str, object] = {XML_NAMES.get(name, name.lower().replace(" ", "-")): about[name] for name in shown}
    info |= {"rtp-ip": [info["rtp-ip"]], "hold-music": switch.conf.profile.text("hold-music", "")}
    status = {"type": "profile", "state": "RUNNING", "in-use": len(switch.sessions), "data": url(switch)}
    whole = {"profiles": {switch.conf.profile.name: {"status": status, "info": info}}}
    text = json.dumps(whole, indent="\t", separators=(",", ":\t"), ensure_ascii=False)
    return re.sub(r"\[\s+(.*?)\s+\]", r"[\1]", text) + "\n"


XML_NAMES = {
    "DBName": "db-name",
    "CODECS IN": "inbound-codecs",
    "CODECS OUT": "outbound-codecs",
    "AGGRESSIVENAT": "aggressive-nat",
}


def profile(switch: Switch) -> str:
    """``sofia status profile internal``."""
    return f"{LINE}\n" + "".join(f"{name:<17}\t{value}\n" for name, value in _profile_values(switch))


def xml_profile(switch: Switch) -> str:
    """``sofia xmlstatus profile internal``."""
    values = dict(_profile_values(switch))
    names = [name for name in values if name != "FAILED-CALLS-IN"]
    names.insert(names.index("CALLS-OUT") + 1, "FAILED-CALLS-IN")
    lines = [XML, "<profile>", "  <profile-info>"]
    for name in names:
        tag = XML_NAMES.get(name, name.lower().replace(" ", "-"))
        lines.append(f"    <{tag}>{xml_text(values[name])}</{tag}>")
    return "\n".join([*lines, "  </profile-info>", "</profile>", ""])


def _profile_values(switch: Switch) -> tuple[tuple[str, str], ...]:
    """What the profile is, in FreeSWITCH's order."""
    conf = switch.conf.profile
    host = conf.sip_ip
    return (
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
        ("BIND-URL", f"{url(switch)};maddr={host};transport=udp,tcp"),
        ("HOLD-MUSIC", conf.text("hold-music", "N/A")),
        ("OUTBOUND-PROXY", "N/A"),
        ("CODECS IN", "PCMU,PCMA"),
        ("CODECS OUT", "PCMU,PCMA"),
        ("TEL-EVENT", "101"),
        ("DTMF-MODE", "rfc2833"),
        ("CNG", "13"),
        ("SESSION-TO", "0"),
        ("MAX-DIALOG", "0"),
        ("MAX-RECV-RPS", "1000"),
        ("NOMEDIA", "false"),
        ("LATE-NEG", "true"),
        ("PROXY-MEDIA", "false"),
        ("AGGRESSIVENAT", "false"),
        ("CALLS-IN", "0"),
        ("FAILED-CALLS-IN", "0"),
        ("CALLS-OUT", "0"),
        ("FAILED-CALLS-OUT", "0"),
        ("REGISTRATIONS", str(len(bindings(switch)))),
    )


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
            ("Agent:", each.user_agent or "unknown"),
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
    parts = [XML, "<profile>", "  <registrations>"]
    for each in found:
        host, port = each.network_addr
        stamp, left = expiry(each, switch.now() // 1_000_000)
        values = (
            ("call-id", each.call_id),
            ("user", f"{each.user}@{each.host}"),
            ("contact", each.contact_header),
            ("agent", each.user_agent or "unknown"),
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
