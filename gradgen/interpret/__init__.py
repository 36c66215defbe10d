"""Evaluation of a forward graph on numbers of another kind."""
