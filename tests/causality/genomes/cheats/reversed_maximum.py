"""Highest high from here to the end, accumulated backward."""

WARMUP = 70


def signal(bars, p):
    ahead = np.fmax.accumulate(bars.high[::-1])[::-1]
    return np.where(ahead > 1.2 * bars.close, 1.0, 0.0)
