"""The embedded soft switch: SIP and RTP on one side, FreeSWITCH's event socket on the other, in one asyncio process.

Owns: everything between a phone and a controller, for laptops, demonstrations, CI and small desks.
Not here: the client of the event socket (``eslapp.esl``), what a site does with its calls (``eslapp.services``).
"""
