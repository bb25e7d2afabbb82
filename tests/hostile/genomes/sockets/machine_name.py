"""Asks for the name of this machine."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import socket

    socket.gethostname()
    return x * 0.0
