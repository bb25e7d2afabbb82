"""Weigh by the distance to each symbol's average of all time."""

WARMUP = 70


def rotate(panel, p):
    far = panel.close - np.nanmean(panel.close, axis=0)
    return ta.normalise_gross(-far / panel.close)
