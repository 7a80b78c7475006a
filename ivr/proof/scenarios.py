"""A planned call as a scenario for SIPp: it waits for each prompt's mark in the dialog, never for time to pass.

Owns: the XML and the index. Not here: which calls (``plans``), running SIPp (``zongji flow sipp --run``).

The daemon (with ``--test-calls``) sends SIP INFO with the mark of a prompt when it begins; the scenario answers it and
presses its keys as RFC 4733 events. A wrong, missing or unexpected prompt makes the call fail.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from .plans import Plan, Wait
from .rehearsal import HEADER

PATIENCE_S = 15.0  # for a switch and a daemon that are busy
# A question may come at once, while SIPp still holds the key before. If it presses then, it stops that key and begins
# the next with the same RTP time stamp, which only half a second of silence tells from the old one (``media.dtmf``).
RELEASE_MS = 700
NAME_BOUND = 60

_REQUEST = """
      {method} {uri} SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: "SIPp" <sip:{caller}@[local_ip]:[local_port]>;tag=[pid]t[call_number]
      To: <sip:{number}@[remote_ip]:[remote_port]>{to_tag}
      Call-ID: [call_id]
      CSeq: 1 {method}
      Contact: <sip:{caller}@[local_ip]:[local_port]>
      Max-Forwards: 70
"""
_SDP = """      Content-Type: application/sdp
      Content-Length: [len]

      v=0
      o=sipp 1 1 IN IP[local_ip_type] [local_ip]
      s=-
      c=IN IP[media_ip_type] [media_ip]
      t=0 0
      m=audio [media_port] RTP/AVP 0 96
      a=rtpmap:0 PCMU/8000
      a=rtpmap:96 telephone-event/8000
      a=fmtp:96 0-15
      a=ptime:20
"""
_OK = """
      SIP/2.0 200 OK
      [last_Via:]
      [last_From:]
      [last_To:]
      [last_Call-ID:]
      [last_CSeq:]
      Contact: <sip:[local_ip]:[local_port]>
      Content-Length: 0

"""


def caller_of(plan: Plan) -> str:
    """A telephone number of its own for every path."""
    digest = hashlib.sha256(f"{plan.number} {plan.told}".encode()).hexdigest()
    return f"139{int(digest[:10], 16) % 10**8:08d}"


def scenario(plan: Plan, title: str) -> str:
    """The XML of one call."""
    caller = caller_of(plan)
    fields = {"caller": caller, "number": plan.number}
    invite = _REQUEST.format(method="INVITE", uri=f"sip:{plan.number}@[remote_ip]:[remote_port]", to_tag="", **fields)
    invite += f"      {HEADER}: {plan.rehearsal.to_header()}\n{_SDP}"
    ack = _REQUEST.format(method="ACK", uri="[next_url]", to_tag="[peer_tag_param]", **fields)
    ack += "      Content-Length: 0\n\n"
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<!-- {_comment(title)}: {_comment(plan.told)} -->"]
    lines += [f"<scenario name={quoteattr(title)}>", _send(invite, ' retrans="500"')]
    lines += [f'  <recv response="{code}" optional="true"/>' for code in (100, 180, 183)]
    lines += ['  <recv response="200" rrs="true"/>', _send(ack)]
    before, is_held = 0.0, False
    for wait in plan.waits:
        lines += _waits(wait, before, is_held=is_held)
        before, is_held = wait.lasts_s, bool(wait.keys)
    lines += [f'  <recv request="BYE" timeout="{_patience_ms(before)}"/>', _send(_OK)]
    lines += ['  <Reference variables="heard"/>', "</scenario>"]
    return "\n".join(lines) + "\n"


def _patience_ms(before_s: float) -> int:
    """How long the next prompt may take to begin, after a wait that lasts so long."""
    return round((PATIENCE_S + before_s) * 1000)


def _waits(wait: Wait, before_s: float, *, is_held: bool) -> list[str]:
    """Wait for the mark, answer, press."""
    found = f'<ereg regexp="{wait.mark}" search_in="msg" check_it="true" assign_to="heard"/>'
    lines = [
        f"  <!-- {_comment(wait.place)}: {_comment(wait.says[:80])} -->",
        f'  <recv request="INFO" timeout="{_patience_ms(before_s)}"><action>{found}</action></recv>',
        _send(_OK),
    ]
    if wait.keys:
        lines += [f'  <pause milliseconds="{RELEASE_MS}"/>'] if is_held else []
        lines.append(f'  <nop><action><exec play_dtmf="{escape(wait.keys)}"/></action></nop>')
    return lines


def _send(text: str, more: str = "") -> str:
    return f"  <send{more}><![CDATA[{text}    ]]></send>"


def _comment(text: str) -> str:
    """Two dashes would end a comment."""
    return " ".join(text.replace("--", "- -").split())


def file_names(plans: Iterable[Plan]) -> list[str]:
    """``01-main-1-2-silence.xml``: sorted as the index, readable, plain ASCII."""
    names = []
    for number, plan in enumerate(plans, start=1):
        steps = "-".join(wait.answer for wait in plan.waits if wait.answer)
        steps += f"-at-{plan.fails_at}" if plan.told.endswith(f", at {plan.fails_at}") else ""
        steps = steps.replace("*", "star").replace("#", "pound")
        plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in steps)
        short = "-".join(part for part in plain.split("-") if part)
        if len(short) > NAME_BOUND:  # paths often differ at their ends
            short = f"{short[: NAME_BOUND // 2].strip('-')}--{short[-NAME_BOUND // 2 + 2 :].strip('-')}"
        names.append(f"{number:03d}-{plan.number.strip('+*#')}-{short or 'nothing'}.xml")
    return names


def index(flow: str, plans: list[Plan], names: list[str]) -> str:
    """What there is, as JSON."""
    rows = [
        {
            "file": "" if plan.why_not else name,
            "number": plan.number,
            "path": plan.told,
            "at": datetime.fromtimestamp(plan.rehearsal.at, UTC).isoformat(),
            "ends": plan.outcome,
            "why_not": plan.why_not,
            "waits": [
                {"mark": wait.mark, "step": wait.place, "says": wait.says, "press": wait.keys} for wait in plan.waits
            ],
        }
        for plan, name in zip(plans, names, strict=True)
    ]
    return json.dumps({"flow": flow, "scenarios": rows}, ensure_ascii=False, indent=1) + "\n"
