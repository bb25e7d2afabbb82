"""Spread two symbols by their ratio over the whole sample."""

WARMUP = 70


def rotate(panel, p):
    ratio = np.nanmean(panel.close[:, 0] / panel.close[:, 1])
    rich = panel.close[:, 0] > ratio * panel.close[:, 1]
    out = np.zeros(panel.close.shape)
    out[:, 0] = np.where(rich, -0.5, 0.5)
    out[:, 1] = np.where(rich, 0.5, -0.5)
    return out
