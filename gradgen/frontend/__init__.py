"""From a Python function to the operation graph: source, normal form, abstract interpretation."""
