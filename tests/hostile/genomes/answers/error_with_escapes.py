"""Raises an error whose name would write on the owner's terminal."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    raise type("\x1b[31mValueError\x00<script>", (Exception,), {})
