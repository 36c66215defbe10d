"""The test suite of gradgen's public behaviour."""
