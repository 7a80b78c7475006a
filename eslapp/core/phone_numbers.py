"""Telephone numbers as the world writes them (E.164), from the many ways carriers and people do.

Owns: ``e164``, the numbering of the countries we know. Pure. Not here: which numbers may be called (``trunk``), what is
dialled to reach a flow (``site.yaml``).

A number that is none of a country's own (a short code, an extension, 95588, 400 numbers) stays as it is.

>>> [e164(one, "CN") for one in ("13800138000", "0086 138 0013 8000", "8613800138000", "010-8888 8888")]
['+8613800138000', '+8613800138000', '+8613800138000', '+861088888888']
>>> [e164(one, "CN") for one in ("95588", "4008123456", "1001", "anonymous", "+86 (0)10 8888 8888")]
['95588', '4008123456', '1001', 'anonymous', '+861088888888']
>>> e164("(415) 555-0100", "US"), e164("011442079460000", "US"), e164("020 7946 0000", "GB"), e164("0015005550006", "")
('+14155550100', '+442079460000', '+442079460000', '+15005550006')
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PUNCTUATION = re.compile(r"[\s().\-\u2010-\u2015/]+")
LONGEST, SHORTEST = 15, 7  # digits of an international number
INTERNATIONAL = "00"


@dataclass(frozen=True, slots=True)
class Plan:
    """One country's numbering. ``own``: a national number without its trunk prefix; ``bare``: one that people write
    without any prefix (mobiles in China, everything in America)."""

    code: str
    own: re.Pattern[str]
    bare: re.Pattern[str]
    trunk: str = "0"
    international: tuple[str, ...] = (INTERNATIONAL,)


def _plan(code: str, own: str, bare: str = "", *, trunk: str = "0", international: str = INTERNATIONAL) -> Plan:
    return Plan(code, re.compile(own), re.compile(bare or "(?!)"), trunk, tuple(international.split()))


# Sources: ITU-T E.164 national numbering plans. A pattern says how long a number is, not whether somebody has it.
PLANS = {
    "CN": _plan("86", r"1[3-9]\d{9}|(?:10|2\d)\d{8}|[3-9]\d{2}\d{7,8}", r"1[3-9]\d{9}"),
    "HK": _plan("852", r"[2-9]\d{7}", r"[2-9]\d{7}", trunk="", international="001 002 0080"),
    "MO": _plan("853", r"[268]\d{7}", r"[268]\d{7}", trunk="", international="00"),
    "TW": _plan("886", r"9\d{8}|[2-8]\d{7,8}", r"9\d{8}", international="002 00"),
    "SG": _plan("65", r"[3689]\d{7}", r"[3689]\d{7}", trunk="", international="00 001"),
    "MY": _plan("60", r"1\d{8,9}|[3-9]\d{7,8}"),
    "JP": _plan("81", r"[1-9]\d{8,9}", international="010"),
    "KR": _plan("82", r"[1-9]\d{7,9}", international="00 001 002"),
    "TH": _plan("66", r"[2-9]\d{7,8}", international="001 00"),
    "VN": _plan("84", r"[2-9]\d{8,9}"),
    "PH": _plan("63", r"9\d{9}|[2-8]\d{7,9}"),
    "ID": _plan("62", r"[2-9]\d{7,11}", international="001 00"),
    "IN": _plan("91", r"[1-9]\d{9}", r"[6-9]\d{9}"),
    "AU": _plan("61", r"[2-478]\d{8}", international="0011"),
    "NZ": _plan("64", r"[2-9]\d{7,9}"),
    "US": _plan("1", r"[2-9]\d{2}[2-9]\d{6}", r"[2-9]\d{2}[2-9]\d{6}", trunk="1", international="011"),
    "CA": _plan("1", r"[2-9]\d{2}[2-9]\d{6}", r"[2-9]\d{2}[2-9]\d{6}", trunk="1", international="011"),
    "MX": _plan("52", r"[1-9]\d{9}", r"[1-9]\d{9}", trunk="01"),
    "BR": _plan("55", r"[1-9]\d{9,10}"),
    "GB": _plan("44", r"[1-9]\d{8,9}"),
    "IE": _plan("353", r"[1-9]\d{6,9}"),
    "DE": _plan("49", r"[1-9]\d{5,12}"),
    "AT": _plan("43", r"[1-9]\d{5,12}"),
    "CH": _plan("41", r"[1-9]\d{8}"),
    "FR": _plan("33", r"[1-9]\d{8}"),
    "NL": _plan("31", r"[1-9]\d{8}"),
    "BE": _plan("32", r"[1-9]\d{7,8}"),
    "ES": _plan("34", r"[5-9]\d{8}", r"[5-9]\d{8}", trunk=""),
    "PT": _plan("351", r"[29]\d{8}", r"[29]\d{8}", trunk=""),
    "PL": _plan("48", r"[1-9]\d{8}", r"[1-9]\d{8}", trunk=""),
    "SE": _plan("46", r"[1-9]\d{6,9}"),
    "RU": _plan("7", r"[3489]\d{9}", r"9\d{9}", trunk="8", international="810"),
    "AE": _plan("971", r"[2-9]\d{7,8}"),
    "ZA": _plan("27", r"[1-9]\d{8}"),
}
ZONES = {
    "Asia/Shanghai": "CN",
    "Asia/Chongqing": "CN",
    "Asia/Urumqi": "CN",
    "Asia/Hong_Kong": "HK",
    "Asia/Macau": "MO",
    "Asia/Taipei": "TW",
    "Asia/Singapore": "SG",
    "Asia/Kuala_Lumpur": "MY",
    "Asia/Tokyo": "JP",
    "Asia/Seoul": "KR",
    "Asia/Bangkok": "TH",
    "Asia/Kolkata": "IN",
    "Europe/London": "GB",
    "Europe/Dublin": "IE",
    "Europe/Berlin": "DE",
    "Europe/Paris": "FR",
    "Europe/Madrid": "ES",
    "Europe/Moscow": "RU",
    "America/New_York": "US",
    "America/Chicago": "US",
    "America/Denver": "US",
    "America/Los_Angeles": "US",
    "America/Toronto": "CA",
    "Australia/Sydney": "AU",
}


def country_of(named: str, timezone: str) -> str:
    """The site's country: as it says, else by its timezone, "" where neither tells."""
    return named or ZONES.get(timezone, "")


def ungrouped(number: str) -> str:
    """Without what people put between the digits; unchanged where it is no number.

    >>> ungrouped("138 0013-8000"), ungrouped("(010) 8888.8888"), ungrouped("anonymous - private")
    ('13800138000', '01088888888', 'anonymous - private')
    """
    return PUNCTUATION.sub("", number.replace("(0)", "")) if number[:1] in "+(0123456789" else number


def e164(number: str, country: str) -> str:
    """``number`` with ``+`` and the country's code; unchanged where it is no number of the world."""
    plain = ungrouped(number)
    digits = plain.removeprefix("+")
    if not digits.isascii() or not digits.isdigit() or len(digits) > LONGEST + 5:
        return number
    if plain.startswith("+"):
        return _world(digits) or number
    plan = PLANS.get(country)
    for prefix in plan.international if plan is not None else (INTERNATIONAL,):
        if digits.startswith(prefix) and (found := _world(digits.removeprefix(prefix))):
            return found
    national = _national(digits, plan) if plan is not None else ""
    return f"+{plan.code}{national}" if plan is not None and national else number


def at_home(number: str, country: str) -> str:
    """As people in the country dial it; numbers of other countries keep their ``+``.

    >>> at_home("+8613800138000", "CN"), at_home("+861088888888", "CN"), at_home("+14155550100", "CN")
    ('13800138000', '01088888888', '+14155550100')
    """
    plan = PLANS.get(country)
    if plan is None or not number.startswith(f"+{plan.code}"):
        return number
    national = number.removeprefix(f"+{plan.code}")
    if not plan.own.fullmatch(national):
        return number
    return national if plan.bare.fullmatch(national) else plan.trunk + national


def as_told(number: str, country: str) -> str:
    """However a carrier writes who calls: as flows, agents and ``trunk: allow`` know the number.

    >>> as_told("+8613800138000", "CN"), as_told("008613800138000", "CN"), as_told("1001", "CN")
    ('13800138000', '13800138000', '1001')
    """
    return at_home(e164(number, country), country)


def _world(digits: str) -> str:
    """With its ``+``; a trunk prefix that crept in behind the country's code goes."""
    if not SHORTEST <= len(digits) <= LONGEST + 1 or digits.startswith("0"):
        return ""
    for plan in PLANS.values():
        rest = digits.removeprefix(plan.code + plan.trunk)
        if plan.trunk == "0" and rest != digits and plan.own.fullmatch(rest):
            return f"+{plan.code}{rest}"
    return f"+{digits}" if len(digits) <= LONGEST else ""


def _national(digits: str, plan: Plan) -> str:
    """Without prefix or code; "" where it is none of this country's."""
    for prefix in (plan.trunk, plan.code):  # carriers leave the + away, people put the 0 before
        rest = digits.removeprefix(prefix) if prefix else digits
        if rest != digits and plan.own.fullmatch(rest):
            return rest
    return digits if plan.bare.fullmatch(digits) else ""


def same_number_pattern(number: str, country: str) -> str:
    """A regular expression (PCRE and Python) for every way this number is written in a dialled address.

    >>> import re
    >>> found = re.compile(same_number_pattern("075512345678", "CN"))
    >>> [bool(found.fullmatch(one)) for one in ("+8675512345678", "8675512345678", "0075512345678", "1000")]
    [True, True, False, False]
    >>> same_number_pattern("1000", "CN"), same_number_pattern("*60", "CN")
    ('1000', '\\\\*60')
    """
    world = e164(number, country)
    plan = PLANS.get(country)
    if not world.startswith("+"):
        return re.escape(number)
    if plan is None or not world.startswith(f"+{plan.code}"):
        return rf"(?:\+|00)?{world[1:]}"
    national = world.removeprefix(f"+{plan.code}")
    abroad = "|".join((r"\+", *plan.international))
    at_home = f"|{plan.trunk}" if plan.trunk else ""
    return rf"(?:(?:{abroad})?{plan.code}{at_home}|){national}"
