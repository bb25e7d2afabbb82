"""Imports a module that is not loaded yet, which reads the disk."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import sqlite3

    return x
