"""Waits for descriptors."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import select

    select.select([], [], [], 0.1)
    return x * 0.0
