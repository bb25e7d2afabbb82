"""Waits for a lock that nobody opens."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import threading

    y = threading.Lock()
    y.acquire()
    y.acquire(True, 0.1)
    return x * 0.0
