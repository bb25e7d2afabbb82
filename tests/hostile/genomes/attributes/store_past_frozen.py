"""Sets a field of frozen bars through the class they come from."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    bars.__class__.__base__.__setattr__(bars, "close", x * 2.0)
    return x * 0.0
