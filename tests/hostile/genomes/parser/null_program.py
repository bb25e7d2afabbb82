"""Has no entry at all."""

TIMEFRAME = "1d"
