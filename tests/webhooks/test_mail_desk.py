"""Mails from the mailbox to the agent and back: those that no machine may answer, and templates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from provider_desk import AGENT, Desk, opened
from test_web_windows import desk_of, reply_of, write

from eslapp.core import commands as c
from eslapp.demo.providers.email import REFRESH, EmailFake
from eslapp.store import channel_cursors
from webhooks.app import channels_of
from webhooks.channel_findings import findings
from webhooks.channels import CHANNELS
from webhooks.provider_tools import Tools

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("headers", [{"List_Id": "<parents.school.example>"}, {"X_Auto_Response_Suppress": "All"}])
def test_only_the_agent_answers(headers: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened("email", tmp_path, monkeypatch) as desk:
        house = desk.house
        desk.deliver(desk.provider.say("Where is my order?", number=1, **headers))
        house.until(lambda: "Where is my order?" in desk.said(), "the mail")
        interaction = desk.all("in")[0].interaction
        house.until(lambda: house.state(interaction) == "queued", "its place in line")
        house.available(AGENT)
        house.ask(c.RouteWaiting)
        offer = house.until(lambda: house.world.interaction(interaction).offer, "an offer")
        house.ask(c.AcceptOffer, offer=offer, agent=AGENT)
        house.until(lambda: house.state(interaction) == "connected", "connection")
        shown = house.sign_in(AGENT).get(f"/api/interactions/{interaction}/messages").json()
        facts = shown["messages"][0]["attachments"][0]["facts"]
        assert facts["people_only"] == ("list" if "List_Id" in headers else "asked")
        desk.settled(desk.write(interaction, "It left today."))
        answer = message_from_bytes(desk.provider.mails[-1])
        assert answer["In-Reply-To"] == "<1@customer.example>" and answer["Auto-Submitted"] is None
        assert desk.shown() == ["It left today."] and [one.author for one in desk.all("out")] == [AGENT]


def test_an_agent_answers_with_a_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = {
        "subject": "Ready for $(contact.name)",
        "text": "Dear $(contact.name),\nit is ready. $(unknown)\n$(agent.name)",
    }
    with desk_of("email", tmp_path, monkeypatch, templates={"ready": ready}) as desk:
        house = desk.house
        house.until(lambda: house.store.read(lambda tx: channel_cursors.of_account(tx, "line")), "the first pull")
        interaction = desk.with_agent()
        client = house.sign_in(AGENT)
        assert reply_of(client, interaction)["templates"] == ["ready"]
        shown = write(client, interaction, 1, template="ready").json()["message"]
        agent = house.site.agents[AGENT].name
        assert shown["text"] == f"Dear Ada,\nit is ready. $(unknown)\n{agent}"
        house.until(lambda: any("it is ready" in one for one in desk.shown()), "the mail")
        mail = message_from_bytes(desk.provider.mails[-1], policy=policy.default)
        assert mail["Subject"] == "Ready for Ada" and mail["In-Reply-To"] == "<1@customer.example>"
        assert write(client, interaction, 2, template="no such").status_code == 404


@pytest.mark.parametrize("one", [{}, {"subject": "x"}, {"text": " "}, {"text": "x", "html": "y"}])
def test_a_template_that_is_no_mail_is_named(one: dict[str, str]) -> None:
    channel = CHANNELS["email"]
    with pytest.raises(ValueError, match=r"templates\.ready"):
        channel.Options.model_validate({**channel.EXAMPLE_OPTIONS, "templates": {"ready": one}})


@contextmanager
def by_oauth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refresh: str = REFRESH) -> Iterator[Desk]:
    monkeypatch.setenv("OAUTH_TOKEN", refresh)
    monkeypatch.setenv("OAUTH_SECRET", "client-secret")
    oauth = {"oauth_client": "client-1", "oauth_secret": "$(env.OAUTH_SECRET)", "oauth_token": "$(env.OAUTH_TOKEN)"}

    def options(fake: EmailFake) -> dict[str, Any]:
        usual = {name: told for name, told in plain(fake).items() if name != "password"}
        return {**usual, **oauth, "oauth_url": f"{fake.url}/token", "api": fake.url}

    plain = EmailFake.options
    monkeypatch.setattr(EmailFake, "options", options)
    with desk_of("email", tmp_path, monkeypatch) as desk:
        yield desk


def test_a_mailbox_without_a_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with by_oauth(tmp_path, monkeypatch) as desk:
        house = desk.house
        house.until(lambda: house.store.read(lambda tx: channel_cursors.of_account(tx, "line")), "the first pull")
        interaction = desk.with_agent()
        desk.provider.access = "another-one"  # what we have has ended
        assert desk.settled(desk.write(interaction, "It left today.")).state == "sent"
        assert desk.shown()[-1] == "It left today."
        account, tools = channels_of(house.app).of("line"), Tools(clock=house.clock)
        assert CHANNELS["email"].check(account, tools) == []


def test_a_permission_that_was_taken_back_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with by_oauth(tmp_path, monkeypatch, refresh="revoked") as desk:
        found = findings(channels_of(desk.house.app), "line", Tools(clock=desk.house.clock))
        assert found == ["oauth: Token has been revoked.; let the mailbox's owner authorise the app again"]


def test_a_mailbox_with_neither_is_named() -> None:
    channel = CHANNELS["email"]
    with pytest.raises(ValueError, match="password is needed, or oauth_url"):
        channel.Options.model_validate({**channel.EXAMPLE_OPTIONS, "password": ""})
