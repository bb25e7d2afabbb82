"""Hold while the fast average is above the slow one."""

PARAMS = {"fast": (10, 3, 30), "slow": (30, 20, 120)}


def signal(bars, p):
    fast = ta.ema(bars.close, p["fast"])
    slow = ta.ema(bars.close, p["slow"])
    return np.where(fast > slow, 1.0, 0.0)
