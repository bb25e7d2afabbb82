"""Hold through the afternoon in the direction the morning took, if the morning was straight."""

TIMEFRAME = "30m"
PARAMS = {"straight": (0.4, 0.1, 0.9), "n": (6, 3, 13), "decide": (180, 90, 300)}
EXITS = {"session_end": True, "stop_atr": 2.5}


def signal(bars, p):
    start = ta.session_open(bars.open, bars.session)
    straight = ta.efficiency_ratio(bars.close, p["n"]) > p["straight"]
    afternoon = bars.minute >= p["decide"]
    return np.where(straight & afternoon, np.sign(bars.close - start), 0.0)
