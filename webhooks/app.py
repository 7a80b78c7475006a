"""Puts the web side together.

Owns: construction and the last resort of every request. Not here: any endpoint (``api``, ``chat.routes``, ``pages``).

    app = create_app(Deps(bus=bus, store=store, site=site, secrets=secrets, recordings=folder))
    server = serve(app, "127.0.0.1", 8080)      # starts the live parts too; server.stop() ends them
"""

from __future__ import annotations

from typing import TypeVar

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from eslapp.log import get_log
from eslapp.store import StoreError, channel_cursors, events, inbox

from . import api, guard, hooks, meters, pages
from .accounts import Accounts
from .board import Board
from .channel_accounts import ChannelAccounts
from .channel_watch import ChannelWatch
from .chat import call as chat_call
from .chat import callback as chat_callback
from .chat import files as chat_files
from .chat import routes as chat_routes
from .chat.files import UPLOADS
from .courtesies import Courtesies
from .deps import Deps
from .desks import Desks
from .feed import Feed
from .media_worker import MediaWorker
from .people_worker import PeopleWorker
from .provider_tools import Tools
from .puller import Puller
from .replies import Problem, render
from .sender import Sender
from .sessions import Sessions
from .throttle import Throttle
from .web import KEY, LIVE, Web

T = TypeVar("T")
log = get_log("webhooks.app")
HTTP_CODES = {404: "not-found", 405: "not-found", 413: "too-large", 415: "not-json", 403: "forbidden"}


def create_app(deps: Deps) -> Flask:
    """The WSGI application of one daemon. The store must be open; nothing runs before ``server.serve``."""
    app = Flask("zongji", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = deps.settings.body_cap
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    feed = Feed(
        deps.bus,
        lambda sequence, limit: deps.store.read(lambda tx: events.after(tx, sequence, limit=limit)),
        deps.store.read(events.last_sequence),
    )
    accounts, board = Accounts(deps), Board(deps)
    channels = ChannelAccounts(lambda: deps.site, deps.word)
    tools = Tools(
        clock=deps.clock,
        uploads=deps.media / UPLOADS,
        base=deps.settings.public_url,
        kept=lambda account, key: deps.store.read(lambda tx: inbox.body(tx, account, key)),
        cursor=lambda account: deps.store.read(lambda tx: channel_cursors.of_account(tx, account)),
    )
    parts = Web(
        app=app,
        deps=deps,
        sessions=Sessions(deps),
        accounts=accounts,
        feed=feed,
        board=board,
        throttles=_throttles(deps),
        channels=channels,
        desks=Desks(deps, board),
        courtesies=Courtesies(deps, channels, tools),
    )
    app.extensions[KEY] = parts
    workers = [Sender(deps, channels, tools), MediaWorker(deps, channels, tools), Puller(deps, channels, tools)]
    workers += [PeopleWorker(deps, channels, tools), ChannelWatch(deps, channels, tools)]
    app.extensions[LIVE] = [feed, parts.desks, *workers]
    chat = (chat_routes.blueprint, chat_files.blueprint, chat_callback.blueprint, chat_call.blueprint)
    for blueprint in (*api.blueprints(), *chat, hooks.blueprint, pages.blueprint):
        app.register_blueprint(blueprint)
    _handle_errors(app)
    guard.install(app)
    meters.install(app, parts)
    return app


def live_part(app: Flask, kind: type[T]) -> T:
    """The one part of this kind that ``server.serve`` starts and stops."""
    return next(part for part in app.extensions[LIVE] if isinstance(part, kind))


def channels_of(app: Flask) -> ChannelAccounts:
    """The application's channel accounts."""
    channels: ChannelAccounts = app.extensions[KEY].channels
    return channels


def _throttles(deps: Deps) -> dict[str, Throttle]:
    settings = deps.settings
    limits = {
        "login": settings.login_tries,  # of one account from one address
        "account": settings.login_tries * 6,
        "address": settings.login_tries * 12,
        "chat-sessions": settings.chat_sessions_per_minute,
        "chat-messages": settings.chat_messages_per_minute,
        "call-codes": 3,  # a minute
        "callbacks": 3,  # asked for by one visitor, by one address
        "web-calls": 6,
        "chat-signals": settings.chat_messages_per_minute * 4,  # writes just now, has seen
        "chat-files": settings.chat_files_per_minute,
    }
    return {name: Throttle(limit, 60.0, deps.monotonic) for name, limit in limits.items()}


def _handle_errors(app: Flask) -> None:
    app.register_error_handler(Problem, render)
    app.register_error_handler(StoreError, _store_failed)
    app.register_error_handler(HTTPException, _http_failed)
    app.register_error_handler(Exception, _failed)


def _store_failed(error: StoreError) -> Response:
    log.warning("store-failed", reason=str(error))
    response = render(Problem(503, "store-down"))
    response.headers["Retry-After"] = "1"
    return response


def _http_failed(error: HTTPException) -> Response:
    status = error.code or 500
    return render(Problem(status, HTTP_CODES.get(status, "bad-request" if status < 500 else "internal")))


def _failed(error: Exception) -> Response:
    log.error("request-failed", exc_info=error)
    return render(Problem(500, "internal"))
