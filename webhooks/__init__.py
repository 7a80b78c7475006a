"""The web side of the daemon: inbox, outbox, live updates, HTTP API, workbench and chat pages.

Not here: routing and flows (they answer commands on the bus), SQL (``eslapp.store``), the switch.
"""
