"""Fade the gap of the session."""

TIMEFRAME = "30m"


def signal(bars, p):
    jump = ta.gap(bars.open, bars.close, bars.session)
    return np.where(jump > 0.005, -1.0, np.where(jump < -0.005, 1.0, 0.0))
