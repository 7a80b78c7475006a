"""Long texts cut for every channel's cap: nothing lost, nothing too long, no sign and no link parted."""

from __future__ import annotations

import random

import pytest

from webhooks.long_texts import length, parts

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
SIGNS = {
    "family": FAMILY,
    "England": ENGLAND,
    "skin": "\U0001f44d\U0001f3fd",
    "rainbow": "\U0001f3f3\ufe0f\u200d\U0001f308",
    "flag": "\U0001f1e8\U0001f1f3",
    "keycap": "1\ufe0f\u20e3",
    "accent": "e\u0301",
    "Korean in letters": "\u1112\u1161\u11ab",
    "Hindi": "\u0915\u094d\u0937\u093f",
    "Thai": "\u0e01\u0e33",
}
LINK = "https://shop.example.com/order/4711?id=42;ref=a,b:c!x&n=%E4%BD#top"


def within(found: list[str], cap: int, unit: str) -> bool:
    return all(length(one, unit) <= cap for one in found)


@pytest.mark.parametrize("sign", SIGNS.values(), ids=SIGNS)
@pytest.mark.parametrize("unit", ["bytes", "characters"])
def test_a_sign_stays_whole(sign: str, unit: str) -> None:
    for before in range(4):
        for cap in range(length(sign, unit) + 3, 60):
            found = parts("a" * before + sign * 9, cap, unit)
            assert within(found, cap, unit) and sum(one.count(sign) for one in found) == 9, (before, cap)


@pytest.mark.parametrize("before", ["", "See ", "words and more words " * 4, "请看这里的订单，谢谢您的耐心等待" * 3])
@pytest.mark.parametrize("unit", ["bytes", "characters"])
def test_a_link_that_fits_stays_whole(before: str, unit: str) -> None:
    for cap in range(len(LINK) + 1, 220):
        found = parts(f"{before}{LINK} end. 结束 {'more ' * 20}", cap, unit)
        assert within(found, cap, unit) and any(LINK in one for one in found), cap


def test_a_link_that_is_too_long_is_cut_after_all() -> None:
    found = parts(f"See {LINK * 9}", 100, "characters")
    assert within(found, 100, "characters") and "".join(found).replace(" ", "") == f"See{LINK * 9}"


def test_numbers_and_hours_stay_whole() -> None:
    for cap in range(10, 30):
        found = " | ".join(parts("It is 12,500.00 yuan, at 10:30 or 11:45; yes.", cap, "characters"))
        assert all(one in found for one in ("12,500.00", "10:30", "11:45")), cap


def test_nothing_of_any_text_is_lost() -> None:
    dice = random.Random(6)
    letters = ["a", "中", " ", "\n", "。", ", ", "\r\n", "\u00a0", "😀", "\ud800", LINK, *SIGNS.values()]
    for _ in range(800):
        text = "".join(dice.choice(letters) for _ in range(dice.randint(1, 90)))
        cap, unit = dice.randint(10, 130), dice.choice(["bytes", "characters"])
        found = parts(text, cap, unit)
        assert within(found, cap, unit) and "".join("".join(found).split()) == "".join(text.split())
        assert all(one.strip() for one in found) or not text.strip()
