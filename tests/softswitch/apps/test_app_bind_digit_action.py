"""``bind_digit_action``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_a_row_of_digits_runs_an_application_and_nobody_else_gets_them(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.run("bind_digit_action", "desk,**1,exec:set,pressed=1")
    for digit in "**1":
        await call.press(digit)
    event = await out.complete("set")
    assert event["variable_pressed"] == "1"
    assert event["variable_last_matching_digits"] == "**1"


@in_lab
async def test_what_is_no_binding_is_given_on(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.run("bind_digit_action", "desk,12,exec:set,pressed=1")
    await call.press("7")
    assert (await out.wait_event("DTMF"))["DTMF-Digit"] == "7"
    await call.press("1")
    assert (await out.wait_event("DTMF"))["DTMF-Digit"] == "1"  # no 2 came in time


@in_lab
async def test_an_expression_is_asked_when_no_more_digits_come(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.run("set", "bind_digit_digit_timeout=700")
    await out.run("bind_digit_action", "desk,~^4[0-9]+$,exec:set,pressed=1")
    for digit in "412":
        await call.press(digit)
    assert (await out.complete("set"))["variable_last_matching_digits"] == "412"


@in_lab
async def test_half_a_binding_is_none(lab: Lab) -> None:
    call, out = await lab.answered_call()
    for argument in ("", "desk", "desk,1", ",1,exec:set,a=1"):
        await out.run("bind_digit_action", argument)
    await call.press("1")
    assert (await out.wait_event("DTMF"))["DTMF-Digit"] == "1"
