"""Calls a socket that has a name and no path."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"name": 0}


def signal(bars, p):
    x = bars.close
    import socket

    socket.socket(socket.AF_UNIX).connect(chr(0) + p["name"])
    return x * 0.0
