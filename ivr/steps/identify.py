"""``identify``: who the contact is, by number, member number or one-time code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ivr.asking import SystemQuestion
from ivr.effects import SetVariables, Speech
from ivr.expressions import ExpressionError
from ivr.fields import Duration, Name, Span, SpanField, TemplateValue, Text, VariableName, Whole
from ivr.filled import names_in
from ivr.question import INVALID, Question
from ivr.scene import Scene
from ivr.service_calls import CheckCode, FindMember, KeepIdentity, SendCode, ServiceCall, TakeDialInCode
from ivr.session import Value
from ivr.step import Exit, Fail, Move, Next, Wait
from ivr.strict_yaml import Path
from ivr.templates import fill
from ivr.values import as_text, clean, clean_value, simplified
from ivr.waits import Answered, Happening

NUMBER, MEMBER, CODE, CHAT = "number", "member", "code", "chat"
_FIND, _SEND, _CHECK, _KEEP = "find", "send", "check", "keep"  # what a service does now
_KNOWN = ("name", "level")  # of a contact, where a lookup answers them


class Identify(Question):
    """Both media. ``by: number``: the number (or chat address) is one of a contact we know; asks nothing.
    ``by: member``: asks for the member number (or takes ``value: $(member)``) and looks it up, with ``lookup`` in the
    business system, else among our contacts. ``by: code``: sends a one-time code by the channel ``to`` and asks for it.
    ``by: chat``: asks a caller for the code that the chat page shows; the call goes on as the chat's contact.

    Then ``contact.verified`` is true and ``contact.verified_by`` says how; it stands with the interaction, too.
    Ways out: ``invalid`` (not known, too many wrong answers), ``silence``, ``otherwise`` for both, ``fails``.
    """

    verb = "identify"
    short = "by"
    text_only = ("ask", "message")
    phrases = ("invalid", "silence", "member_keys", "member_unknown", "code_keys", "code_wrong", "chat_keys")
    EXAMPLE: ClassVar[str] = """
    start:
      - identify: {by: number, otherwise: next}
      - branch: [{when: contact.verified, go: known}]
      - identify:
          by: member
          digits: 1-8
          lookup: {url: $(env.SHOP_URL)/members/$(member), save: {name: $.name}}
          otherwise: code
      - goto: known
    code:
      - identify: {by: code, to: website, otherwise: person, fails: person}
    known:
      - say: {zh: 已确认您的身份。, en: We know who you are.}
      - hangup
    person:
      - queue: orders
    """

    by: Literal["number", "member", "code", "chat"]
    name: VariableName = Field(default="member", alias="as")
    value: TemplateValue = ""
    prompt: Text | None = None
    ask: Text | None = None
    digits: SpanField = Span(4, 20)
    lookup: SystemQuestion | None = None
    to: Name = ""
    message: Text | None = None
    code_digits: Annotated[Whole, Field(ge=4, le=8)] = 6
    valid: Annotated[Duration, Field(ge=30.0, le=3600.0)] = 300.0

    # --- deciding ---------------------------------------------------------------------------------------------

    def enter(self, scene: Scene) -> Move:
        phase = scene.state.get("phase", "")
        if phase == _KEEP:
            return self._keep(scene, dict(scene.state.get("kept", {})))
        if phase == _FIND:
            return self._find(scene, str(scene.state.get("member", "")))
        if self.by == NUMBER:
            return self._by_number(scene)
        if self.by == CHAT and not scene.is_voice:
            return self.given_up(INVALID)  # this is a chat
        if self.by == CODE and phase in ("", _SEND):
            return self._send(scene)
        given = clean(as_text(_value(self.value, scene))) if self.by == MEMBER else ""
        if given and not phase:
            return self._find(scene, given)
        return self.asked_anew(scene, {**scene.state, "phase": "ask"})

    def _by_number(self, scene: Scene) -> Move:
        is_known = scene.lookup("contact.known") is True
        return self._keep(scene, {}) if is_known else self.given_up(INVALID)

    def _find(self, scene: Scene, member: str) -> Move:
        if self.lookup is None:
            effect: ServiceCall = FindMember(key=scene.key, member=member)
        else:
            try:
                effect = self.lookup.request(scene.with_values({self.name: member}))
            except ExpressionError as error:
                return Fail(str(error))
        return Wait((effect,), {**scene.state, "phase": _FIND, "member": member})

    def _send(self, scene: Scene) -> Move:
        minutes = str(max(1, round(self.valid / 60)))
        if self.message is not None:
            text = scene.with_values({"code": "{code}", "minutes": minutes}).written(self.message)
        else:
            text = scene.phrase("code_message").replace("{minutes}", minutes)
        effect = SendCode(
            key=scene.key,
            channel=self.to,
            text=text,
            digits=self.code_digits,
            valid_s=self.valid,
            tries=self.tries,
        )
        return Wait((effect,), {"phase": _SEND})

    def _keep(self, scene: Scene, kept: dict[str, Any]) -> Move:
        effect = KeepIdentity(
            key=scene.key,
            by=self.by,
            member=str(scene.state.get("member", "")),
            name=as_text(clean_value(kept.get("name", ""))),
            level=as_text(clean_value(kept.get("level", ""))),
        )
        return Wait((effect,), {**scene.state, "phase": _KEEP, "kept": kept})

    # --- asking -----------------------------------------------------------------------------------------------

    def question(self, scene: Scene) -> tuple[tuple[Speech, ...], str, tuple[tuple[str, str], ...]]:
        which = self.by if self.by in (CODE, CHAT) else MEMBER
        if scene.is_voice:
            spoken = scene.speech(self.prompt) if self.prompt is not None else (scene.phrase_speech(f"{which}_keys"),)
            return spoken, "", ()
        written = self.ask or self.prompt
        return (), scene.written(written) if written is not None else scene.phrase(f"{which}_text"), ()

    def keys_wanted(self, scene: Scene) -> dict[str, Any]:
        if self.by in (CODE, CHAT):
            return {"min": self.code_digits, "max": self.code_digits, "ends": "#"}
        return {"min": self.digits.least, "max": self.digits.most, "ends": "#"}

    def understand(self, scene: Scene, answer: str, *, is_typed: bool) -> Move | None:
        given = simplified(answer).replace(" ", "") if is_typed else answer
        least, most = (self.digits.least, self.digits.most) if self.by == MEMBER else (self.code_digits,) * 2
        if not given.isascii() or not given.isdigit() or not least <= len(given) <= most:
            return None
        if self.by == MEMBER:
            return self._find(scene, given)
        if self.by == CHAT:
            return Wait((TakeDialInCode(key=scene.key, code=given),), {**scene.state, "phase": _CHECK})
        return Wait((CheckCode(key=scene.key, code=given),), {**scene.state, "phase": _CHECK})

    # --- what services say ------------------------------------------------------------------------------------

    def answer(self, scene: Scene, happening: Happening) -> Move:
        if not isinstance(happening, Answered):
            return super().answer(scene, happening)
        phase = scene.state.get("phase", "")
        if phase == _SEND:
            return self.asked_anew(scene, {"phase": "ask"})
        if phase == _CHECK:
            return self._checked(scene, happening.values.get("verdict"))
        return self._found(scene, happening.values) if phase == _FIND else self._kept(scene)

    def _checked(self, scene: Scene, verdict: object) -> Move:
        if verdict == "right":
            return self._keep(scene, {})
        if verdict == "over":
            return self.given_up(INVALID)
        return self.wrong(scene, "code_wrong")

    def _found(self, scene: Scene, values: Mapping[str, Any]) -> Move:
        if self.lookup is not None:
            found = self.lookup.read(values)
            if isinstance(found, str):
                return Fail(found)
        else:
            found = {name: clean_value(values.get(name, "")) for name in _KNOWN} if values.get("is_found") else None
        if found is not None:
            return self._keep(scene, found)
        return self.given_up(INVALID) if self.value else self.wrong(scene, "member_unknown")

    def _kept(self, scene: Scene) -> Move:
        values: dict[str, Value] = {"contact.verified": True, "contact.verified_by": self.by}
        kept = scene.state.get("kept", {})
        values |= {f"contact.{name}": clean_value(kept[name]) for name in _KNOWN if kept.get(name)}
        if self.by == MEMBER:
            values[self.name] = values["contact.member"] = str(scene.state.get("member", ""))
            values |= kept if self.lookup is not None else {}
        return Next((SetVariables(values),), note=f"identify {self.by}")

    def wrong(self, scene: Scene, why: str) -> Move:
        used = {**scene.state, "phase": "ask"}
        return super().wrong(scene.with_state(used), why)

    # --- for the checks ---------------------------------------------------------------------------------------

    def exits(self) -> Iterator[Exit]:
        yield Exit("next", is_heard=self.by != NUMBER)
        yield from super().exits()

    def names_set(self) -> Iterator[str]:
        if self.by == MEMBER:
            yield self.name
            yield from self.lookup.save if self.lookup is not None else ()
        if self.message is not None:
            yield from ("code", "minutes")

    def names_read(self) -> Iterator[tuple[Path, str]]:
        if isinstance(self.value, str):
            yield from ((("value",), name) for name in names_in(self.value))
        if self.lookup is not None:
            yield from ((("lookup", *loc), name) for loc, name in self.lookup.system_names())

    def faults(self) -> Iterator[tuple[Path, str, str]]:
        if self.lookup is not None:
            yield from ((("lookup", *loc), text, mend) for loc, text, mend in self.lookup.system_faults())
        if self.by == CODE and not self.to:
            yield ("by",), "a code needs a channel that carries it", "add 'to: CHANNEL'"
        for field in ("to", "message") if self.by != CODE else ("value", "lookup"):
            if field in self.model_fields_set:
                mend = f"remove {field!r}, or change 'by'"
                yield (field,), f"{field!r} has no meaning with 'by: {self.by}'", mend
        if self.message is not None and not all("$(code)" in prompt for prompt in self.message.root.values()):
            yield ("message",), "the message does not hold the code", "write $(code) where it stands"


def _value(source: TemplateValue, scene: Scene) -> Value:
    return clean(fill(source, scene.lookup)) if isinstance(source, str) else clean_value(source)
