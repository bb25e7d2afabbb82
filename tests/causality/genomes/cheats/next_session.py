"""Know on which bar the session ends, from the next one."""

TIMEFRAME = "15m"
WARMUP = 70


def signal(bars, p):
    x = bars.session.copy()
    x[:-1] = bars.session[1:]
    return np.where(x != bars.session, 1.0, 0.0)
