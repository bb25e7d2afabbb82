"""Gives an indicator an array of conditions on conditions in three axes."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = ta.sma(np.zeros((2, 2, 2)), 5)
    return x * 0.0
