"""The demonstration: robots use a running site from outside, by SIP, RTP and HTTP only, and tell what they saw.

``story`` is the plot, ``customer`` and ``agent`` the robots, ``web`` their browsers, ``timeline`` what is printed.
Nothing here touches the daemon's memory or its database: what is reported was observed.
"""
