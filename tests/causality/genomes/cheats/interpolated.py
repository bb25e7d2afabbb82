"""Interpolate between the highs of every tenth bar."""

WARMUP = 70


def signal(bars, p):
    t = np.arange(len(bars.close))
    level = np.interp(t, t[::10], np.nan_to_num(bars.close[::10]))
    return np.where(bars.close < level, 1.0, 0.0)
