"""Answers dates, which are numbers within."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return np.zeros(len(x), dtype="M8[s]")
