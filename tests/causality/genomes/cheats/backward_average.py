"""An exponential average that runs from the end."""

WARMUP = 70


def signal(bars, p):
    smooth = bars.close.copy()
    for i in range(2, len(smooth) + 1):
        smooth[-i] = 0.2 * smooth[-i] + 0.8 * smooth[-i + 1]
    return np.where(smooth > bars.close, 1.0, 0.0)
