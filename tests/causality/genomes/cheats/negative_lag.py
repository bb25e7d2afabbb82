"""Ask for a lag of minus one."""

WARMUP = 70


def signal(bars, p):
    return np.where(ta.lag(bars.close, -1) > bars.close, 1.0, 0.0)
