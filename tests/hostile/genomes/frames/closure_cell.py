"""Changes what a function of the daemon closes over."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    ta.sma.__closure__[0].cell_contents = abs
    return ta.sma(x, 5)
