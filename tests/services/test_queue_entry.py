"""What the router is told when a flow lets somebody wait: urgency, and until when they can be answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from floor import Floor
from test_chats import Talk

from eslapp.services.queue_entry import into_line
from eslapp.store import reply_windows
from ivr.effects import EnterQueue


@pytest.mark.parametrize(("messages", "reply_by"), [(None, 172_801.0), (5, 172_801.0), (0, None)])
def test_who_can_be_answered_until_when_and_how_urgent(tmp_path: Path, messages: int | None, reply_by: float) -> None:
    floor = Floor(tmp_path)
    thread = Talk(floor).conversation
    where = {"channel": thread.channel, "account": thread.account, "address": thread.address}
    grant = {"granted_by": "message", "at": 1.0, "within_s": 172_800.0, "messages": messages}
    floor.store.write(lambda tx: reply_windows.grant(tx, **where, **grant))
    wish = EnterQueue(queue="orders", priority=2, urgency="high")
    told = into_line(wish, "one", "en", found=floor.now("one"), store=floor.store, clock=floor.clock)
    assert (told.priority, told.urgency, told.reply_by) == (2, "high", reply_by)  # none left: nothing to lose
    floor.close()
