"""A call's session timer at work: asks the other end in time whether it is still there, or waits to be asked.

Who takes UPDATE is asked by one without a body, anybody else by the last re-INVITE's description again (RFC 4028 7.4).
Any answer proves that somebody is there; none, or "I know no such call", ends the call.
Not here: what is agreed (``session_timer.py``), other requests in the dialog (``in_dialog.py``).
"""

from __future__ import annotations

import logging

from eslapp.softswitch.sip import session_timer
from eslapp.softswitch.sip.in_dialog import InDialog
from eslapp.softswitch.sip.message import Message, Request, Response
from eslapp.softswitch.sip.session_timer import Agreement
from eslapp.softswitch.sip.text import BadText
from eslapp.softswitch.sip.transport import Flow

log = logging.getLogger(__name__)
AS_IT_IS = ""  # the direction of an offer that changes nothing
BUSY_AGAIN_S = 2.0  # another offer is under way
GONE = (408, 481)


class Refreshing(InDialog):
    """Between ``InDialog`` and the rest of a call."""

    _agreement: Agreement | None = None
    _takes_update = False

    def _agree_as_server(self, request: Request) -> list[tuple[str, str]]:
        """The timer headers of our 2xx to an INVITE, re-INVITE or UPDATE."""
        agreement = session_timer.as_server(self.session_timer, request)
        self._begin_session(agreement, request)
        return session_timer.agreed_headers(agreement)

    def _agree_as_client(self, response: Response) -> None:
        """A 2xx to our INVITE, re-INVITE or UPDATE came."""
        offered = self._agreement.interval_s if self._agreement else 0
        self._begin_session(session_timer.as_client(self.session_timer, response, offered), response)

    def _timer_headers(self) -> list[tuple[str, str]]:
        return session_timer.offered(self.session_timer, self._agreement)

    def _begin_session(self, agreement: Agreement | None, said: Message) -> None:
        """The other end has just proved that it is there."""
        self._agreement = agreement
        if said.all("allow"):
            self._takes_update = _allows_update(said)
        if agreement is None or self._is_released:
            self._stop_timer("session")
        else:
            self._later("session", agreement.due_s, self._session_due)

    def _session_due(self) -> None:
        agreement = self._agreement
        if agreement is None or self._is_released:
            return
        if not agreement.is_ours:
            log.info("call %s: the other end has not refreshed its session", self.call_id)
            self._lost(408)
        elif self._is_offering or self._unacked is not None:
            self._later("session", BUSY_AGAIN_S, self._session_due)
        elif self._takes_update:
            self._refresh_by_update()
        else:
            self._offer_again(AS_IT_IS, self._refreshed)

    def _refresh_by_update(self) -> None:
        transaction, packet, _ = self._build("UPDATE", self._timer_headers(), b"")

        def answered(response: Response, _: Flow) -> None:
            if 200 <= response.status < 300:
                self._agree_as_client(response)
            elif response.status in GONE:
                self._lost(response.status)
            elif response.status >= 300:
                self._refreshed(response.status)

        transaction.on_response = answered
        transaction.on_timeout = lambda: self._lost(transaction.failure)
        transaction.start(packet)

    def _refreshed(self, status: int) -> None:
        """Our question was answered by a refusal: somebody is there all the same."""
        if status >= 300 and status not in GONE and self._agreement is not None and not self._is_released:
            self._takes_update = self._takes_update and status not in (405, 501)
            self._later("session", self._agreement.due_s, self._session_due)


def _allows_update(message: Message) -> bool:
    try:
        return "UPDATE" in message.elements("allow")
    except BadText:
        return False
