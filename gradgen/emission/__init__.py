"""From the graph to text: names, statements, and printing through astor."""

import gradgen.emission.array_forms
import gradgen.emission.list_forms
import gradgen.emission.scipy_forms  # noqa: F401  (they enter their forms)
