"""Listens on a port."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import socket

    socket.create_server(("127.0.0.1", 0))
    return x * 0.0
