-- Whose events came to an account's URL though the site has no such account: a number, page or bot that was forgotten.

CREATE TABLE unplaced (
    channel_account TEXT NOT NULL,
    whose           TEXT NOT NULL,          -- what the provider calls it
    events          {integer} NOT NULL,
    first_at        {real} NOT NULL,
    last_at         {real} NOT NULL,
    PRIMARY KEY (channel_account, whose)
){strict};
