"""What a genome may say beside `ta`: the listed names of `np`, builtins, arrays, bars and panel.

Allow-lists only. A name that is missing here is refused, with the suggestion of `INSTEAD` where
there is one. Functions are reached through proxies of ours, so that no module is ever in reach.
"""

from __future__ import annotations

from typing import Final

CONSTANTS: Final = frozenset({"nan", "inf", "pi", "e", "newaxis"})
ELEMENTWISE: Final = frozenset(
    """
    abs absolute add arccos arcsin arctan arctan2 cbrt ceil clip copysign cos cosh divide equal exp
    exp2 expm1 fabs float_power floor floor_divide fmax fmin fmod greater greater_equal heaviside
    hypot isfinite isinf isnan less less_equal log log10 log1p log2 logical_and logical_not
    logical_or logical_xor maximum minimum mod multiply nan_to_num negative not_equal power
    reciprocal remainder rint round select sign signbit sin sinh sqrt square subtract tan tanh
    true_divide trunc where
    """.split()
)
REDUCTIONS: Final = frozenset(
    """
    all any argmax argmin average count_nonzero max mean median min nanargmax nanargmin nanmax
    nanmean nanmedian nanmin nanpercentile nanprod nanquantile nanstd nansum nanvar percentile prod
    ptp quantile std sum var
    """.split()
)
ORDERED: Final = frozenset({"argsort", "cumprod", "cumsum", "sort", "nancumsum"})
MAKERS: Final = frozenset(
    """
    arange array asarray column_stack concatenate copy empty empty_like expand_dims full full_like
    hstack linspace ones ones_like squeeze stack tile vstack zeros zeros_like broadcast_to repeat
    """.split()
)
NUMPY: Final = ELEMENTWISE | REDUCTIONS | ORDERED | MAKERS
FFT: Final = frozenset({"fft", "ifft", "rfft", "irfft"})

BUILTINS: Final = frozenset(
    """
    abs all any bool enumerate float int len list max min range reversed round sorted sum tuple zip
    """.split()
)
TYPES: Final = frozenset({"float", "int", "bool"})
ITERATORS: Final = frozenset({"range", "enumerate", "zip", "reversed"})

METHODS: Final = frozenset(
    """
    all any argmax argmin argsort astype clip copy cumprod cumsum max mean min prod reshape round
    std sum var
    """.split()
)
FIELDS: Final = frozenset({"T", "ndim", "shape", "size"})
BARS: Final = ("open", "high", "low", "close", "volume", "session", "minute", "stale")
PANEL: Final = (*BARS, "symbols")

KEYWORDS: Final = frozenset(
    """
    axis copy ddof default dtype endpoint fill_value keepdims max min nan neginf num posinf
    a_max a_min decimals weights
    """.split()
)
REFUSED_KEYWORDS: Final = frozenset(
    {"out", "order", "subok", "like", "key", "casting", "where", "signature", "extobj"}
)

RESERVED: Final = frozenset({"np", "ta", "bars", "panel", "p"}) | BUILTINS

INSTEAD: Final = {
    "roll": "ta.lag(x, n), which does not wrap round to the future",
    "diff": "ta.momentum(x, n)",
    "ediff1d": "ta.momentum(x, 1)",
    "gradient": "ta.momentum(x, n), which looks back only",
    "convolve": "ta.sma, ta.wma or ta.rolling_sum",
    "correlate": "ta.correlation(x, y, n)",
    "corrcoef": "ta.correlation(x, y, n)",
    "cov": "ta.correlation(x, y, n) or ta.beta(x, y, n)",
    "polyfit": "ta.linear_slope(x, n)",
    "interp": "ta.lag or np.where",
    "flip": "nothing: time runs one way",
    "accumulate": "ta.highest, ta.lowest, ta.rolling_sum or a ta.session_ function",
    "random": "nothing: a genome has no chance in it",
    "sliding_window_view": "ta.windows(x, n)",
    "lib": "ta.windows(x, n)",
    "float64": "float",
    "int64": "int",
    "bool_": "bool",
    "nanmax_accumulate": "ta.highest",
    "digitize": "comparisons and np.select",
    "apply_along_axis": "the arrays themselves",
    "vectorize": "np.where and np.select",
    "piecewise": "np.select",
    "fromfunction": "np.arange",
    "tolist": "the array itself",
    "item": "the array itself",
    "shift": "ta.lag(x, n)",
    "rolling": "ta.rolling_mean(x, n) and its neighbours",
    "ewm": "ta.ema(x, n)",
    "pct_change": "ta.returns(x, n)",
    "fillna": "np.nan_to_num(x)",
    "values": "the array itself",
    "append": "an array of np.zeros(len(x)) that is filled by index",
}
