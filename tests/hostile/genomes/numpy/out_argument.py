"""Has numpy write its answer into the market."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    np.add(x, 1.0, out=x)
    return x * 0.0
