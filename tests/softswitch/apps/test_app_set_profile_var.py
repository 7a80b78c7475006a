"""``set_profile_var``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_a_field_changes_and_no_other_attribute_can(lab: Lab) -> None:
    _call, out = await lab.taken_call()
    assert (await out.run("set_profile_var", "caller_id_name=Ms. Li"))["Caller-Caller-ID-Name"] == "Ms. Li"
    for argument in ("uuid=x", "times=x", "__class__=x", "nonsense", ""):
        assert (await out.run("set_profile_var", argument))["Unique-ID"] == lab.uuid
