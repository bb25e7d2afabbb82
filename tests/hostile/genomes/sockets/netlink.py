"""Speaks to the kernel by netlink."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import socket

    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)
    return x * 0.0
