"""Buy a dip of the commodity channel index."""


def signal(bars, p):
    dip = ta.cci(bars.high, bars.low, bars.close, 20) < -100.0
    return ta.latch(dip, ta.cci(bars.high, bars.low, bars.close, 20) > 0.0, 30)
