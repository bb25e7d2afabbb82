"""Hold while the fast moving average is above the slow one."""

TIMEFRAME = "1d"
PARAMS = {"fast": (20, 5, 60), "slow": (100, 40, 250)}


def signal(bars, p):
    fast = ta.sma(bars.close, p["fast"])
    slow = ta.sma(bars.close, p["slow"])
    return np.where(fast > slow, 1.0, 0.0)
