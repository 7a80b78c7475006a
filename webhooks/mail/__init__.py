"""E-mail: reading what arrives, writing what goes out, the two servers. Not here: the channel (``channels.email``)."""
