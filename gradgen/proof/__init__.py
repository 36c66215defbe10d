"""The proof that a gradient is right: by differences, identities and algebra, at a point."""
