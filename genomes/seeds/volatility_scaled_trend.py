"""Follow the trend in both directions with a position that shrinks as volatility grows."""

TIMEFRAME = "1d"
PARAMS = {"n": (60, 20, 200), "risk": (20, 10, 60), "target": (0.01, 0.003, 0.03)}


def signal(bars, p):
    direction = np.sign(ta.returns(bars.close, p["n"]))
    volatility = ta.volatility(bars.close, p["risk"])
    size = p["target"] / np.maximum(volatility, 0.001)
    return np.clip(direction * size, -1.0, 1.0)
