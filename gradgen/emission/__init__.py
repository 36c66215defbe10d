"""From the graph to text: names, statements, and printing through astor."""
