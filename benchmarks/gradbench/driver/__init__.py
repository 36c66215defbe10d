"""A driver of our own for the protocol: GradBench's inputs, independent answers, a verdict."""
