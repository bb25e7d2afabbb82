"""Calls a socket by its path."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"path": 0}


def signal(bars, p):
    x = bars.close
    import socket

    socket.socket(socket.AF_UNIX).connect(p["path"])
    return x * 0.0
