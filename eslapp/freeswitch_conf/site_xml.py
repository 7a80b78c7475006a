"""Most files of ``local/``: what a site adds to ``fs_conf/``, as XML text. Pure.

Not here: trunks (``trunk_xml``), where they are written (``render``), what values are allowed (``doors``).

>>> print(numbers_xml({"1000": "main"}).splitlines()[2].strip())
<condition field="destination_number" expression="^1000$">
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from xml.etree import ElementTree

from eslapp.core.phone_numbers import same_number_pattern
from eslapp.freeswitch_conf import doors
from eslapp.freeswitch_conf.trunk_xml import ENTRY, text_of

EARLY_ENTRY = "zj-early XML zongji"  # the flow answers by itself


def vars_xml(values: Mapping[str, str]) -> str:
    """Preprocessor variables. The values passed their doors: the preprocessor knows no escaping."""
    root = ElementTree.Element("include")
    for name, value in values.items():
        if re.search(r"[\"'<>&$\\\r\n]", value):
            raise doors.RenderError(f"{name} is {value!r}; remove quotes, $, & and angle brackets")
        ElementTree.SubElement(root, "X-PRE-PROCESS", cmd="set", data=f"{name}={value}")
    return text_of(root)


def modules_xml() -> str:
    """Loads the event socket: present only where ``local/vars.xml`` has a generated password."""
    root = ElementTree.Element("include")
    ElementTree.SubElement(root, "load", module="mod_event_socket")
    return text_of(root)


def numbers_xml(numbers: Iterable[str], early: Container[str] = (), country: str = "") -> str:
    """One extension per number of the site; the number is kept in ``zj_did``. ``early``: those not answered at once.

    A number of the world is reached however a carrier of the ``country`` writes it.
    """
    root = ElementTree.Element("include")
    for did in numbers:
        doors.number(did)
        extension = ElementTree.SubElement(root, "extension", name=f"number {did}")
        condition = ElementTree.SubElement(
            extension, "condition", field="destination_number", expression=f"^{same_number_pattern(did, country)}$"
        )
        entry = EARLY_ENTRY if did in early else ENTRY
        for application, argument in (("set", f"zj_did={did}"), ("transfer", entry)):
            ElementTree.SubElement(condition, "action", application=application, data=argument)
    return text_of(root)


def agents_xml(agents: Mapping[str, str], passwords: Mapping[str, str]) -> str:
    """One directory user per agent; ``agents`` maps extensions to names."""
    root = ElementTree.Element("include")
    for extension, name in agents.items():
        user = ElementTree.SubElement(root, "user", id=doors.extension(extension))
        params = ElementTree.SubElement(user, "params")
        secret = doors.password(passwords.get(extension, ""), f"agent {extension}")
        ElementTree.SubElement(params, "param", name="password", value=secret)
        variables = ElementTree.SubElement(user, "variables")
        for variable, value in (
            ("user_context", "agents"),
            ("effective_caller_id_name", doors.display_name(name) or extension),
            ("effective_caller_id_number", extension),
        ):
            ElementTree.SubElement(variables, "variable", name=variable, value=value)
    return text_of(root)


def announcement_xml(languages: Iterable[str]) -> str:
    """What a caller hears when the daemon stays away: one file per language of the site."""
    root = ElementTree.Element("include")
    for language in languages:
        file = f"$${{conf_dir}}/sounds/fallback-{doors.language(language)}.wav"
        ElementTree.SubElement(root, "action", application="playback", data=file)
    return text_of(root)
