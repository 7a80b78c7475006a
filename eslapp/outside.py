"""The one HTTP client for everything outside this site: providers of channels, business systems, files of contacts.

Owns: which addresses may be asked at all, deadlines, caps, redirects, and whether a failed request may have arrived.
Not here: what is asked (``webhooks.channels``, the flow's ``lookup``), tokens (``webhooks.tokens``).

A host name is looked up once, every address it has must be public, and the connection goes to the address that was
checked: a name that answers differently the second time gains nothing. Private hosts and plain HTTP are open only for
the ``host:port`` that the site's author allowed by name.

>>> Outside().ask("GET", "http://10.0.0.1/x")
Traceback (most recent call last):
...
eslapp.outside.Blocked: http://10.0.0.1/x: only https is asked; allow 10.0.0.1:80 by name if it is yours
"""

from __future__ import annotations

import ipaddress
import json
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError
from urllib3.response import BaseHTTPResponse

from eslapp.clock import monotonic

CHUNK = 64 * 1024
CAP = 1024 * 1024
WITHIN_S = 10.0
CONNECT_S = 3.0
REDIRECTS = frozenset({301, 302, 303, 307, 308})
NOT_SENT = (NewConnectionError, ConnectTimeoutError, SSLError)
LOCAL_IPV6 = tuple(map(ipaddress.ip_network, ("::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48")))  # IPv4 of our own in them
SECRET_HEADERS = frozenset({"authorization", "cookie", "access-token"})


class Blocked(Exception):
    """This address is never asked: nothing was sent."""


class Unreachable(Exception):
    """No whole answer. ``may_have_arrived`` False: certainly nothing was taken, asking again is safe."""

    def __init__(self, reason: str, *, may_have_arrived: bool) -> None:
        super().__init__(reason)
        self.may_have_arrived = may_have_arrived


class TooLarge(Exception):
    """The answer is longer than the cap; what was read is thrown away."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. Header names are lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body as JSON, ``{}`` where it is none: providers answer HTML when they are broken."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return {}

    def json_object(self) -> dict[str, Any]:
        """The same, ``{}`` for anything but an object."""
        found = self.json()
        return found if isinstance(found, dict) else {}


class Outside:
    """``allowed``: ``host:port`` of private or plain HTTP hosts that the site's author named."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed = frozenset(place.lower() for place in allowed)

    def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        json_body: Any = None,
        form: Mapping[str, Any] | None = None,
        multipart: Mapping[str, Any] | None = None,
        body: bytes = b"",
        within_s: float = WITHIN_S,
        cap: int = CAP,
        redirects: int = 0,
    ) -> Answer:
        """One request. Raises ``Blocked``, ``Unreachable``, ``TooLarge``; any HTTP status is an answer.

        ``multipart``: fields as text, files as ``(name, bytes, content type)``.
        """
        given = {name: value for name, value in (headers or {}).items()}
        if json_body is not None:
            body = json.dumps(json_body, ensure_ascii=False).encode("utf-8", "replace")
            given.setdefault("Content-Type", "application/json; charset=utf-8")
        elif form is not None:
            body = urlencode(form, doseq=True).encode("ascii")
            given.setdefault("Content-Type", "application/x-www-form-urlencoded")
        elif multipart is not None:
            body, given["Content-Type"] = urllib3.encode_multipart_formdata(multipart)
        if params:
            url = f"{url}{'&' if '?' in url else '?'}{urlencode(params)}"
        deadline = monotonic() + within_s
        for _ in range(redirects + 1):
            answer = self._once(method, url, given, body, deadline, cap)
            target = answer.headers.get("location", "")
            if answer.status not in REDIRECTS or not target or redirects == 0:
                return answer
            url, given = self._follow(url, target, given)
            if answer.status == 303:
                method, body = "GET", b""
        raise Blocked(f"{_shown(url)}: more than {redirects} redirects")

    def _follow(self, url: str, target: str, headers: dict[str, str]) -> tuple[str, dict[str, str]]:
        """The next address; credentials stay with the host they were for."""
        joined = urljoin(url, target)
        if urlsplit(joined).netloc != urlsplit(url).netloc:
            headers = {name: value for name, value in headers.items() if name.lower() not in SECRET_HEADERS}
        return joined, headers

    def _once(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, deadline: float, cap: int
    ) -> Answer:
        parts = urlsplit(url)
        pool = self._pool(url, parts, max(0.1, deadline - monotonic()))
        path = parts.path or "/"
        if parts.query:
            path = f"{path}?{parts.query}"
        try:
            response = pool.urlopen(
                method,
                path,
                body=body or None,
                headers={**headers, "Host": parts.netloc.rpartition("@")[2], "Accept-Encoding": "identity"},
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
                assert_same_host=False,
            )
            return _whole(response, deadline, cap)
        except NOT_SENT as error:
            raise Unreachable(f"{parts.hostname}: {_reason(error)}", may_have_arrived=False) from error
        except (HTTPError, OSError) as error:
            raise Unreachable(f"{parts.hostname}: {_reason(error)}", may_have_arrived=True) from error
        finally:
            pool.close()

    def _pool(self, url: str, parts: SplitResult, left_s: float) -> urllib3.HTTPConnectionPool:
        host, port, is_allowed = self._place(url, parts)
        address = host if is_allowed else _public_address(url, host, port)
        timeout = urllib3.Timeout(connect=min(CONNECT_S, left_s), read=left_s)
        if parts.scheme == "http":
            return urllib3.HTTPConnectionPool(address, port, timeout=timeout, maxsize=1)
        return urllib3.HTTPSConnectionPool(
            address, port, timeout=timeout, maxsize=1, assert_hostname=host, server_hostname=host
        )

    def _place(self, url: str, parts: SplitResult) -> tuple[str, int, bool]:
        try:
            host, port = (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise Blocked(f"{_shown(url)}: not an address") from None
        if not host or parts.username or parts.password or parts.scheme not in ("http", "https"):
            raise Blocked(f"{_shown(url)}: not an address that is asked")
        is_allowed = f"{host}:{port}" in self._allowed
        if parts.scheme == "http" and not is_allowed:
            raise Blocked(f"{_shown(url)}: only https is asked; allow {host}:{port} by name if it is yours")
        return host, port, is_allowed


def _public_address(url: str, host: str, port: int) -> str:
    """An address of the host; every one it has must be public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"{host}: {_reason(error)}", may_have_arrived=False) from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not is_public(address):
            raise Blocked(
                f"{_shown(url)}: {host} is {address}, which is not public; allow {host}:{port} if it is yours"
            )
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address may be asked without permission.

    >>> is_public("93.184.216.34"), is_public("::ffff:127.0.0.1"), is_public("fe80::1%eth0"), is_public("100.64.0.1")
    (True, False, False, False)
    >>> is_public("::127.0.0.1"), is_public("::ffff:0:127.0.0.1"), is_public("64:ff9b:1::7f00:1"), is_public("fec0::1")
    (False, False, False, False)
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if found.is_site_local or any(found in network for network in LOCAL_IPV6):
            return False
        if found in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
    return found.is_global and not found.is_multicast


def _whole(response: BaseHTTPResponse, deadline: float, cap: int) -> Answer:
    read = bytearray()
    headers = {name.lower(): value for name, value in response.headers.items()}
    while True:
        piece = response.read(CHUNK)
        if not piece:
            return Answer(response.status, bytes(read), headers)
        read += piece
        if len(read) > cap:
            raise TooLarge(f"more than {cap} bytes")
        if monotonic() > deadline:
            raise Unreachable("the answer took too long", may_have_arrived=True)


def _shown(url: str) -> str:
    """For messages: without the query, which may hold a token."""
    return url.partition("?")[0][:200]


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:200]
