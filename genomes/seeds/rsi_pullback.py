"""Buy a short weakness while the long trend is up, and leave on strength."""

TIMEFRAME = "1d"
PARAMS = {
    "rsi": (2, 2, 10),
    "trend": (200, 50, 300),
    "enter": (10.0, 2.0, 35.0),
    "leave": (65.0, 50.0, 95.0),
    "patience": (15, 3, 40),
}


def signal(bars, p):
    strength = ta.rsi(bars.close, p["rsi"])
    rising = bars.close > ta.sma(bars.close, p["trend"])
    weak = rising & (strength < p["enter"])
    strong = strength > p["leave"]
    return ta.latch(weak, strong, p["patience"])
