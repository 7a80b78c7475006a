"""The agent's side of a voice offer: ring the phone, understand what became of it, join it with the caller.

Owns: the order of commands for an offer and the table of causes. Not here: who is offered what (``dispatcher``), the
caller's side (``caller_leg``).

    job = ring(link, offer_leg, "1001", "127.0.0.1", caller_number="1000", caller_name="Ann", timeout_s=20)
    # each fact of the link:  what = outcome(fact, offer_leg, job)
    bridge(link, caller_leg, offer_leg, back_to=("zj-1", "zongji"))
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from eslapp.esl import commands
from eslapp.esl.errors import SwitchError
from eslapp.esl.facts import Fact, JobDone, LegAnswered, LegHungUp
from eslapp.esl.link import SwitchLink
from eslapp.log import get_log

log = get_log("agent_leg")


class AgentOutcome(StrEnum):
    """What became of a ringing phone."""

    ANSWERED = "answered"
    DECLINED = "declined"  # 486, 603: the agent said no
    NO_ANSWER = "no_answer"  # rang out, or the phone did not react
    UNREGISTERED = "unregistered"  # there is no phone to ring
    CANCELLED = "cancelled"  # we stopped it: the agent is not blamed
    FAILED = "failed"  # anything else: the agent is not blamed
    ENDED = "ended"  # the leg was answered and is over now


OUTCOME_OF_CAUSE: dict[str, AgentOutcome] = {
    "USER_BUSY": AgentOutcome.DECLINED,
    "CALL_REJECTED": AgentOutcome.DECLINED,
    "NO_ANSWER": AgentOutcome.NO_ANSWER,
    "NO_USER_RESPONSE": AgentOutcome.NO_ANSWER,
    "ALLOTTED_TIMEOUT": AgentOutcome.NO_ANSWER,
    "PROGRESS_TIMEOUT": AgentOutcome.NO_ANSWER,
    "RECOVERY_ON_TIMER_EXPIRE": AgentOutcome.NO_ANSWER,
    "USER_NOT_REGISTERED": AgentOutcome.UNREGISTERED,
    "SUBSCRIBER_ABSENT": AgentOutcome.UNREGISTERED,
    "UNALLOCATED_NUMBER": AgentOutcome.UNREGISTERED,
    "NO_ROUTE_DESTINATION": AgentOutcome.UNREGISTERED,
    "ORIGINATOR_CANCEL": AgentOutcome.CANCELLED,
    "LOSE_RACE": AgentOutcome.CANCELLED,
    "PICKED_OFF": AgentOutcome.CANCELLED,
}


class BridgeFailed(SwitchError):
    """The two legs were not joined; the text is the switch's."""


def ring(
    link: SwitchLink,
    offer_leg: str,
    extension: str,
    domain: str,
    *,
    caller_number: str = "",
    caller_name: str = "",
    timeout_s: int = 20,
    variables: Mapping[str, str] | None = None,
) -> str:
    """Start ringing; returns the job's id at once. What follows comes as facts: see ``outcome``.

    Raises ``SwitchDown``, ``SwitchTimeout``, ``CommandError``.
    """
    return link.start_job(
        commands.originate_user(
            offer_leg,
            extension,
            domain,
            timeout_s=timeout_s,
            caller_number=caller_number,
            caller_name=caller_name,
            variables=variables,
        )
    )


def outcome(fact: Fact, offer_leg: str, job: str) -> AgentOutcome | None:
    """What this fact says about the offer, ``None`` where it says nothing. The first answer counts.

    A phone that is not registered makes no leg: only the job tells. Otherwise leg and job both tell.
    """
    if isinstance(fact, JobDone) and fact.job == job:
        complaint = commands.refusal(fact.result)
        return of_cause(complaint.removeprefix("-ERR").strip()) if complaint else None
    if isinstance(fact, LegAnswered) and fact.leg == offer_leg:
        return AgentOutcome.ANSWERED
    if isinstance(fact, LegHungUp) and fact.leg == offer_leg:
        return AgentOutcome.ENDED if fact.answered_at else of_cause(fact.cause)
    return None


def of_cause(cause: str) -> AgentOutcome:
    """The outcome of a leg that never was answered."""
    return OUTCOME_OF_CAUSE.get(cause, AgentOutcome.FAILED)


def bridge(link: SwitchLink, caller: str, agent: str, *, back_to: tuple[str, str]) -> None:
    """Join caller and agent. ``back_to``: extension and context where the caller goes when the agent hangs up first.

    Start a recording before: the first word counts. Raises ``BridgeFailed`` (the caller stays where it was) or
    ``SwitchDown``. Whoever drives the caller's leg is told by ``LegTaken``.
    """
    _must(link, commands.return_after_bridge(caller, *back_to))
    try:
        _must(link, commands.uuid_bridge(caller, agent))
    except SwitchError:
        _stay(link, caller)
        raise


def join(link: SwitchLink, contact: str, agent: str) -> None:
    """Join two legs we dialled: when one hangs up, so does the other. Raises ``BridgeFailed`` or ``SwitchDown``."""
    _must(link, commands.uuid_bridge(contact, agent))


def drop(link: SwitchLink, leg: str, cause: str = "ORIGINATOR_CANCEL") -> None:
    """Stop ringing, or hang up; content if the leg is gone already."""
    complaint = commands.refusal(link.api(commands.uuid_kill(leg, cause)))
    if complaint:
        log.info("drop-unneeded", leg=leg, reason=complaint)


def _must(link: SwitchLink, line: str) -> None:
    if complaint := commands.refusal(link.api(line)):
        raise BridgeFailed(f"{line.split(None, 1)[0]}: {complaint}")


def _stay(link: SwitchLink, caller: str) -> None:
    """Undo the preparation, as far as the caller is still there."""
    try:
        link.api(commands.uuid_setvar(caller, {"socket_resume": "true"}))
    except SwitchError as error:
        log.info("stay-failed", leg=caller, reason=str(error))
