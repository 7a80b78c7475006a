"""The ways text reaches us and leaves. ONE FILE = ONE CHANNEL; adding a file adds the channel.

Owns: collecting the one ``Channel`` class of each sibling by its ``type``. Not here: the contract (``base``), the doors
strangers' JSON and XML is read through (``reading``).

>>> sorted(CHANNELS)[:3]
['douyin', 'email', 'generic']
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

from .base import Channel

NOT_CHANNELS = frozenset({"access", "answers", "base", "hook_address", "reading", "refusals"})


def channel_types() -> dict[str, type[Channel]]:
    """Every channel class by ``type``, which must be the file's name."""
    found: dict[str, type[Channel]] = {}
    for module_name in sorted(name for _, name, _ in pkgutil.iter_modules(__path__) if name not in NOT_CHANNELS):
        module = import_module(f"{__name__}.{module_name}")
        classes = [
            thing
            for thing in vars(module).values()
            if isinstance(thing, type) and issubclass(thing, Channel) and thing.__module__ == module.__name__
        ]
        if len(classes) != 1 or classes[0].type != module_name:
            raise ImportError(f"{module.__file__}: must hold one Channel with type = {module_name!r}")
        found[module_name] = classes[0]
    return found


CHANNELS: dict[str, Channel] = {name: channel() for name, channel in channel_types().items()}
"""One instance of each channel by type: what ``Sender`` and the message service use."""
