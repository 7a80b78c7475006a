"""Structured logs: one event name and key=value pairs a line, secrets and digits redacted in one place.

>>> from structlog.testing import capture_logs
>>> with capture_logs() as lines:
...     get_log("example").info("call-answered", leg="abc")
>>> lines[0]["event"], lines[0]["leg"]
('call-answered', 'abc')
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

import gevent
import structlog

SECRET_KEYS = frozenset({"password", "digits", "token", "secret", "csrf", "cookie", "authorization"})


def redact(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Replace the values of secret keys; escape control characters so that a line stays a line."""
    for key, value in event.items():
        if key in SECRET_KEYS:
            event[key] = "***"
        elif isinstance(value, str) and not value.isprintable():
            event[key] = value.encode("unicode_escape").decode("ascii")
    return event


def configure(*, json_lines: bool, level: str = "info") -> None:
    """Set up logging for one process: JSON lines for machines, a plain console for people."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json_lines
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def get_log(name: str) -> Any:
    """The logger of one module."""
    return structlog.get_logger(part=name)


def spawn(function: Callable[..., Any], *args: Any, **kwargs: Any) -> gevent.Greenlet:
    """Start a greenlet that keeps the log context (a bare greenlet starts with an empty one)."""
    context = copy_context()
    return gevent.spawn(context.run, function, *args, **kwargs)
