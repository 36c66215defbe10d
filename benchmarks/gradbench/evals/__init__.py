"""The twelve evals of GradBench: plain losses in both styles, and what is asked of them."""
