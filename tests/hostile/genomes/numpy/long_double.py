"""Answers in a type whose bytes are not those of a float64."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return np.zeros(len(x), dtype=np.longdouble)
