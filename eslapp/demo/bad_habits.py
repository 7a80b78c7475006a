"""What providers, and people who are none, do to a webhook: replayed at an account's live address.

Owns: the habits and what a good answer to each is. Signed with the account's own secrets, from a contact who does not
exist, with events that nobody understands: they are kept and shown as such, and start nothing.
Not here: the signing (``providers``), how results are printed (``eslapp.cli.channel``).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from .providers.base import Provider, Signed, post

ACK_S = 1.0
AT_ONCE = 8
PROOFS = ("x-", "webhook-s")


@dataclass(frozen=True, slots=True)
class Seen:
    """One habit: what was done, what should come back, what did."""

    habit: str
    wanted: str
    status: int
    seconds: float
    is_good: bool


def replay(provider: Provider, hook: str, *, told: str = "", within_s: float = ACK_S) -> Iterator[Seen]:
    """Every habit of this provider, one after the other; an answer after ``within_s`` is a bad one.

    ``told``: the hook as the provider knows it, where that is another address: some sign it.
    """
    provider.hook = told or hook
    for one in _habits(provider, hook):
        yield replace(one, is_good=one.is_good and one.seconds < within_s)


def _habits(provider: Provider, hook: str) -> Iterator[Seen]:
    number = int(time.time() * 1000) % 1_000_000
    genuine = provider.unknown(number=number) or provider.say("zongji channel test", number=number)
    asked = provider.handshake()
    if asked is not None:
        signed, answer = asked
        began = time.monotonic()
        status, body = post(hook, signed)
        yield _seen("handshake", "its answer", status, began, status == 200 and body == answer)
    for what, forged in _forged(genuine, provider.is_body_signed):
        yield _try(hook, f"forged: {what}", forged, (400, 403))
    yield _try(hook, "garbage instead of a body", replace(genuine, body=b"\xff\x00<"), (200, 400, 403))
    yield _try(hook, "a body of 4 MB", replace(genuine, body=b" " * 4_000_000), (413, 0))
    packed = {**genuine.headers, "Content-Encoding": "gzip"}
    yield _try(hook, "a packed body", replace(genuine, headers=packed), (415,))
    yield _try(hook, "a genuine event", genuine, (200,))
    yield _try(hook, "the same event again", genuine, (200,))
    yield _at_once(hook, genuine)


def is_answering(hook: str) -> bool:
    """Whether anybody is there at all: what was cut off says something only then."""
    return post(hook, Signed(b""))[0] != 0


def _forged(genuine: Signed, is_body_signed: bool) -> Iterator[tuple[str, Signed]]:
    for name, value in genuine.headers.items():
        if name.lower().startswith(PROOFS):
            rest = {key: word for key, word in genuine.headers.items() if key != name}
            yield f"no {name}", replace(genuine, headers=rest)
            yield f"wrong {name}", replace(genuine, headers={**rest, name: "0" + value[1:] + "0"})
    if "signature=" in genuine.suffix:
        head, _, tail = genuine.suffix.rpartition("signature=")
        yield "wrong signature", replace(genuine, suffix=f"{head}signature=0{tail}")
    if is_body_signed and genuine.body:
        body = bytearray(genuine.body)
        body[len(body) // 2] ^= 1
        yield "one bit of the body changed", replace(genuine, body=bytes(body))


def _try(hook: str, habit: str, signed: Signed, wanted: tuple[int, ...]) -> Seen:
    began = time.monotonic()
    status, _ = post(hook, signed)
    seen = _seen(habit, " or ".join(str(one) if one else "cut off" for one in wanted), status, began, status in wanted)
    return seen if status or not seen.is_good else replace(seen, is_good=is_answering(hook))


def _at_once(hook: str, genuine: Signed) -> Seen:
    began = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda _: post(hook, genuine)[0], range(AT_ONCE)))
    return _seen(f"the same event {AT_ONCE} times at once", "200", max(answers), began, set(answers) == {200})


def _seen(habit: str, wanted: str, status: int, began: float, is_good: bool) -> Seen:
    return Seen(habit, wanted, status, time.monotonic() - began, is_good)
