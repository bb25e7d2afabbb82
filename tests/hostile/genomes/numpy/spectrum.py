"""Asks np.fft for a function that is not listed."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return np.fft.helper(x)
