"""Add volume up from the end."""

WARMUP = 70


def signal(bars, p):
    ahead = np.cumsum(np.nan_to_num(bars.volume)[::-1])[::-1]
    return np.where(ahead > 5e7, 1.0, 0.0)
