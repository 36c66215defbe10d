"""Rewrites of the graph, one pass a file, one public function each."""
