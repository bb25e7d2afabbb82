"""Weigh by the inverse of risk."""


def rotate(panel, p):
    risk = ta.volatility(panel.close, 40)
    return ta.normalise_gross(np.where(risk > 0.0, 1.0 / np.maximum(risk, 1e-4), 0.0))
