"""How numbers, hosts and trunks are written in ``site.yaml``, and what to write instead.

Owns: the regular expressions (they stand in the JSON Schema, too) with their mends. Not here: the settings (``site``).
"""

from __future__ import annotations

EXTENSION = r"^[0-9]{2,10}$"
DIALLED = r"^\+?[0-9*#]{1,32}$"
CALLER = r"^\+?[0-9]{1,20}$"
ALLOWED = r"^\+?(?:[0-9#]|\[[0-9]-[0-9]\]|\[[0-9]+\]){1,20}\*?$"
TRUNK = r"^(gateway [A-Za-z0-9_.-]{1,63}|server [A-Za-z0-9.-]{1,253}:[0-9]{1,5})$"
HOST_AND_PORT = r"^[A-Za-z0-9.-]{1,253}:[0-9]{1,5}$"

MENDS = {
    EXTENSION: "write 2 to 10 digits, such as 1001",
    DIALLED: "digits only, such as 1001 or +864001234567",
    CALLER: "digits only, such as 1001 or +864001234567",
    ALLOWED: "write digits, # for any digit, [3-9] for one of these, * at the end for any further ones",
    TRUNK: "write 'gateway NAME' or 'server HOST:PORT'",
    HOST_AND_PORT: "write host:port, such as erp.local:8443",
}
