"""From the forward graph to its adjoint: activity, the reverse sweep, and what it needs saved."""
