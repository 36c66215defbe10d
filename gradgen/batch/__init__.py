"""Batching: one more axis in front of some values, carried through a graph."""
