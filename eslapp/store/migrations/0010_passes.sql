-- Passes that carry a contact from one channel to another: a code for the telephone, a link to the chat. Used once.

CREATE TABLE one_time_passes (
    digest     TEXT PRIMARY KEY,            -- of the code or the link's token; neither is kept
    purpose    TEXT NOT NULL CHECK (purpose IN ('dial-in', 'chat')),
    contact    TEXT NOT NULL REFERENCES contacts (id),
    parent     TEXT NOT NULL,               -- the interaction it carries on from
    expires_at {real} NOT NULL,
    used_at    {real},
    used_by    TEXT NOT NULL DEFAULT ''     -- an interaction (dial-in), an address of the chat
){strict};
CREATE INDEX one_time_passes_by_user ON one_time_passes (used_by) WHERE used_by <> '';
CREATE INDEX one_time_passes_by_parent ON one_time_passes (parent);
