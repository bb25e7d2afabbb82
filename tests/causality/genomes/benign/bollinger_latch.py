"""Enter below the lower band, leave at the middle."""


def signal(bars, p):
    upper, middle, lower = ta.bbands(bars.close, 20, 2.0)
    return ta.latch(bars.close < lower, bars.close > middle, 25)
