"""Backends: what the text of a derivative is lowered to; NumPy's has nothing to lower."""

BACKENDS = ("numpy", "numba")
