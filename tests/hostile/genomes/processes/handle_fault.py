"""Handles its own faults, to go on after them."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os
    import resource
    import signal as signals

    signals.signal(signals.SIGSEGV, signals.default_int_handler)
    return x * 0.0
