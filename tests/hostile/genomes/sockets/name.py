"""Asks for the address of a name, which tells a server a secret."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import socket

    socket.getaddrinfo("secret.example", 80)
    return x * 0.0
