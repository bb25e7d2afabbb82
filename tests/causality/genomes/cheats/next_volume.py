"""Hold before a busier bar."""

WARMUP = 70


def signal(bars, p):
    x = bars.volume.copy()
    x[:-1] = bars.volume[1:]
    return np.where(x > bars.volume, 1.0, 0.0)
