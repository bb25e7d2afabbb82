"""Size a trend to a constant volatility."""


def signal(bars, p):
    risk = ta.volatility(bars.close, 20) * np.sqrt(252.0)
    size = np.clip(0.15 / np.maximum(risk, 0.01), 0.0, 1.0)
    return np.where(bars.close > ta.sma(bars.close, 60), size, 0.0)
