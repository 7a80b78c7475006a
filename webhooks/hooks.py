"""Where providers deliver: ``/hooks/<account>``. Verify the raw bytes, store, answer; everything else happens after.

GET or POST /hooks/<name of the channel in site.yaml>[/<anything the provider appends>]

Owns: the request as the channel sees it, body caps before reading, one answer for every kind of refusal.
Not here: what a channel verifies and splits (``channels``), the rows (``inbox``).
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from flask import Blueprint, Response, request
from prometheus_client import Counter

from eslapp.log import get_log

from . import inbox
from .channel_accounts import Misconfigured
from .channels.base import Account, Channel, Delivery, Forged, Malformed, Received, Request
from .guard import Role, allow
from .replies import Problem
from .requests import BODY_S, raw_body
from .web import web

blueprint = Blueprint("hooks", __name__)
QUICK, LARGE_S = 4 * 1024 * 1024, 100.0  # a larger body may take this long
log = get_log("webhooks.hooks")
REFUSED = Counter("zongji_webhooks_refused", "Webhook requests that were refused", ["account", "reason"])
UNPLACED = Counter("zongji_webhooks_unplaced", "Webhook events for an account that the site does not have", ["account"])
FORGED = Counter("zongji_webhooks_forged", "Webhook requests without a proof, by what was wrong", ["account", "part"])
TAKEN = Counter("zongji_webhooks_events", "Raw events of webhooks", ["account", "is_new"])


@blueprint.route("/hooks/<account>", methods=["GET", "POST"], defaults={"rest": ""})
@blueprint.route("/hooks/<account>/<path:rest>", methods=["GET", "POST"])
@allow(Role.PUBLIC)
def deliver(account: str, rest: str) -> Response:
    called = _account(account)
    if request.method == "HEAD":  # somebody looks whether the address is there: no provider delivers so
        return Response(status=200)
    request_ = _request(web().channels.channel(called), called)
    found, received = _proved(request_, called)
    for owner, deliveries, lost in _placed(request_, found, received):
        try:
            new = inbox.accept(web().deps, channel=owner.type, account=owner.name, deliveries=deliveries, unplaced=lost)
        except Forged as error:
            raise _refused(owner, 403, "replayed", error) from None
        for is_new in new:
            TAKEN.labels(owner.name, str(is_new).lower()).inc()
    return _answer(received)


def _proved(request_: Request, called: Account) -> tuple[Account, Received]:
    """What the request brought, and to whom: the account of this URL, or the one it names and proves to be for."""
    channel = web().channels.channel(called)
    try:
        return called, channel.receive(request_, called)
    except Forged as error:
        other = web().channels.sibling(called, channel.claimed(request_))
        theirs = _of(request_, other) if other is not None else None
        if theirs is None or other is None:
            raise _refused(called, 403, "forged", error) from None
        return other, theirs
    except Malformed as error:
        raise _refused(called, 400, "malformed", error) from None


def _of(request_: Request, account: Account) -> Received | None:
    """What a request to another URL brings for this account; None where it does not prove to."""
    try:
        return web().channels.channel(account).receive(request_, account)
    except (Forged, Malformed):
        return None


def _placed(
    request_: Request, found: Account, received: Received
) -> Iterator[tuple[Account, list[Delivery], list[str]]]:
    """Each delivery at the account it is for; what is for none that the site has stays, as it came, and is told of."""
    stays, lost = list(received.deliveries), []
    for whose in dict.fromkeys(one.whose for one in received.deliveries if one.whose):
        other = web().channels.sibling(found, whose)
        theirs = _of(request_, other) if other is not None else None
        if other is not None and theirs is not None:
            yield other, [one for one in theirs.deliveries if not one.whose], []
            stays = [one for one in stays if one.whose != whose]
        elif any(one.whose == whose and not one.address for one in stays):
            UNPLACED.labels(found.name).inc()
            log.warning("webhook-for-no-account", account=found.name, whose=whose)
            lost.append(whose)
    if stays:
        yield found, stays, lost


def _account(name: str) -> Account:
    try:
        found = web().channels.of(name)
    except Misconfigured as error:
        log.error("channel-misconfigured", channel=name, reason=str(error))
        raise Problem(503, "not-ready") from None  # the provider comes again: nothing is lost while it is mended
    if found is None:
        raise Problem(404, "not-found")
    return found


def _request(channel: Channel, account: Account) -> Request:
    """The request as it came; no part of the body was looked at before."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    cap = channel.admits(headers, account)
    if not cap:
        raise _refused(account, 403, "forged", Forged("not admitted"))
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(415, "bad-request", "Content-Encoding: none is taken")
    request.max_content_length = cap
    body = raw_body(cap, within_s=BODY_S if cap <= QUICK else LARGE_S)
    return Request(
        method=request.method,
        url=_called_url(),
        query={name: values[-1] for name, values in request.args.lists()},
        headers=headers,
        body=body,
        at=web().deps.clock(),
        pass_key=web().deps.secrets.session_key,
    )


def _called_url() -> str:
    """What the provider called: our public base and the path and query as they stood on the wire."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or ""
    if not raw:
        query = request.query_string.decode("ascii", "replace")
        raw = request.environ.get("PATH_INFO", "") + (f"?{query}" if query else "")
    base = urlsplit(web().deps.settings.public_url or request.host_url)
    return f"{base.scheme}://{base.netloc}{raw}"


def _refused(account: Account, status: int, reason: str, error: Exception) -> Problem:
    REFUSED.labels(account.name, reason).inc()
    if isinstance(error, Forged):
        FORGED.labels(account.name, str(error)[:40]).inc()
    log.warning("webhook-refused", account=account.name, reason=reason, detail=str(error)[:200])
    return Problem(status, "forbidden" if status == 403 else "bad-request")


def _answer(received: Received) -> Response:
    response = Response(received.body, status=received.status)
    response.headers["Content-Type"] = received.content_type
    return response
