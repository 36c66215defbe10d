"""The operation graph: structured SSA whose values are immutable and whose loops own blocks."""
