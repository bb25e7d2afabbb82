"""Has np.piecewise call a function where a condition holds."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return np.piecewise(x, [x > 0.0], [exit])
