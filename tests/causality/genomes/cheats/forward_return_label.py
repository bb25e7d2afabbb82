"""Use the label of a supervised model as the position."""

WARMUP = 70


def signal(bars, p):
    label = np.zeros(len(bars.close))
    label[:-3] = bars.close[3:] / bars.close[:-3] - 1.0
    return np.clip(20.0 * label, -1.0, 1.0)
