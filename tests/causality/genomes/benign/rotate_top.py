"""Hold the two best in an uptrend."""


def rotate(panel, p):
    best = ta.top_n(ta.vol_adjusted_momentum(panel.close, 40), 2)
    rising = panel.close > ta.sma(panel.close, 50)
    return np.where(best & rising, 0.5, 0.0)
