"""Twilio's proof: a signature over the address that was called and every parameter of the request.

Owns: ``prove``. Pure. Source: twilio.com/docs/usage/webhooks/webhooks-security; checked with the samples of Twilio's
own libraries (tests/webhooks/data/vectors.json). Not here: what the parameters mean (``channels``).

Twilio is not consistent about the port of the address, so it counts with and without; a body in JSON is proved by its
SHA-256 in the (signed) query.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from .channels.base import Account, Forged, Malformed, Request
from .channels.reading import json_object, text

FIELDS = 500
PORTS = {"https": 443, "http": 80}


def prove(request: Request, account: Account) -> list[tuple[str, str]]:
    """The parameters, as they came; ``Forged`` unless the account's token (or its old one) signed them all."""
    called = _called(request, account.options)
    pairs, signed = _parameters(request), _words(request, called)
    given = request.header("X-Twilio-Signature").encode("utf-8", "replace")
    tokens = [one for one in (account.options.token, account.options.old_token) if one]
    wanted = [signature(token, url, signed) for token in tokens for url in _spelled(called)]
    if not any([hmac.compare_digest(given, one.encode()) for one in wanted]):
        raise Forged("signature")
    return pairs


def signature(token: str, url: str, pairs: Iterable[tuple[str, str]] = ()) -> str:
    """Base64 of the HMAC-SHA1 over the address and the sorted parameters; the same name and value count once.

    >>> signature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", [("Digits", "1234"), ("To", "+18005551212"),
    ...     ("From", "+14158675309"), ("Caller", "+14158675309"), ("CallSid", "CA1234567890ABCDE")])
    'RSOYDt4T1cUTdK1PDd93/VVr8B8='
    """
    signed = url + "".join(name + value for name, value in sorted(set(pairs)))
    digest = hmac.new(token.encode(), signed.encode("utf-8", "replace"), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _parameters(request: Request) -> list[tuple[str, str]]:
    if request.method == "GET":  # the number may be set so: then all of it stands in the address, and is signed there
        return parse_qsl(request.url.partition("?")[2], keep_blank_values=True)
    if _is_json(request):
        return [(name, text(value)) for name, value in json_object(request.body).items()]
    try:
        return parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=FIELDS)
    except ValueError:
        raise Malformed(f"more than {FIELDS} parameters") from None


def _words(request: Request, called: str) -> list[tuple[str, str]]:
    """What is signed beside the address: the parameters, or nothing where the body's digest stands in the address."""
    if request.method == "GET":
        return []
    if not _is_json(request):
        return _parameters(request)
    claimed = parse_qs(called.partition("?")[2]).get("bodySHA256", [""])[0].lower().encode("utf-8", "replace")
    if not hmac.compare_digest(claimed, hashlib.sha256(request.body).hexdigest().encode()):
        raise Forged("digest of the body")
    return []


def _is_json(request: Request) -> bool:
    return request.header("Content-Type").partition(";")[0].strip().lower() == "application/json"


def _called(request: Request, options: Any) -> str:
    """What Twilio called: our public address, or ``hook`` with the query of the request."""
    query = request.url.partition("?")[2]
    if not options.hook:
        return request.url
    return str(options.hook) + (f"?{query}" if query and "?" not in options.hook else "")


def _spelled(url: str) -> Iterator[str]:
    """The address as it is, without its port, and with the usual one."""
    yield url
    parts = urlsplit(url)
    head, at, place = parts.netloc.rpartition("@")
    host, colon, port = place.rpartition(":")
    if colon and port.isdigit():
        yield parts._replace(netloc=f"{head}{at}{host}").geturl()
    elif parts.scheme in PORTS:
        yield parts._replace(netloc=f"{parts.netloc}:{PORTS[parts.scheme]}").geturl()
