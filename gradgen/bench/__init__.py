"""Comparison of gradgen with SymPy, differences and the complex step: ``gradgen bench``."""
