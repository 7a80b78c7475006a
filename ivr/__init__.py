"""Flows: what a contact hears, is asked and is sent to, written in YAML and decided in pure code.

Owns: the language, its checks and the engine. Not here: carrying effects out (``eslapp.services``), rendering
speech (``recordings.speech``). Nothing in this package touches a clock, a socket or the environment.

>>> site, problems = load_site("ivr/sites/demo")
>>> Engine(site).start(flow="main", medium="text", at=0.0).effects[0].type
'Write'
"""
