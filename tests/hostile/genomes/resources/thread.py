"""Starts a thread that outlives its call."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import _thread

    _thread.start_new_thread(abs, (1,))
    return x * 0.0
