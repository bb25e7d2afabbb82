"""Has numpy call it at a division by zero."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    np.seterrcall(open)
    return x * 0.0
