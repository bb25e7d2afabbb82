"""Fade the opening gap of a session until the price has come back to yesterday's close."""

TIMEFRAME = "15m"
PARAMS = {"least": (0.004, 0.001, 0.02), "most": (0.03, 0.01, 0.08), "until": (120, 30, 300)}
EXITS = {"stop_pct": 0.01, "session_end": True}


def signal(bars, p):
    jump = ta.gap(bars.open, bars.close, bars.session)
    home = ta.previous_close(bars.close, bars.session)
    early = bars.minute <= p["until"]
    down = early & (jump < -p["least"]) & (jump > -p["most"]) & (bars.close < home)
    up = early & (jump > p["least"]) & (jump < p["most"]) & (bars.close > home)
    return np.where(down, 1.0, 0.0) - np.where(up, 1.0, 0.0)
