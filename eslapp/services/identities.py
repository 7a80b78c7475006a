"""Who the contact is: members among our contacts, one-time codes, and what was proved.

Owns: making and comparing codes (keyed hashes, few tries, a short life, few an hour), and keeping the result.
Not here: the conversation (``ivr.steps.identify``), how a code travels (``chats.send``).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from hashlib import sha256
from secrets import randbelow

from eslapp.clock import Clock
from eslapp.core.events import ContactVerified
from eslapp.core.identity import Verdict
from eslapp.core.model import Contact
from eslapp.log import get_log
from eslapp.store import Store, Tx, contacts, conversations, events, identities, interactions, messages, people
from eslapp.store.identities import Identification, OneTimeCode
from ivr.effects import SendMessage
from ivr.service_calls import CheckCode, FindMember, KeepIdentity, SendCode
from ivr.waits import Answered, Failed, Happening

log = get_log("identities")

MEMBER = "member"  # the scope of members' numbers
CODES_PER_HOUR = 5
HOUR_S = 3600.0
HIDDEN = "******"
# Sends by another channel in the transaction; the message's id, "" where the contact cannot be reached there.
Send = Callable[[Tx, str, str, SendMessage], str]


class Identities:
    """One per daemon. ``key``: the site's secret that codes are hashed with."""

    def __init__(self, *, store: Store, clock: Clock, send: Send, key: str) -> None:
        self._store = store
        self._clock = clock
        self._send = send
        self._key = key.encode()

    def find_member(self, interaction: str, effect: FindMember) -> Happening:
        found = self._store.read(lambda tx: contacts.by_address(tx, MEMBER, effect.member))
        if found is None:
            return Answered({"is_found": False})
        return Answered({"is_found": True, "name": found.name, "level": found.level})

    def send_code(self, interaction: str, effect: SendCode) -> Happening:
        """Make and send one; asked again after a crash the first one stays good."""
        source, now = f"{interaction}:{effect.key}", self._clock()
        code = "".join(str(randbelow(10)) for _ in range(effect.digits))

        def work(tx: Tx) -> str:
            one = interactions.get(tx, interaction)
            if one is None:
                return "there is no such interaction"
            if identities.code(tx, source) is not None:
                return ""
            if identities.codes_since(tx, one.contact, now - HOUR_S) >= CODES_PER_HOUR:
                return f"more than {CODES_PER_HOUR} codes in an hour"
            text = effect.text.replace("{code}", code)
            message = self._send(tx, one.contact, interaction, SendMessage(effect.channel, text))
            if not message:
                return f"the contact cannot be reached by {effect.channel}"
            made = OneTimeCode(
                source=source,
                contact=one.contact,
                channel=effect.channel,
                message=message,
                digest=self._digest(source, code),
                tries_left=effect.tries,
                made_at=now,
                expires_at=now + effect.valid_s,
            )
            identities.add_code(tx, made)
            return ""

        refusal = self._store.write(work)
        return Failed(refusal) if refusal else Answered()

    def check_code(self, interaction: str, effect: CheckCode) -> Happening:
        """ "right", "wrong", or "over" where no try or no time is left."""
        source, now = f"{interaction}:{effect.key}", self._clock()

        def work(tx: Tx) -> str:
            made = identities.code(tx, source)
            if made is None or made.used_at is not None or made.tries_left < 1 or now >= made.expires_at:
                return "over"
            is_right = hmac.compare_digest(made.digest, self._digest(source, effect.code))
            identities.try_code(tx, source, is_right=is_right, at=now)
            is_over = is_right or made.tries_left <= 1
            if is_over:
                messages.hide(tx, made.message, HIDDEN)
            return "right" if is_right else "over" if is_over else "wrong"

        return Answered({"verdict": self._store.write(work)})

    def keep(self, interaction: str, effect: KeepIdentity) -> Happening:
        """The proof stands with the interaction, what it taught with the contact."""
        now = self._clock()

        def work(tx: Tx) -> bool:
            one = interactions.get(tx, interaction)
            person = contacts.get(tx, one.contact) if one is not None else None
            if one is None or person is None:
                return False
            found = Identification(interaction, person.id, effect.by, effect.member, now)
            if identities.keep(tx, source=f"{interaction}:{effect.key}", found=found):
                events.append(tx, ContactVerified(at=now, interaction=interaction, by=effect.by))
            _learn(tx, person, effect, now)
            if effect.by == "code":
                _verify(tx, person, f"{interaction}:{effect.key}", now)
            return True

        return Answered() if self._store.write(work) else Failed("there is no such contact")

    def _digest(self, source: str, code: str) -> str:
        return hmac.new(self._key, f"{source}:{code}".encode(), sha256).hexdigest()


def _learn(tx: Tx, person: Contact, effect: KeepIdentity, now: float) -> None:
    """The member number becomes an address of the contact; whoever has it already is the same person, or is not."""
    if effect.member:
        is_proved = effect.by == "code"  # a number anybody may type proves nothing by itself
        verdict = people.learn(tx, person.id, scope=MEMBER, external_id=effect.member, is_verified=is_proved, at=now)
        if verdict in (Verdict.NEVER, Verdict.SUGGEST):
            log.warning("member-of-another-contact", contact=person.id, member=effect.member)
            return
    contacts.update(tx, person.id, name=person.name or effect.name or None, level=effect.level or None)


def _verify(tx: Tx, person: Contact, source: str, at: float) -> None:
    """The code has come by this address: it is theirs."""
    made = identities.code(tx, source)
    message = messages.get(tx, made.message) if made is not None and made.used_at is not None else None
    thread = conversations.get(tx, message.conversation) if message is not None else None
    if thread is not None:
        scopes = (f"{thread.channel}:{thread.account}", "tel")
        for scope in scopes:
            contacts.verify_address(tx, person.id, scope=scope, external_id=thread.address, at=at)
