"""The soft switch's SIP (RFC 3261): messages, transactions, dialogs, registrations, calls, one stack per listener."""
