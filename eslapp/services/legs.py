"""Names of legs and the variables we put on them: how a leg found on the switch is known again after a crash.

Owns: the mapping offer <-> agent leg and the ``zj_*`` channel variables. Pure.

>>> offer_leg("0123456789abcdef0123456789abcdef")
'01234567-89ab-cdef-0123-456789abcdef'
>>> offer_of(offer_leg("0123456789abcdef0123456789abcdef"))
'0123456789abcdef0123456789abcdef'
"""

from __future__ import annotations

INTERACTION = "zj_interaction"  # on the contact's leg and on the agent's
OFFER = "zj_offer"  # on the agent's leg only
GUEST = "zj_guest"  # on the leg of a guest of a talk: its own name
HELD = "zj_held"  # on a contact's leg: "true" while we have sent it to the hold
ONWARD = "zj_onward"  # on a contact's leg that comes back from a talk: the number outside it is handed on to
HOLD_EXTENSION = "zj-hold"  # where a contact waits while the agent is busy with something else
REST_EXTENSION = "zj-rest"  # where a contact waits in line without a connection to us
TEST = "zj_test"  # on a leg that only tests an agent's phone: the test's name
TEST_HEADER = "sip_h_X-Zongji-Test"  # by this the browser phone knows it
CONTACT = "zj_contact"  # on the leg of a contact we dialled: its own uuid
DIALLED = "zj_did"  # the number that was dialled
TEST_EXTENSION = "zj-phone-test"
RETURN_EXTENSION = "zj-1"  # the dialplan loop of fs_conf: back to the daemon
RETURN_CONTEXT = "zongji"


def offer_leg(offer: str) -> str:
    """The uuid of the agent's leg for an offer: known before it rings, derived again after a restart."""
    return "-".join((offer[:8], offer[8:12], offer[12:16], offer[16:20], offer[20:]))


def offer_of(leg: str) -> str:
    """The offer a leg of ours was made for (any other leg gives an id that no offer has)."""
    return leg.replace("-", "")
