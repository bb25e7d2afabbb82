"""Buy strength on unusual volume."""


def signal(bars, p):
    strong = bars.close > ta.lag(ta.highest(bars.high, 20), 1)
    busy = ta.relative_volume(bars.volume, 20) > 1.5
    return ta.latch(strong & busy, bars.close < ta.sma(bars.close, 20), 40)
