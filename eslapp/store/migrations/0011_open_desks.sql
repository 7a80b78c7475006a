-- Whose workbench is open: a daemon that died asks after them when it is back.

CREATE TABLE open_desks (
    agent     TEXT PRIMARY KEY,
    opened_at {real} NOT NULL
){strict};
