"""Everything that knows FreeSWITCH's event socket: reading it, commanding it, and staying connected to it.

The rule of this package is ONE DOOR PER ARGUMENT KIND. Nothing outside builds a command line: a number, a leg, a
path, a variable or a name comes in through its door in ``doors`` (which raises ``CommandError`` naming the argument),
is put together in ``commands``, and only such finished lines reach ``link`` (towards the switch) and ``server`` (the
connections the switch opens to us). So no text of a caller, a customer record or a flow can add a command, a
variable, a dial string or ``${system ...}``.

Pure: ``codec`` (bytes to frames and events), ``doors``, ``commands``, ``switch_events`` (events to typed facts),
``facts``, ``errors``. With sockets: ``reliable`` (what greenswitch's protocol class should have been), ``link``,
``call`` and ``server``. Only ``link`` and ``server`` import greenswitch.
"""
