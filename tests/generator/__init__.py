"""Random programs, run against independent references: `python -m tests.generator --help`."""
