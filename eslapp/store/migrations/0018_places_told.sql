-- The ledger of announced places: "you are number 3", and as which one they were served.

CREATE TABLE announced_places (
    number      {serial},
    interaction TEXT NOT NULL,
    queue       TEXT NOT NULL,
    at          {real} NOT NULL,
    position    {integer} NOT NULL,
    actual      {integer},                  -- how many were served until they were, themselves included; NULL: left before
    settled_at  {real}
){strict};
CREATE INDEX announced_places_open ON announced_places (interaction) WHERE settled_at IS NULL;
CREATE INDEX announced_places_by_queue ON announced_places (queue, number);
