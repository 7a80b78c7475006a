"""``fsctl``, ``xml_locate``, ``file_exists``, and what ``api-expansion`` forbids."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from switch_lab import Lab, in_lab


@in_lab
async def test_a_piece_of_the_configuration_is_found(lab: Lab) -> None:
    control = await lab.control()
    found = ET.fromstring(await control.api("xml_locate configuration configuration name event_socket.conf"))
    assert {"listen-port"} <= {each.get("name") for each in found.iter("param")}
    section = ET.fromstring(await control.api("xml_locate dialplan"))
    assert (section.tag, section.get("name")) == ("section", "dialplan")
    assert ET.fromstring(await control.api("xml_locate root")).tag == "document"
    assert await control.api("xml_locate dialplan context name nosuch") == "can't find anything\n"


@in_lab
async def test_where_expansion_is_off_no_text_runs_a_command(lab: Lab) -> None:
    _call, out = await lab.taken_call()
    control = await lab.control()
    asked = "a=${uuid_exists(x)}"
    assert (await out.run("set", asked))["Application-Data"] == "a=false"
    assert await control.api("fsctl api_expansion off") == "+OK api_expansion is off \n"
    assert (await out.run("set", asked))["Application-Data"] == "a=<API Execute Permission Denied>"
    assert await control.api("eval ${uuid_exists(x)}") == "<API execute Permission Denied>"
    lab.switch.conf.settings.setdefault("switch.conf", {})["api-expansion"] = "false"
    assert not type(lab.switch)(lab.switch.conf).has_api_expansion
