"""Calls a TCP port of this machine."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"port": 0}


def signal(bars, p):
    x = bars.close
    import socket

    socket.socket().connect(("127.0.0.1", p["port"]))
    return x * 0.0
