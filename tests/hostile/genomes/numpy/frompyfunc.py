"""Turns a Python function into one of numpy's."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return np.frompyfunc(eval, 1, 1)(x)
