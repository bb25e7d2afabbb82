"""Sends a datagram, which no rule on connections sees."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"port": 0}


def signal(bars, p):
    x = bars.close
    import socket

    socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", p["port"]))
    return x * 0.0
