"""Smooth with np.convolve in the mode "same"."""

WARMUP = 70


def signal(bars, p):
    smooth = np.convolve(bars.close, np.ones(9) / 9.0, "same")
    return np.where(bars.close < smooth, 1.0, 0.0)
