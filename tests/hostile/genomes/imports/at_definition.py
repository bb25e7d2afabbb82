"""Imports while the module is loaded, before anything is asked."""

TIMEFRAME = "1d"
WARMUP = 50


import socket

socket.socket()


def signal(bars, p):
    x = bars.close
    return x * 0.0
