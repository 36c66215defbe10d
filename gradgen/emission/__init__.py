"""From the graph to text: names, statements, and printing through astor."""

import gradgen.emission.scipy_forms  # noqa: F401  (enters its forms)
