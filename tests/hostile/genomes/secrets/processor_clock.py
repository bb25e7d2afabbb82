"""Decides by how long it took."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import time

    return x * 0.0 + time.perf_counter_ns() % 1000 / 1000.0
