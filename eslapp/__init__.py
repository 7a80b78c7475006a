"""The Zongji daemon: decides in pure code, records each decision as an event, carries it out in a thin shell."""

__version__ = "0.1.0"
