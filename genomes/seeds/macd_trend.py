"""Hold while the MACD line is above its signal and the long trend is up."""

TIMEFRAME = "1d"
PARAMS = {"fast": (12, 5, 30), "slow": (26, 15, 80), "smooth": (9, 3, 20), "trend": (200, 50, 300)}


def signal(bars, p):
    line = ta.macd_line(bars.close, p["fast"], p["slow"])
    smoothed = ta.macd_signal(bars.close, p["fast"], p["slow"], p["smooth"])
    rising = bars.close > ta.sma(bars.close, p["trend"])
    return np.where((line > smoothed) & rising, 1.0, 0.0)
