"""The shell around the pure core: one use case per file.

``dispatcher`` owns agents and queues; ``voice_calls`` the contacts' legs in flows; ``voice_offers`` the agents'
phones; ``chats`` the text flows; ``recorder`` and ``transcripts`` what was said; ``reconciler`` compares all of it
with the switch. Every boundary here (a call, a message, a fact) catches its own failures and has a fallback.
"""
