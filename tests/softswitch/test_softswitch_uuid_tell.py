"""``uuid_send_info``: what it answers, and when a phone hears of it."""

from __future__ import annotations

from switch_lab import Lab, in_lab

from eslapp.softswitch import api


@in_lab
async def test_uuid_send_info_answers_as_freeswitch(lab: Lab) -> None:
    call, out = await lab.answered_call()
    leg = lab.uuid
    for text in ("", f"{leg} text plain"):
        assert (await api.call(lab.switch, "uuid_send_info", text)).startswith("-USAGE: <uuid>")
    assert await api.call(lab.switch, "uuid_send_info", "nobody text plain hello") == "-ERR Operation Failed\n"
    assert await api.call(lab.switch, "uuid_send_info", f"{leg} text plain hello") == "+OK Success\n"
    await call.hang_up()
