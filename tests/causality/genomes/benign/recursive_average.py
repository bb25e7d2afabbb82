"""An exponential average written as a loop."""

WARMUP = 600


def signal(bars, p):
    level = np.nan_to_num(bars.close)
    smooth = level.copy()
    for t in range(1, len(level)):
        smooth[t] = 0.9 * smooth[t - 1] + 0.1 * level[t] if smooth[t - 1] > 0.0 else level[t]
    return np.where(level > smooth, 1.0, 0.0)
