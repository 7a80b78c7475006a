"""``show channels|calls|bridged_calls|detailed_calls|registrations [count] [like text] [as json|xml|delim x]``."""

from __future__ import annotations

import re
import time
from json.encoder import encode_basestring as quote_json
from xml.sax.saxutils import escape

from eslapp.softswitch import registrations
from eslapp.softswitch.api import ApiCall
from eslapp.softswitch.api.status import status
from eslapp.softswitch.channel_events import LINEAR
from eslapp.softswitch.session import Session
from eslapp.softswitch.switch import Switch

USAGE = (
    "-USAGE: codec|endpoint|application|api|dialplan|file|timer|calls [count]|channels [count|like <match string>]|"
    "calls|detailed_calls|bridged_calls|detailed_bridged_calls|aliases|complete|chat|management|modules|nat_map|say|interfaces|"
    "interface_types|tasks|limits|status\n"
)
Row = dict[str, str]
SEARCHED = ("uuid", "name", "cid_name", "cid_num", "presence_data", "accountcode")
CALL_SIDE = (
    "uuid direction created created_epoch name state cid_name cid_num ip_addr dest presence_id presence_data"
    " accountcode callstate callee_name callee_num callee_direction call_uuid hostname sent_callee_name sent_callee_num"
).split()
B_SIDE = [name for name in CALL_SIDE if name not in ("call_uuid", "hostname")]


async def show(call: ApiCall) -> str:
    """A table of what is there."""
    words = [*call.words(6), *[""] * 6][:6]
    kind, option = words[0].lower(), words[1].lower()
    if kind.startswith("status"):
        return await status(call)
    rows = TABLES.get(kind)
    if rows is None:
        return USAGE
    found = rows(call.switch)
    is_counted = option == "count" and kind in ("channels", "calls", "registrations")
    shown = words[2:4] if is_counted else words[1:3]
    if kind == "channels" and option == "like" and words[2]:
        wanted = like(words[2].replace("'", " ").replace(";", " "))
        found = [row for row in found if any(wanted.fullmatch(row[name]) for name in SEARCHED)]
        shown = words[3:5]
    form = shown[1].lower() if shown[0].lower() == "as" and shown[1] else ""
    delimiter = words[3] if form in ("delim", "csv") and words[3] else ","
    if form not in ("", "csv", "delim", "json", "xml"):
        return f"-ERR Cannot find format {form}\n"
    if is_counted:
        return counted(len(found), form)
    return render(found, form, delimiter)


def counted(number: int, form: str) -> str:
    """How many there are, in the form that was asked for."""
    if form == "json":
        return f'{{"row_count":{number},"rows":[]}}'
    return f'<result row_count="{number}"></result>\n' if form == "xml" else f"\n{number} total.\n"


def like(text: str) -> re.Pattern[str]:
    """SQL's LIKE: ``%`` stands for anything, ``_`` for one character; without ``%`` anywhere in the value."""
    text = text if "%" in text else f"%{text}%"
    parts = [{"%": ".*", "_": "."}.get(letter) or re.escape(letter) for letter in text]
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def render(rows: list[Row], form: str, delimiter: str) -> str:
    """As FreeSWITCH prints a table, with its oddities for an empty one."""
    if form == "json":
        return _json(rows)
    if form == "xml":
        return _xml(rows)
    if not rows:
        return "\n0 total.\n"
    lines = [delimiter.join(rows[0]), *(delimiter.join(row.values()) for row in rows)]
    return "\n".join(lines) + f"\n\n{len(rows)} total.\n"


def _json(rows: list[Row]) -> str:
    if not rows:
        return '{"row_count": 0}\n'
    items = (",".join(f"{quote_json(name)}:{quote_json(value)}" for name, value in row.items()) for row in rows)
    return f'{{"row_count":{len(rows)},"rows":[{",".join("{" + item + "}" for item in items)}]}}'


def _xml(rows: list[Row]) -> str:
    if not rows:
        return '<result row_count="0"/>\n'
    lines = [f'<result row_count="{len(rows)}">']
    for number, row in enumerate(rows, 1):
        lines.append(f'  <row row_id="{number}">')
        lines += [f"    <{name}>{escape(value)}</{name}>" for name, value in row.items()]
        lines.append("  </row>")
    return "\n".join([*lines, "</result>", ""])


def channels(switch: Switch) -> list[Row]:
    """All live channels, oldest first."""
    return [channel_row(session) for session in switch.sessions.values() if session.is_up]


def channel_row(session: Session) -> Row:
    """One row of ``show channels``."""
    profile, variables = session.profile, session.variables
    seconds = profile.times.created // 1_000_000
    has_sent, is_flipped = "last_sent_callee_id_number" in variables, "channel_cid_flipped" in variables
    is_in_call = session.partner or is_flipped or session.call_uuid != session.uuid
    callee = _shown_callee(session)
    return {
        "uuid": session.uuid,
        "direction": session.direction,
        "created": time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds)),
        "created_epoch": str(seconds),
        "name": session.name,
        "state": session.running_state.label,
        "cid_name": profile.caller_id_name,
        "cid_num": profile.caller_id_number,
        "ip_addr": session.first.network_addr,
        "dest": profile.destination_number,
        "application": variables.text("current_application") if session.depth else "",
        "application_data": variables.text("current_application_data") if session.depth else "",
        "dialplan": profile.dialplan,
        "context": profile.context,
        **dict(zip(("read_codec", "read_rate", "read_bit_rate"), _codec(session.read_codec), strict=True)),
        **dict(zip(("write_codec", "write_rate", "write_bit_rate"), _codec(session.codec), strict=True)),
        "secure": "",
        "hostname": session.switch.hostname,
        "presence_id": session.presence_id,
        "presence_data": "",
        "accountcode": variables.text("accountcode"),
        "callstate": session.call_state.name,
        "callee_name": callee[0],
        "callee_num": callee[1],
        "callee_direction": "SEND" if has_sent else "RECV" if is_flipped else "",
        "call_uuid": session.call_uuid if is_in_call else "",
        "sent_callee_name": variables.text("last_sent_callee_id_name"),
        "sent_callee_num": variables.text("last_sent_callee_id_number"),
        "initial_cid_name": profile.orig_caller_id_name,
        "initial_cid_num": profile.orig_caller_id_number,
        "initial_ip_addr": session.first.network_addr,
        "initial_dest": session.first.destination_number,
        "initial_dialplan": session.first.dialplan,
        "initial_context": profile.context,
    }


def _codec(name: str) -> tuple[str, str, str]:
    """Its name, samples and bits in a second."""
    if not name:
        return "", "", ""
    return name, "8000", "128000" if name == LINEAR else "64000"


def _shown_callee(session: Session) -> tuple[str, str]:
    profile = session.profile
    return profile.callee_id_name, profile.callee_id_number


def pairs(switch: Switch) -> list[tuple[Session, Session | None]]:
    """(A leg, B leg) of bridged calls, (leg, None) of the others."""
    found: list[tuple[Session, Session | None]] = []
    for session in switch.sessions.values():
        partner = session.partner
        if not session.is_up or (partner is not None and session.other_type == "originator"):
            continue
        found.append((session, partner))
    return found


def calls(switch: Switch) -> list[Row]:
    """``show calls``."""
    return [call_row(a, b) for a, b in pairs(switch)]


def bridged_calls(switch: Switch) -> list[Row]:
    """``show bridged_calls``."""
    return [call_row(a, b) for a, b in pairs(switch) if b is not None]


def detailed_calls(switch: Switch) -> list[Row]:
    """``show detailed_calls``: every column of both legs."""
    rows = []
    for a, b in pairs(switch):
        left = channel_row(a)
        right = channel_row(b) if b is not None else dict.fromkeys(left, "")
        rows.append(
            {
                **{key: value for key, value in left.items() if not key.startswith("initial_")},
                **{f"b_{key}": value for key, value in right.items() if not key.startswith("initial_")},
                "call_created_epoch": left["created_epoch"] if b is not None else "",
            }
        )
    return rows


def detailed_bridged_calls(switch: Switch) -> list[Row]:
    """``show detailed_bridged_calls``."""
    return [row for row in detailed_calls(switch) if row["b_uuid"]]


def call_row(a: Session, b: Session | None) -> Row:
    """One row of ``show calls``."""
    left = channel_row(a)
    right = channel_row(b) if b is not None else dict.fromkeys(left, "")
    return {
        **{name: left[name] for name in CALL_SIDE},
        **{f"b_{name}": right[name] for name in B_SIDE},
        "call_created_epoch": left["created_epoch"] if b is not None else "",
    }


def registered(switch: Switch) -> list[Row]:
    """``show registrations``."""
    if switch.stack is None:
        return []
    rows = []
    for binding in switch.stack.registrar.bindings():
        host, port = binding.network_addr
        rows.append(
            {
                "reg_user": binding.user,
                "realm": binding.host,
                "token": binding.call_id,
                "url": registrations.contact(switch, f"{binding.user}@{binding.host}"),
                "expires": str(int(binding.expires_at)),
                "network_ip": host,
                "network_port": str(port),
                "network_proto": binding.transport,
                "hostname": switch.hostname,
                "metadata": "",
            }
        )
    return rows


TABLES = {
    "channels": channels,
    "calls": calls,
    "bridged_calls": bridged_calls,
    "detailed_calls": detailed_calls,
    "detailed_bridged_calls": detailed_bridged_calls,
    "registrations": registered,
}
COMMANDS = {"show": show}
