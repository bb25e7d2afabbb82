"""Follow the sign of the MACD histogram."""


def signal(bars, p):
    line, signal_line, histogram = ta.macd(bars.close, 12, 26, 9)
    return np.where(np.isnan(histogram), 0.0, np.sign(histogram))
