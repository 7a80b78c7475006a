"""``three_way``: all three hear each other."""

from __future__ import annotations

from switch_lab import Lab, in_lab
from test_app_eavesdrop import bridged_and_supervised

MIXED = 0.2  # of what is heard where several speak


@in_lab
async def test_all_three_hear_each_other(lab: Lab) -> None:
    call, theirs, boss, _monitor = await bridged_and_supervised(lab, "three_way")
    for who, tones in ((call, (700, 900)), (theirs, (500, 900)), (boss, (500, 700))):
        for hertz in tones:
            await who.heard.tone(hertz, timeout=3, share=MIXED)
