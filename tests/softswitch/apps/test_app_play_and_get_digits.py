"""``play_and_get_digits``: digits as FreeSWITCH collects them."""

from __future__ import annotations

import pytest
from switch_lab import Lab, in_lab

ASK = "silence_stream://300 silence_stream://100 got"


@in_lab
@pytest.mark.parametrize(
    ("argument", "pressed", "variables"),
    [
        (rf"1 4 1 2000 # {ASK} \d+", "12#", {"got": "12", "read_terminator_used": "#", "read_result": "success"}),
        (rf"2 2 1 2000 # {ASK} \d+", "34", {"got": "34", "read_result": "success"}),
        (rf"1 1 1 2000 # {ASK} [1-3]", "9", {"got_invalid": "9"}),
        (rf"1 4 1 400 # {ASK} \d+ 400", "", {"read_result": "failure"}),
        (rf"1 4 1 400 # {ASK} \d+ 400", "5", {"got": "5", "read_result": "timeout"}),
    ],
)
async def test_digits_end_up_in_variables(lab: Lab, argument: str, pressed: str, variables: dict[str, str]) -> None:
    call, out = await lab.answered_call()
    await out.execute("play_and_get_digits", argument)
    if pressed:
        await call.press(pressed)
    done = await out.complete("play_and_get_digits")
    assert {name: done[f"variable_{name}"] for name in variables} == variables
    assert ("got" in variables) == bool(done["variable_got"])


@in_lab
async def test_it_asks_again_and_says_what_was_wrong(lab: Lab) -> None:
    call, out = await lab.answered_call()
    ask, wrong = "tone_stream://%(2000,0,500)", "tone_stream://%(200,0,700)"
    out.start("play_and_get_digits", f"1 1 2 2000 # {ask} {wrong} got [1-3]")
    await call.heard.tone(500, timeout=3)
    await call.press("9")
    await call.heard.tone(700, timeout=3)
    await call.heard.tone(500, timeout=3)
    await call.press("2")
    assert (await out.complete("play_and_get_digits"))["variable_got"] == "2"


@in_lab
async def test_words_that_are_missing_count_as_nothing(lab: Lab) -> None:
    call, out = await lab.answered_call()
    assert (await out.run("play_and_get_digits", "1 1"))["variable_read_result"] == "", "no try is none"
    out.start("play_and_get_digits", "1 1 1")
    await call.press("4")
    assert (await out.complete("play_and_get_digits"))["variable_read_result"] == "success"


@in_lab
async def test_a_terminator_may_be_kept_or_be_a_must(lab: Lab) -> None:
    call, out = await lab.answered_call()
    for terminators, expected in (("+#", "7#"), ("x#", "7#"), ("=#", "7")):
        out.start(
            "play_and_get_digits", f"1 3 1 2000 {terminators} silence_stream://50 silence_stream://50 got [0-9#]+"
        )
        await call.press("7")
        await call.press("#")
        assert (await out.complete("play_and_get_digits"))["variable_got"] == expected


@in_lab
async def test_after_the_last_try_the_call_goes_elsewhere(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.execute(
        "play_and_get_digits", "1 1 1 1000 # silence_stream://50 silence_stream://50 got 9 0 'nosuch XML'"
    )
    assert (await call.ended(timeout=5)).q850 == 3
