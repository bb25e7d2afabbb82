"""Own whatever rises most on the next bar."""

WARMUP = 70


def rotate(panel, p):
    x = panel.close.copy()
    x[:-1] = panel.close[1:]
    return ta.normalise_gross(np.where(ta.rank(x / panel.close) > 0.9, 1.0, 0.0))
