"""Has numpy call a function when an array is shown."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    np.set_printoptions(formatter={"float": open})
    return x * len(repr(x[:1]))
