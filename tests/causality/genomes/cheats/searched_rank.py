"""Place of the close in the sorted sample."""

WARMUP = 70


def signal(bars, p):
    place = np.searchsorted(np.sort(bars.close), bars.close)
    return 1.0 - place / len(bars.close)
