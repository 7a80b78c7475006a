"""Chinese of the mainland: as ``zh``, but money is 元角分. Pure.

>>> files("currency", "pronounced", "12.50")
['digits/10', 'digits/2', 'currency/yuan', 'digits/5', 'currency/jiao', 'digits/0', 'currency/fen']
"""

from __future__ import annotations

from eslapp.softswitch import say
from eslapp.softswitch.say import zh

IS_ONE_FILE = False
UNITS = ("jiao", "fen", "li")


def files(kind: str, method: str, text: str, zone: str = "", now_s: int = 0) -> list[str]:
    """See the package."""
    return money(text, method) if kind == "currency" else zh.files(kind, method, text, zone, now_s)


def money(text: str, method: str) -> list[str]:
    """元角分."""
    parts = say.money_parts(text)
    if parts is None:
        return []
    sign, yuan, rest = parts
    found = ["currency/negative"] if sign == "-" else []
    found += [*zh.count(yuan, method), "currency/yuan"]
    for index, digit in enumerate(rest or ""):
        found.append(f"digits/{digit}")
        found += [f"currency/{UNITS[index]}"] if index < len(UNITS) else []
    return found
