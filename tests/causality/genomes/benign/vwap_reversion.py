"""Buy below the session's average price."""

TIMEFRAME = "30m"


def signal(bars, p):
    far = ta.vwap_distance(bars.high, bars.low, bars.close, bars.volume, bars.session)
    return np.clip(-100.0 * np.nan_to_num(far), -1.0, 1.0)
