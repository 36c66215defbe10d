"""How results are spelled in their structure: gradients like arguments, values as returned."""

from __future__ import annotations

import ast
import dataclasses
import types
from collections.abc import Callable, Iterator
from typing import Any

from gradgen.emission import pieces
from gradgen.emission.hidden import parameter
from gradgen.emission.statements import filled
from gradgen.errors import UnsupportedError
from gradgen.frontend.arguments import Back, Container, Opaque
from gradgen.frontend.classes import has_attributes, is_taken_apart, makes_plain
from gradgen.frontend.describing import describe
from gradgen.frontend.parts import parts
from gradgen.frontend.selection import Selected
from gradgen.frontend.values import Box, Choice, Map, Record, Ref, Seq, Static, Text, Texts
from gradgen.ir.nodes import Function, Leaf, Value

Emit = Callable[[Value], ast.expr]
PLAIN = (tuple, list, dict)

# What the library's classes are in the user's program, where a result cannot hold them.
STANDS_FOR = {
    "KnownSet": "set", "ComputedSet": "set", "KnownCounter": "Counter", "LimitedDeque": "deque",
    "ComputedDict": "dict with computed keys",
    "ListObject": "list of a class of its own", "DictObject": "dict of a class of its own",
}  # fmt: skip


def tuple_of(items: list[ast.expr]) -> ast.expr:
    """Return the expression of a tuple."""
    return ast.Tuple(items, ast.Load())


# --- gradients ----------------------------------------------------------------------------


def gradient_trees(
    function: Function, options: Any, grads: dict[int, Value], emit: Emit
) -> ast.expr:
    """Spell the gradients in the structure of the arguments, several as a tuple."""
    trees = [_gradient_tree(function, s, grads, emit) for s in function.result["active"]]
    return trees[0] if options.single else tuple_of(trees)


def gradient_leaves(function: Function) -> list[Leaf]:
    """Return the leaves of the differentiated arguments in the order in which results have them."""
    chosen = function.result["active"]
    return [leaf for s in chosen for leaf in function.leaves if s.holds(leaf)]


def _gradient_tree(
    function: Function, selected: Selected, grads: dict[int, Value], emit: Emit
) -> ast.expr:
    name, root = selected.name, selected.path
    leaves = {leaf.path: leaf for leaf in function.leaves if leaf.param == name}
    spec = function.result["specs"][name]
    here: ast.expr = parameter(name)
    if root:
        spec = spec.items[spec.keys.index(selected.key)]
        here = ast.Subscript(here, pieces.literal(selected.key), ast.Load())

    def build(spec: Any, path: tuple[Any, ...], here: ast.expr) -> ast.expr:
        if isinstance(spec, Opaque) or (isinstance(spec, Container) and spec.kind is range):
            return here
        if not isinstance(spec, Container):
            leaf = leaves[path]
            return emit(grads[id(leaf)]) if leaf.active else _passive(spec, here)
        items = [build(item, (*path, access), inner) for access, item, inner in _inside(spec, here)]
        return _container(spec.kind, spec.keys, items, here)

    return build(spec, root, here)


def _passive(spec: Any, here: ast.expr) -> ast.expr:
    """Return the gradient by an integer: zero."""
    if spec.is_scalar:
        return ast.Constant(0)
    return pieces.call("np.zeros_like", [here])


# --- values -------------------------------------------------------------------------------


def value_tree(
    tree: Any,
    leaves: list[Any],
    emit: Callable[[Any], ast.expr],
    function: Function | None = None,
    chosen: bool = False,
) -> ast.expr:
    """Spell a result: numbers and arrays, and the containers around them.

    ``function`` is the one that returns it: objects have the classes of its arguments, or classes
    that it knows (`note_classes`).  ``chosen``: where paths disagree, it is a choice between both,
    and the leaves are those of `aux_leaves`: for a text, the numbers in it.
    """
    rest = list(leaves)

    def build(v: Any) -> ast.expr:
        if isinstance(v, Value | Ref) and not _is_queue(function, v):
            return _in_own_class(function, v, emit(rest.pop(0)))
        if isinstance(v, Choice) and chosen:
            test = emit(rest.pop(0))
            then = build(v.then)
            return ast.IfExp(test, then, build(v.other))
        if chosen and _is_of_texts(v):
            return filled(v.spelled, [emit(rest.pop(0)) for _ in v.holes])
        if isinstance(v, Box) and _known_class(v) and not _is_queue(function, v):
            items = [build(item) for _, item in parts(v)]
            return _built(function, v, items)
        if isinstance(v, Static) and isinstance(v.obj, str | type(None)):
            return ast.Constant(v.obj)
        given = _of_arguments(function, lambda s: isinstance(s, Opaque) and _is(s, v))
        if given is not None:
            return given
        raise _refusal(function, v)

    return build(tree)


def aux_leaves(aux: Any) -> list[Any]:
    """Return the numbers and arrays beside the value, and the tests by which paths choose them."""
    if isinstance(aux, Choice):
        return [aux.test, *aux_leaves(aux.then), *aux_leaves(aux.other)]
    if isinstance(aux, Value | Ref):
        return [aux]
    if _is_of_texts(aux):
        return list(aux.holes)
    return [leaf for _, item in parts(aux) for leaf in aux_leaves(item)]


def _is_of_texts(v: Any) -> bool:
    """Whether something is a text with numbers in it, or a list of such texts."""
    return isinstance(v, Text) or (isinstance(v, Texts) and isinstance(v.spelled, ast.ListComp))


def aux_tree(function: Function, leaves: list[Any], emit: Emit) -> ast.expr:
    """Spell what the function returns beside its value."""
    return value_tree(function.result["aux"], leaves, emit, function, chosen=True)


def note_classes(function: Function, tree: Any, taken: dict[str, Any]) -> None:
    """Note the classes of a result's objects that no argument has: the text defines stand-ins."""
    if isinstance(tree, Choice):
        note_classes(function, tree.then, taken)
        note_classes(function, tree.other, taken)
    if not isinstance(tree, Box):
        return
    for _, item in parts(tree):
        note_classes(function, item, taken)
    kind = _kind(tree)
    if kind in PLAIN or not _known_class(tree) or _like_argument(function, kind) is not None:
        return
    if taken.setdefault(kind.__name__, kind) is not kind:
        raise UnsupportedError(
            f"the result has objects of two classes {kind.__name__!r}",
            function.span,
            "give the classes different names",
        )


def _kind(box: Box) -> Any:
    return dict if isinstance(box, Map) else box.kind  # type: ignore[attr-defined]


def _known_class(box: Box) -> bool:
    """Whether a container of this class can be made again: no subclasses of list and dict."""
    kind = _kind(box)
    if kind in PLAIN or hasattr(kind, "_fields"):
        return True
    return isinstance(box, Record) and is_taken_apart(kind) and not _stands_for(kind)


def _stands_for(kind: Any) -> str:
    """Return what a class of the library is in the user's program, '' for all others."""
    if not kind.__module__.startswith("gradgen.library."):
        return ""
    return STANDS_FOR.get(kind.__name__, kind.__name__)


def _is(spec: Opaque, v: Any) -> bool:
    """Whether an argument is the very object that a value stands for."""
    held = v.obj if isinstance(v, Static) else v
    return spec.obj is held and not isinstance(spec, Back)


def _in_own_class(function: Function | None, v: Value | Ref, e: ast.expr) -> ast.expr:
    """Return a list of the graph with tuples where it has them in Python."""
    # A cycle by nature: what is shown is evaluated, and results are shown.
    from gradgen.frontend.shown_rows import as_in_python

    return e if function is None else as_in_python(function.result["reader"], v, e)


def _is_queue(function: Function | None, v: Any) -> bool:
    """Whether a list of the result is a deque in Python."""
    others = function.result["reader"].others if function is not None else ()
    queues = [box for box in others if isinstance(box, Seq)]
    return v in queues or (isinstance(v, Ref) and any(q.grown is v.storage for q in queues))


def _refusal(function: Function | None, v: Any) -> UnsupportedError:
    kind = getattr(v.kind, "__name__", "") if isinstance(v, Seq) else ""
    if isinstance(v, Record):
        kind = _stands_for(v.kind)
    elif isinstance(v, Static) and isinstance(v.obj, frozenset):
        kind = "set"
    elif _is_queue(function, v):
        kind = "deque"
    return UnsupportedError(
        f"the result contains a {kind or describe(v)}",
        function.result["place"] if function is not None else None,
        "return numbers, arrays, tuples, lists, dicts, or objects of them",
    )


def _built(function: Function | None, box: Box, items: list[ast.expr]) -> ast.expr:
    """Spell a container of a result: an object as one of an argument's class, or of its own."""
    kind, keys = _kind(box), tuple(key for key, _ in parts(box))
    if kind in PLAIN:
        return _container(kind, keys, items, None)
    here = _like_argument(function, kind)
    if here is not None:
        return _container(kind, keys, items, here)
    name = kind.__name__
    if function is None or function.captures.get(name) is not kind:
        raise _refusal(function, box)
    return _called(ast.Name(name, ast.Load()), kind, keys, items)


def _like_argument(function: Function | None, kind: Any) -> ast.expr | None:
    """Return the expression of a part of an argument that has a class."""
    return _of_arguments(function, lambda s: isinstance(s, Container) and s.kind is kind)


def _of_arguments(function: Function | None, wanted: Callable[[Any], bool]) -> ast.expr | None:
    """Return the expression of the first part of the arguments whose spec is wanted."""
    specs = function.result["specs"] if function is not None else {}
    shown = {name for name, _ in function.params} if function is not None else set()
    for name, spec in specs.items():
        if name in shown:
            found = next((e for s, e in _walk(spec, parameter(name)) if wanted(s)), None)
            if found is not None:
                return found
    return None


def _walk(spec: Any, here: ast.expr) -> Iterator[tuple[Any, ast.expr]]:
    """Yield the specs inside a spec with the expressions that lead to them."""
    yield spec, here
    if isinstance(spec, Container):
        for _, item, inner in _inside(spec, here):
            yield from _walk(item, inner)


# --- containers ---------------------------------------------------------------------------


def _inside(spec: Container, here: ast.expr) -> Iterator[tuple[tuple[str, Any], Any, ast.expr]]:
    """Yield how each item of a container is reached, its spec, and its expression."""
    by_attribute = has_attributes(spec.kind)
    for key, item in zip(spec.keys, spec.items, strict=True):
        inner: ast.expr = (
            ast.Attribute(here, key, ast.Load())
            if by_attribute
            else ast.Subscript(here, pieces.literal(key), ast.Load())
        )
        yield ("attr" if by_attribute else "item", key), item, inner


def _container(
    kind: Any, keys: tuple[Any, ...], items: list[ast.expr], here: ast.expr | None
) -> ast.expr:
    """Spell a container with these items; ``here`` is an object of its class."""
    if kind is dict:
        return ast.Dict([pieces.literal(k) for k in keys], items)
    if kind is tuple:
        return tuple_of(items)
    if kind is list:
        return ast.List(items, ast.Load())
    assert here is not None
    return _called(pieces.call("type", [here]), kind, keys, items)


def _called(maker: ast.expr, kind: Any, keys: tuple[Any, ...], items: list[ast.expr]) -> ast.expr:
    """Spell a new object of the class that ``maker`` stands for."""
    if not has_attributes(kind) and not makes_plain(kind):
        return pieces.call("tuple.__new__", [maker, tuple_of(items)])
    if not has_attributes(kind):
        return ast.Call(maker, items, [])
    keywords = [ast.keyword(str(k), e) for k, e in zip(keys, items, strict=True)]
    if _is_plain(kind, keys):
        return ast.Call(maker, [], keywords)
    return ast.Call(ast.Name("_object", ast.Load()), [maker], keywords)


def _is_plain(kind: Any, keys: tuple[Any, ...]) -> bool:
    """Whether a class takes its attributes by name and does nothing else with them."""
    if kind is types.SimpleNamespace:
        return True
    if not dataclasses.is_dataclass(kind) or hasattr(kind, "__post_init__"):
        return False
    known = tuple(f.name for f in dataclasses.fields(kind) if f.init)
    return known == keys and kind.__init__.__code__.co_filename == "<string>"  # type: ignore[misc]
