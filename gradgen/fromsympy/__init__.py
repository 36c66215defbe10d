"""From SymPy expressions to functions that gradgen differentiates; see `entry.from_sympy`."""
