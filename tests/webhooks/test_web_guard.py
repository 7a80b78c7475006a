"""Roles x routes, CSRF, Origin: generated from the application's own map of routes."""

from __future__ import annotations

from typing import Any

import pytest
from clients import Client
from flask import Flask
from house import House
from werkzeug.routing import Rule

from webhooks import guard
from webhooks.guard import Role, allow, role_of

# The least role of each route. A route that is missing here, or differs, fails: add it on purpose.
EXPECTED = {
    "GET /api/media/<media_id>": Role.AGENT,
    "GET /chat/before": Role.PUBLIC,
    "GET /files/<link>": Role.PUBLIC,
    "POST /api/calls": Role.AGENT,
    "POST /api/interactions/<interaction>/barge": Role.SUPERVISOR,
    "POST /api/interactions/<interaction>/cancel": Role.AGENT,
    "POST /api/interactions/<interaction>/complete": Role.AGENT,
    "POST /api/interactions/<interaction>/conference": Role.AGENT,
    "POST /api/interactions/<interaction>/consult": Role.AGENT,
    "POST /api/interactions/<interaction>/files": Role.AGENT,
    "POST /api/interactions/<interaction>/hold": Role.AGENT,
    "POST /api/interactions/<interaction>/invite": Role.AGENT,
    "POST /api/interactions/<interaction>/leave": Role.AGENT,
    "POST /api/interactions/<interaction>/listen": Role.SUPERVISOR,
    "POST /api/interactions/<interaction>/resume": Role.AGENT,
    "POST /api/interactions/<interaction>/seen": Role.AGENT,
    "POST /api/interactions/<interaction>/takeover": Role.SUPERVISOR,
    "POST /api/interactions/<interaction>/transfer": Role.AGENT,
    "POST /api/interactions/<interaction>/typing": Role.AGENT,
    "POST /api/interactions/<interaction>/whisper": Role.SUPERVISOR,
    "POST /api/media/<media_id>/again": Role.AGENT,
    "POST /api/messages/<message>/again": Role.AGENT,
    "POST /chat/files": Role.PUBLIC,
    "POST /chat/call-code": Role.PUBLIC,
    "POST /chat/call": Role.PUBLIC,
    "POST /chat/callback": Role.PUBLIC,
    "POST /chat/seen": Role.PUBLIC,
    "POST /chat/typing": Role.PUBLIC,
    "GET /": Role.PUBLIC,
    "GET /chat": Role.PUBLIC,
    "GET /hooks/<account>": Role.PUBLIC,
    "GET /hooks/<account>/<path:rest>": Role.PUBLIC,
    "POST /hooks/<account>": Role.PUBLIC,
    "POST /hooks/<account>/<path:rest>": Role.PUBLIC,
    "GET /chat/<path:name>": Role.PUBLIC,
    "GET /workbench/<path:name>": Role.PUBLIC,
    "GET /healthz": Role.PUBLIC,
    "GET /readyz": Role.PUBLIC,
    "GET /metrics": Role.OPERATOR,
    "POST /api/login": Role.PUBLIC,
    "POST /api/logout": Role.AGENT,
    "GET /api/me": Role.AGENT,
    "GET /api/phone": Role.AGENT,
    "GET /api/desk": Role.AGENT,
    "GET /api/agents": Role.AGENT,
    "POST /api/agents/<agent>/presence": Role.AGENT,
    "POST /api/agents/<agent>/phone-test": Role.AGENT,
    "GET /api/queues": Role.AGENT,
    "GET /api/floor": Role.SUPERVISOR,
    "GET /api/tickets": Role.AGENT,
    "GET /api/tickets/<number>": Role.AGENT,
    "POST /api/tickets/<number>": Role.AGENT,
    "GET /api/revisions": Role.SUPERVISOR,
    "POST /api/revisions": Role.ADMIN,
    "GET /api/surveys": Role.SUPERVISOR,
    "POST /api/interactions/<interaction>/more-time": Role.AGENT,
    "GET /api/callbacks": Role.SUPERVISOR,
    "POST /api/callbacks": Role.AGENT,
    "POST /api/callbacks/<interaction>/cancel": Role.AGENT,
    "GET /api/offers": Role.AGENT,
    "GET /api/people/<contact>": Role.AGENT,
    "POST /api/people/<contact>/merge": Role.AGENT,
    "POST /api/people/<contact>/part": Role.AGENT,
    "POST /api/people/<contact>/dismiss": Role.AGENT,
    "POST /api/offers/<offer>/accept": Role.AGENT,
    "POST /api/offers/<offer>/decline": Role.AGENT,
    "GET /api/interactions": Role.AGENT,
    "GET /api/interactions/<interaction>": Role.AGENT,
    "GET /api/interactions/<interaction>/why": Role.AGENT,
    "GET /api/interactions/<interaction>/messages": Role.AGENT,
    "POST /api/interactions/<interaction>/messages": Role.AGENT,
    "POST /api/interactions/<interaction>/end": Role.AGENT,
    "POST /api/interactions/<interaction>/wrap-up": Role.AGENT,
    "GET /api/interactions/<interaction>/recording.wav": Role.AGENT,
    "GET /api/events": Role.AGENT,
    "GET /api/inbox": Role.ADMIN,
    "POST /api/inbox/retry": Role.ADMIN,
    "POST /chat/session": Role.PUBLIC,
    "POST /chat/messages": Role.PUBLIC,
    "GET /chat/messages": Role.PUBLIC,
    "GET /chat/events": Role.PUBLIC,
    "POST /chat/end": Role.PUBLIC,
}
HARMLESS = {"HEAD", "OPTIONS"}


def routes(app: Flask) -> dict[str, Rule]:
    return {
        f"{method} {rule.rule}": rule
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - HARMLESS
    }


def path_of(rule: Rule) -> str:
    return rule.build({name: "x" for name in rule.arguments})[1]  # type: ignore[index]


def ask(client: Client, route: str, rule: Rule, **headers: str) -> Any:
    method = route.split()[0]
    more = {"json": {}} if method == "POST" else {}
    return client.ask(method, path_of(rule), headers=headers, stream=True, **more)


def test_every_route_has_the_role_it_should_have(shared: House) -> None:
    declared = {route: role_of(shared.app, rule.endpoint) for route, rule in routes(shared.app).items()}
    assert declared == EXPECTED


def test_without_a_session_only_public_routes_answer(shared: House) -> None:
    for route, rule in routes(shared.app).items():
        answer = ask(shared.client(), route, rule, **{"X-Forwarded-For": "203.0.113.9"})
        is_open = EXPECTED[route] == Role.PUBLIC
        own_refusal = route.startswith(("POST /chat/", "GET /chat/")) and answer.status_code == 401
        assert is_open or answer.status_code == 401, route
        assert not is_open or answer.status_code != 401 or own_refusal, route
        answer.close()


def test_a_stolen_or_invented_cookie_opens_nothing(shared: House) -> None:
    client = shared.client()
    client.session.cookies.set("zongji_session", "x" * 43)
    assert client.get("/api/desk").status_code == 401
    client.session.cookies.set("zongji_session", "x" * 5000)
    assert client.get("/api/desk").status_code == 401


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"X-CSRF-Token": ""}, "no token"),
        ({"X-CSRF-Token": "guess"}, "a wrong token"),
        ({"X-CSRF-Token": "d\u00e9j\u00e0".encode().decode("latin-1")}, "a token of other bytes"),
        ({"Origin": "https://evil.example"}, "a foreign origin"),
        ({"Origin": "null"}, "a sandboxed origin"),
        ({"Sec-Fetch-Site": "cross-site"}, "a foreign page"),
        ({"Sec-Fetch-Site": "same-site"}, "a neighbour's page"),
    ],
)
def test_unsafe_requests_that_our_page_did_not_make_are_refused(
    shared: House, headers: dict[str, str], why: str
) -> None:
    client = shared.sign_in("1001")
    for route, rule in routes(shared.app).items():
        if not route.startswith("POST") or EXPECTED[route] == Role.PUBLIC:
            continue
        answer = ask(client, route, rule, **headers)
        assert answer.status_code == 403, f"{route} with {why}"


def test_no_request_of_the_workbench_says_what_is_not_known_there(shared: House) -> None:
    """A misspelt field would be taken for one that was left out."""
    client = shared.sign_in("admin")
    for route, rule in routes(shared.app).items():
        if not route.startswith("POST") or EXPECTED[route] == Role.PUBLIC or rule.rule.endswith("/files"):
            continue
        answer = client.post(path_of(rule), {"presense": 1})
        assert (answer.status_code, answer.json()["error"]) == (400, "unknown-field"), route
        assert "'presense'" in answer.json()["detail"], route
    answer = client.post("/api/agents/1001/presence", {"presence": "break", "afterwork": True})
    assert answer.json()["detail"] == "unknown field 'afterwork': did you mean 'after_work'?"
    chinese = client.post("/api/agents/1001/presence", {"presense": "break"}, headers={"X-Language": "zh"})
    assert chinese.json()["detail"] == "不认识的字段 'presense'：您是不是想写 presence？"
    answer = client.post("/api/agents/1001/presence", {"presence": "break", "after_work": "yes"})
    assert answer.json()["detail"] == "after_work: true or false"


def test_login_and_chat_are_not_for_foreign_pages_either(shared: House) -> None:
    for path in ("/api/login", "/chat/session"):
        answer = shared.client().post(path, {}, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403


def test_our_own_origin_is_welcome(shared: House) -> None:
    client = shared.sign_in("1001")
    answer = client.post("/api/agents/1001/presence", {"presence": "available"}, headers={"Origin": shared.url})
    assert answer.status_code == 200


def test_agents_read_no_metrics_admins_and_local_monitors_do(shared: House) -> None:
    outside = {"X-Forwarded-For": "203.0.113.9"}
    assert shared.sign_in("1001").get("/metrics", headers=outside).status_code in (200, 403)
    assert shared.client().get("/metrics", headers=outside).status_code == 401
    assert shared.sign_in("1001").get("/metrics", headers=outside).status_code == 403
    assert "zongji_queue_waiting" in shared.sign_in("admin").get("/metrics", headers=outside).text
    assert shared.client().get("/metrics").status_code == 200


def test_an_agent_sets_nobody_elses_presence_an_admin_may(shared: House) -> None:
    body = {"presence": "break"}
    assert shared.sign_in("1001").post("/api/agents/1002/presence", body).status_code == 403
    assert shared.sign_in("admin").post("/api/agents/1002/presence", body).status_code == 200


def test_an_admin_is_no_agent(shared: House) -> None:
    answer = shared.sign_in("admin").get("/api/offers")
    assert (answer.status_code, answer.json()["error"]) == (409, "not-an-agent")


def test_a_route_without_a_role_stops_the_start() -> None:
    app = Flask("undeclared")
    app.add_url_rule("/open", view_func=lambda: "")
    with pytest.raises(RuntimeError, match="/open"):
        guard.install(app)


def test_allow_marks_the_view() -> None:
    @allow(Role.ADMIN)
    def view() -> None: ...

    assert view.zj_role == Role.ADMIN  # type: ignore[attr-defined]


def test_every_answer_is_hardened(shared: House) -> None:
    for path in ("/", "/api/me", "/nothing", "/chat/widget.js"):
        headers = shared.client().get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
    assert shared.client().get("/api/me").headers["Cache-Control"] == "no-store"
