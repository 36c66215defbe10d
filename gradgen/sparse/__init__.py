"""Sparse Jacobians and Hessians: which entries there are, and how few sweeps give them all."""
