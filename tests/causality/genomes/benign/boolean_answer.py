"""Answer true and false."""


def signal(bars, p):
    return bars.close > ta.sma(bars.close, 30)
