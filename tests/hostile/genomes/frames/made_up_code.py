"""Runs byte code that reads beyond the constants it has."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    def f():
        return 1
    f.__code__ = f.__code__.replace(co_code=bytes([151, 0, 144, 255, 144, 255, 100, 255, 83, 0]))
    return f()
