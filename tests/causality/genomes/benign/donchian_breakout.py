"""Buy a new high, leave on a new low."""


def signal(bars, p):
    enter = bars.close > ta.donchian_upper(bars.high, 20)
    leave = bars.close < ta.donchian_lower(bars.low, 10)
    return ta.latch(enter, leave, 200)
