"""``fsctl``, ``xml_locate``, ``file_exists``: how the switch is set, for ``zongji freeswitch check`` and its like.

Of ``fsctl`` what tells something; ``api_expansion`` can be set. Not here: reading the configuration (``confdir``).
"""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET

from eslapp.softswitch.api import ApiCall
from eslapp.softswitch.separating import separate
from eslapp.softswitch.variables import is_true

USAGE = (
    "-USAGE: [api_expansion [on|off]|recover|send_sighup|hupall|pause [inbound|outbound]|resume [inbound|outbound]"
    "|shutdown [cancel|elegant|asap|now|restart]|sps|sps_peak_reset|sync_clock|sync_clock_when_idle|reclaim_mem"
    "|max_sessions|min_dtmf_duration [num]|max_dtmf_duration [num]|default_dtmf_duration [num]|min_idle_cpu"
    "|loglevel [level]|debug_level [level]|mdns_resolve [enable|disable]]\n"
)
FIXED = {
    "min_idle_cpu": "+OK min idle cpu: DISABLED\n",
    "default_dtmf_duration": "+OK default dtmf duration: 2000\n",
    "max_dtmf_duration": "+OK max dtmf duration: 192000\n",
    "min_dtmf_duration": "+OK min dtmf duration: 400\n",
    "debug_level": "+OK DEBUG level: 0\n",
}


async def fsctl(call: ApiCall) -> str:
    """``api_expansion [on|off]`` and what can be asked."""
    words = call.words()
    if not words:
        return USAGE
    switch, name = call.switch, words[0].lower()
    if name == "api_expansion":
        if len(words) > 1:
            switch.has_api_expansion = is_true(words[1])
        return f"+OK api_expansion is {'on' if switch.has_api_expansion else 'off'} \n"
    if name == "sps":
        return f"+OK sessions per second: {switch.conf.sessions_per_second}\n"
    if name == "max_sessions":
        return f"+OK max sessions: {switch.conf.max_sessions}\n"
    return FIXED.get(name, f"-ERR Invalid command\nUSAGE: fsctl {USAGE.removeprefix('-USAGE: ')}")


async def xml_locate(call: ApiCall) -> str:
    """``root``, ``<section>``, or ``<section> <tag> <attribute> <value>``: that piece of the configuration."""
    words = separate(call.text)
    root = call.switch.conf.root
    if len(words) not in (1, 4) or root is None:
        return "-ERR bad args\n"
    found: ET.Element | None = root
    if words != ["root"]:
        found = next((each for each in root.findall("section") if each.get("name") == words[0]), None)
    if found is not None and len(words) == 4:
        tag, attribute, value = words[1:]
        found = next((each for each in found.iter() if each.tag == tag and each.get(attribute) == value), None)
    return "can't find anything\n" if found is None else ET.tostring(found, encoding="unicode").rstrip() + "\n"


async def file_exists(call: ApiCall) -> str:
    """``true`` or ``false``."""
    return "true" if call.text and os.path.exists(call.text) else "false"


COMMANDS = {"fsctl": fsctl, "xml_locate": xml_locate, "file_exists": file_exists}
