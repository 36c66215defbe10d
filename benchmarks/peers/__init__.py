"""The workloads of GradBench in other tools, and gradgen measured beside them."""
