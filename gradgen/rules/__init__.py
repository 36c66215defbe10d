"""What each operation is: its type, its printed form and its adjoint, one entry per operation."""
