-- Whom a provider was asked about: wider ids (WeChat's unionid) join a contact's addresses of several accounts.

CREATE TABLE looked_up (
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    address TEXT NOT NULL,
    due_at  {real} NOT NULL,                -- not asked again before
    PRIMARY KEY (channel, account, address)
){strict};
