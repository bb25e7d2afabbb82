"""Measure prices in units of the last one."""

WARMUP = 70


def signal(bars, p):
    return np.clip(np.nan_to_num(bars.close / bars.close[-1]) - 0.5, 0.0, 1.0)
