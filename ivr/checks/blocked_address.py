"""A lookup that is never asked, because its host may not be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import ClassVar

from ivr.asking import SystemQuestion
from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem, quote
from ivr.strict_yaml import Path

_HOST = re.compile(r"(https?)://(\[[^\]]*\]|[^/:?$]+)(?::([0-9]+))?(?=[/?]|$)")
_PORTS = {"http": "80", "https": "443"}


class BlockedAddress(Check):
    """Plain HTTP and hosts of the own network are asked only where ``outside: private`` names them."""

    code = "blocked_address"
    needs_settings = ("outside",)
    chinese: ClassVar[dict[str, str]] = {
        "the host {} is asked over plain HTTP": "主机 {} 用的是不加密的 HTTP",
        "the host {} is not a public one": "主机 {} 不是公网地址",
        "write https://, or name it in site.yaml: outside: {private: [{}]}": "请写 https://，"
        "或在 site.yaml 里写上：outside: {private: [{}]}",
        "name it in site.yaml: outside: {private: [{}]}": "请在 site.yaml 里写上：outside: {private: [{}]}",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        allowed = {place.lower() for place in survey.site.outside.private}
        for _, step in survey.written():
            asked = step if isinstance(step, SystemQuestion) else getattr(step, "lookup", None)
            loc: Path = ("url",) if asked is step else ("lookup", "url")
            found = _HOST.match(asked.url) if isinstance(asked, SystemQuestion) else None
            if found is None:
                continue
            scheme, host, port = found[1], found[2].lower(), found[3] or _PORTS[found[1]]
            named = f"{host}:{port}"
            if named in allowed:
                continue
            if scheme == "http":
                mend = f"write https://, or name it in site.yaml: outside: {{private: [{quote(named)}]}}"
                yield self.problem(step.place(*loc), f"the host {quote(host)} is asked over plain HTTP", mend)
            elif _is_private(host):
                mend = f"name it in site.yaml: outside: {{private: [{quote(named)}]}}"
                yield self.problem(step.place(*loc), f"the host {quote(host)} is not a public one", mend)


def _is_private(host: str) -> bool:
    if (
        host == "localhost"
        or host.endswith((".localhost", ".local", ".internal", ".lan"))
        or "." not in host.strip("[]")
    ):
        return ":" not in host or _is_private_ip(host)
    return _is_private_ip(host)


def _is_private_ip(host: str) -> bool:
    try:
        return not ip_address(host.strip("[]")).is_global
    except ValueError:
        return False
