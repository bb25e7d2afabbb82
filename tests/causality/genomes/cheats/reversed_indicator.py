"""Run an average over the reversed series."""

WARMUP = 70


def signal(bars, p):
    ahead = ta.ema(bars.close[::-1].copy(), 20)[::-1]
    return np.where(ahead > bars.close, 1.0, 0.0)
