"""hello: the square of a number, and its derivative."""

from benchmarks.gradbench.evals.task import Task, gradient, value


def square(x):
    """Return the square."""
    return x * x


def tasks(backend):
    """Return the functions of the protocol."""
    return {
        "square": Task(value(square, backend), decode),
        "double": Task(gradient(square, backend), decode),
    }


def decode(data):
    """Return the arguments: the input is a bare number."""
    return (float(data),)
