"""The web chat: its HTTP endpoints, live stream and page.

Not here: the channel contract's side (``webhooks.channels.webchat``), what a message leads to (the message service).
"""
