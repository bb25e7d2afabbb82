"""Makes a pair of sockets."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import socket

    socket.socketpair()
    return x * 0.0
