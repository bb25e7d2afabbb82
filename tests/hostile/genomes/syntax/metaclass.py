"""Has a class made by a function of its own."""

TIMEFRAME = "1d"
WARMUP = 50


class Helper(metaclass=print):
    held = 1


def signal(bars, p):
    x = bars.close
    return x * 0.0
