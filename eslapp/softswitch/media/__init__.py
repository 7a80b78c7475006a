"""The soft switch's media: SDP, G.711, RTP, RFC 4733 digits, one 20 ms clock, sources, recording, mixing."""
