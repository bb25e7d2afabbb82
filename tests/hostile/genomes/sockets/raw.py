"""Makes packets of its own."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import socket

    socket.socket(type=socket.SOCK_RAW, proto=1)
    return x * 0.0
