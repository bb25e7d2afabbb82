"""Buy a close below the lower Bollinger band and sell the return to the middle."""

TIMEFRAME = "1d"
PARAMS = {"n": (20, 8, 60), "width": (2.0, 1.0, 3.5), "patience": (20, 3, 60)}
EXITS = {"stop_atr": 4.0}


def signal(bars, p):
    upper, middle, lower = ta.bbands(bars.close, p["n"], p["width"])
    return ta.latch(bars.close < lower, bars.close > middle, p["patience"])
