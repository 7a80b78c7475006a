"""What a caller's variables want done shortly after a bridge began and when it is over.

``execute_on_pre_bridge``, ``execute_on_post_bridge``, ``api_before_bridge``, ``api_after_bridge``,
``bridge_pre_execute_aleg_app``, ``bridge_pre_execute_bleg_app``, ``exec_after_bridge_app``. Not here: the bridge.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from eslapp.softswitch import hooks
from eslapp.softswitch.dialplan import Action

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session

LEAD_S = 0.2  # FreeSWITCH reads ten frames of the bridge first
BEGINNINGS = ("execute_on_pre_bridge", "api_before_bridge", "bridge_pre_execute_")


def lead_s(a: Session) -> float | None:
    """How far into the bridge something is to be done; None: nothing is."""
    return LEAD_S if any(name.lower().startswith(BEGINNINGS) for name, _ in a.variables) else None


def name(a: Session, b: Session) -> None:
    """What each leg is to execute stands in its own variables, before it hears whom it is joined with."""
    for leg, application, data in _executions(a, b):
        for what, value in (("app", application), ("data", data)):
            leg.variables.set(f"bridge_pre_execute_{what}", value)


def _executions(a: Session, b: Session) -> Iterator[tuple[Session, str, str]]:
    for leg, side in ((a, "aleg"), (b, "bleg")):
        application = a.variables.text(f"bridge_pre_execute_{side}_app")
        if application:
            yield leg, application, a.variables.text(f"bridge_pre_execute_{side}_data")


async def before(a: Session, b: Session) -> None:
    """The bridge stands."""
    for leg, application, data in list(_executions(a, b)):
        leg.queue_application(application, data)
    hooks.at(a, "pre_bridge", apis=("api_before_bridge",))
    await hooks.settle(a)


async def after(a: Session) -> None:
    """The bridge is over. With ``exec_after_bridge_app`` that is all the channel does from here on."""
    hooks.at(a, "post_bridge", apis=("api_after_bridge",))
    await hooks.settle(a)
    application = a.variables.text("exec_after_bridge_app")
    if application and a.is_up:
        a.actions.clear()
        a.actions.append(Action(application, a.variables.text("exec_after_bridge_arg")))
