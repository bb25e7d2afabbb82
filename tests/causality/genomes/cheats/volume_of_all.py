"""Weigh by the share of all volume."""

WARMUP = 70


def signal(bars, p):
    return np.clip(300.0 * bars.volume / np.nansum(bars.volume), 0.0, 1.0)
