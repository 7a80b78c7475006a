"""The event socket: FreeSWITCH's text protocol for controllers, inbound (they connect) and outbound (we connect).

``framing`` and ``subscription`` are pure; ``connection`` is what both directions share; ``commands`` is the table of
commands; ``inbound`` listens; ``outbound`` is the socket application's side.
"""
