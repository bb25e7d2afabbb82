"""Buy where the second gradient turns up."""

WARMUP = 70


def signal(bars, p):
    return np.where(np.gradient(np.gradient(bars.close)) > 0.0, 1.0, 0.0)
