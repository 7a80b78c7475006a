"""Conferences: rooms by name, who is in them, what they hear.

``rooms.py`` the registry, ``room.py`` one room and its mix, ``member.py`` one who is in it, ``telling.py`` the events,
``listing.py`` its lists, ``orders.py`` the ``conference`` commands. Not here: the application (``apps/conference.py``).
"""
