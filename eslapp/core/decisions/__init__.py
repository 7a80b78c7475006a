"""What is answered to each command, one file per noun: past-tense events, or ``Refused``.

Every function is ``(world, command, ids) -> list[Event] | Refused`` and is listed in ``eslapp.core.router``.
An empty list: it is so already (a repeated command changes nothing). Not here: state changes (``transitions``).
"""
