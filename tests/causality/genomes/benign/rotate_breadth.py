"""In when most symbols are above their average."""


def rotate(panel, p):
    above = np.where(np.isnan(panel.close), np.nan, panel.close > ta.sma(panel.close, 30))
    breadth = np.nanmean(above, axis=1, keepdims=True)
    return np.where(breadth > 0.5, 1.0, 0.0) * np.ones(panel.close.shape) / 8.0
