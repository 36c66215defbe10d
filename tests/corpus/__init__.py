"""Plain Python losses, free of gradgen, that every check runs over."""
