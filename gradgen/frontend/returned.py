"""What a function returns, and where its reverse sweep starts.

A gradient starts from one number, with 1.0.  A vector-Jacobian product starts from every number and
array of the result, with a cotangent of the same structure: one more parameter of the generated
function.
"""

from __future__ import annotations

import ast
import inspect
from dataclasses import replace
from typing import Any

from gradgen.diff.structures import note_classes
from gradgen.errors import ArgumentError, ResultError
from gradgen.frontend import pointers
from gradgen.frontend.arguments import Container, enter, fallback_name, spec_of_value
from gradgen.frontend.branches import fork
from gradgen.frontend.describing import describe
from gradgen.frontend.operators import chooses_structure
from gradgen.frontend.parts import leaves, parts, with_parts
from gradgen.frontend.pinning import is_whole
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Box, Choice, Map, Poison, Ref, Seq, Static
from gradgen.ir.nodes import Block, Const, Function, Value
from gradgen.ir.types import Type

PATHS = (
    "returns different kinds of things on different paths "
    "(a path that ends without a return gives None)"
)


def returned(
    r: Reader, node: ast.AST, result: Any, options: Any, function: Function
) -> dict[str, Any]:
    """Return the parts of a result: ``tree`` (what is returned), ``aux``, and the ``seeds``.

    ``node`` is the place of the last ``return``.
    """
    aux = None
    if options.mode == "second":
        result = result.items[1]
    if options.mode != "second" and not options.has_aux:
        result = _number_on_each_path(r, node, result, function)
    if isinstance(result, Box) and not options.has_aux:
        result = _items_on_each_path(r, node, result, function)
    if isinstance(result, Poison) or _parts_on_paths(result):
        raise ArgumentError(
            f"{function.name!r} {PATHS}", function.span, "return one number on every path"
        )
    _require_known(result, function)
    held = [leaf.value if isinstance(leaf, Ref) else leaf for leaf in leaves(result)]
    texts = options.has_aux and not any(pointers.points_to_rows(v.type) for v in held)
    if any(v.type.points for v in held) and not texts:
        raise ArgumentError(
            f"{function.name!r} returns objects whose number or links depend on the path",
            function.span,
            "return the numbers that they hold",
        )
    if options.has_aux:
        if not isinstance(result, Seq) or len(result.items) != 2:
            raise ArgumentError(
                f"has_aux=True, but {function.name!r} returns a {describe(result)}",
                function.span,
                "return (loss, aux)",
            )
        result, aux = result.items[0], _settled(r, result.items[1])
        if options.batch and _has_choice(aux):
            raise ResultError(
                f"what {function.name!r} returns beside its value has different kinds of things "
                "on different paths, and so for different examples",
                function.span,
                "return numbers and arrays on every path",
            )
    for part in (result, aux):
        note_classes(function, part, r.arrays)
    if options.mode in ("jvp", "pushforward", "pattern", "pattern2"):
        result = _read(r, result)
        values = [r.read(leaf) for leaf in leaves(result)]
        _check_numbers(values, function)
        tangents = _tangent_parameters(r, function)
        seeds: list[tuple[Value, Value]] = [(v, Const(0.0)) for v in values]
        return {"tree": result, "aux": aux, "loss": None, "seeds": seeds, "tangents": tangents}
    if options.mode in ("vjp", "value", "second", "jacfwd", "jacrev", "jacdiag"):
        result = _read(r, result)
        seeds = _cotangent_seeds(r, result, options, function)
        return {"tree": result, "aux": aux, "loss": None, "seeds": seeds}
    loss = _scalar(r, result, function)
    return {"tree": loss, "aux": aux, "loss": loss, "seeds": [(loss, Const(1.0))]}


def _number_on_each_path(r: Reader, node: ast.AST, result: Any, function: Function) -> Any:
    """Return what paths give, after a test that none of them has given ``None``."""
    number = _without_none(result)
    if number is None:
        raise ArgumentError(
            f"{function.name!r} returns None; a derivative needs numbers",
            function.span,
            "return what is to be differentiated",
        )
    if number is not result:
        _raise_at_none(r, node, result, function)
        return number
    return result


def _items_on_each_path(r: Reader, node: ast.AST, result: Any, function: Function) -> Any:
    """Return a container with what paths give in its places, after the same test."""
    if isinstance(result, Seq) and result.grown is not None:
        return r.settled(result)
    if isinstance(result, Box):
        items = ((k, _items_on_each_path(r, node, item, function)) for k, item in parts(result))
        return with_parts(result, list(items))
    some = isinstance(result, Choice) and _without_none(result) is not None
    if some and not r.pinned and _is_of_whole_numbers(result.test):
        # Where the numbers of a call are known, so is what it returns.
        raise ArgumentError(
            f"{function.name!r} {PATHS}",
            function.span,
            "return numbers on every path, or give example arguments",
        )
    return _number_on_each_path(r, node, result, function) if some else result


def _without_none(result: Any) -> Any:
    """Return what is chosen on those paths that do not give ``None``; None if there are none."""
    if not isinstance(result, Choice):
        return None if isinstance(result, Static) and result.obj is None else result
    then, other = _without_none(result.then), _without_none(result.other)
    if then is None or other is None:
        return other if then is None else then
    if then is result.then and other is result.other:
        return result
    return Choice(result.test, then, other)


def _is_of_whole_numbers(test: Value) -> bool:
    """Whether a test asks for nothing but whole numbers and truth values that are arguments."""
    if isinstance(test, Const) or test.op is None:
        return isinstance(test, Const)
    if test.op.prim == "leaf":
        return is_whole(test.type)
    return not test.op.blocks and all(map(_is_of_whole_numbers, test.op.inputs))


def _raise_at_none(r: Reader, node: ast.AST, result: Any, function: Function) -> None:
    if isinstance(result, Choice):
        fork(
            r,
            node,
            result.test,
            lambda: _raise_at_none(r, node, result.then, function),
            lambda: _raise_at_none(r, node, result.other, function),
        )
    elif isinstance(result, Static) and result.obj is None:
        text = (
            f"{function.name!r} returned None on this path, which has no derivative: "
            "return a number on every path"
        )
        attrs = {"text": f"raise TypeError({text!r})"}
        r.b.append("raise_if", [Const(True)], [], span=function.span, attrs=attrs)


def _require_known(value: Any, function: Function) -> None:
    """Refuse to return a dict, an argument, of which only the keys that are read are known."""
    if isinstance(value, Map) and value.unknown is not None:
        raise ArgumentError(
            f"{function.name!r} returns {value.unknown[0]!r}, a dict whose keys are not known",
            function.span,
            "give types: example arguments or annotations",
        )
    if isinstance(value, Poison):
        raise value.error
    if isinstance(value, Choice):
        _require_known(value.then, function)
        _require_known(value.other, function)
    if isinstance(value, Box):
        for _, item in parts(value):
            _require_known(item, function)


def _parts_on_paths(result: Any) -> bool:
    """Whether paths return different structures, or something on one and None on another."""
    if not isinstance(result, Choice):
        return False
    options = (result.then, result.other)
    return chooses_structure(result) or any(
        isinstance(o, Static) or _parts_on_paths(o) for o in options
    )


def _has_choice(value: Any) -> bool:
    """Whether paths disagree about something in a container."""
    return isinstance(value, Choice) or any(_has_choice(item) for _, item in parts(value))


def _scalar(r: Reader, result: Any, function: Function) -> Value:
    if not isinstance(result, Value | Ref | Choice):
        what = (
            "None" if isinstance(result, Static) and result.obj is None else f"a {describe(result)}"
        )
        raise ResultError(
            f"{function.name!r} returns {what}; a gradient needs one number",
            function.span,
            "return a scalar; for (loss, aux) set has_aux=True; for all of it use gradgen.vjp or "
            "gradgen.jacobian",
        )
    loss = r.read(result)
    _check_scalar(loss.type, function)
    if loss.type.kind == "any":
        _raise_at_array(r, loss, function)
    return loss


def _raise_at_array(r: Reader, loss: Value, function: Function) -> None:
    """Test at each call that what may be a number or an array is no array."""
    text = f"{function.name!r} returned an array; a gradient needs one number, as of np.sum"
    test = r.b.emit("ne", [r.b.emit("ndim", [loss]), Const(0)])
    attrs = {"text": f"raise TypeError({text!r})"}
    r.b.append("raise_if", [test], [], span=function.span, attrs=attrs)


def _shape_of(t: Type) -> str:
    """Return the shape of a result for a message: lengths as far as they are known."""
    dims = [str(d) if isinstance(d, int) or d.name.isidentifier() else "?" for d in t.shape or ()]
    return f"of shape ({', '.join(dims)}{',' * (len(dims) == 1)})"


def _check_scalar(t: Type, function: Function) -> None:
    if t.kind == "array" and t.shape:
        raise ResultError(
            f"{function.name!r} returns an array {_shape_of(t)}; a gradient needs one number",
            function.span,
            "reduce it, for example with np.sum, or use gradgen.jacobian or gradgen.vjp",
        )
    if t.dtype.startswith("complex"):
        raise ResultError(
            f"{function.name!r} returns a complex number; a gradient needs a real one",
            function.span,
            "return its real part, or its absolute value",
        )
    if t.kind in ("list", "opaque"):
        raise ResultError(
            f"{function.name!r} returns no number; a gradient needs one",
            function.span,
            "return a scalar; for all of it use gradgen.vjp or gradgen.jacobian",
        )
    if t.dtype == "bool":
        raise ResultError(
            f"{function.name!r} returns a truth value; a gradient needs a number",
            function.span,
            "return what is compared, or the number that stands for it, as float(x > 0)",
        )


# --- vector-Jacobian products -------------------------------------------------------------


def _read(r: Reader, result: Any) -> Any:
    """Return a result with its choices read."""
    if isinstance(result, Choice):
        return r.read(result)
    result = r.settled(result)
    if isinstance(result, Box):
        return with_parts(result, [(k, _read(r, item)) for k, item in parts(result)])
    return result


def _settled(r: Reader, value: Any) -> Any:
    """Return what is beside the value as it is at the end: lists in it may have grown."""
    value = r.settled(value)
    if isinstance(value, Choice):
        return Choice(value.test, _settled(r, value.then), _settled(r, value.other))
    if not isinstance(value, Box):
        return value
    items = [(key, item, _settled(r, item)) for key, item in parts(value)]
    if all(known is item for _, item, known in items):
        return value
    return with_parts(value, [(key, known) for key, _, known in items])


def _cotangent_seeds(
    r: Reader, result: Any, options: Any, function: Function
) -> list[tuple[Value, Value]]:
    """Return every leaf of the result with its cotangent, which becomes a parameter."""
    values = [r.read(leaf) for leaf in leaves(result)]
    _check_numbers(values, function)
    if options.mode != "vjp":
        return [(value, Const(0.0)) for value in values]
    name = "d_value"
    if name in {p for p, _ in function.params}:
        raise ResultError(
            f"the parameter {name!r} has the name of the cotangent", function.span, "rename it"
        )
    spec = _of_any_numbers(spec_of_value(r, result))
    with r.b.into(Block()) as block:
        _, entered = enter(r, name, spec, [])
    function.body.ops[:0] = block.ops
    for leaf in entered:
        key = leaf.path[-1][1] if leaf.path else ""
        if isinstance(key, str) and key.isidentifier():
            leaf.value.name, leaf.value.user = f"d_{key}", True
        elif leaf.path:
            leaf.value.name, leaf.value.user = fallback_name(leaf), True
    _add_parameter(function, name, spec)
    pairs = zip(values, entered, strict=True)
    return [(value, leaf.value) for value, leaf in pairs]


def _of_any_numbers(spec: Any) -> Any:
    """Return a spec without the whole numbers that are known: their cotangents may be any."""
    if isinstance(spec, Container):
        return replace(spec, items=tuple(map(_of_any_numbers, spec.items)))
    return replace(spec, value=None, entries=None) if isinstance(spec, Type) else spec


def _check_numbers(values: list[Value], function: Function) -> None:
    for value in values:
        if value.type.kind == "list":
            raise ResultError(
                f"{function.name!r} returns a list of which only the run tells how long it is",
                function.span,
                "return np.array of it, or a number made of it",
            )
        if not value.type.is_numeric:
            raise ResultError(
                f"{function.name!r} returns something that is no number and no array",
                function.span,
                "return numbers, arrays, and tuples, lists or dicts of them",
            )


def _tangent_parameters(r: Reader, function: Function) -> dict[Value, Value]:
    """Add a parameter for the tangent of each differentiated argument; return these by leaf."""
    found: dict[Value, Value] = {}
    for chosen in function.result["active"]:
        name = f"t_{chosen.label}"
        if not name.isidentifier() or name in {p for p, _ in function.params}:
            raise ResultError(
                f"there is no place for the tangent of {str(chosen)!r}",
                function.span,
                f"name no parameter {name!r}, and each differentiated one by itself",
            )
        spec = function.result["specs"][chosen.name]
        if chosen.path:
            spec = spec.items[spec.keys.index(chosen.key)]
        with r.b.into(Block()) as block:
            _, entered = enter(r, name, spec, [])
        function.body.ops[:0] = block.ops
        mine = {leaf.path: leaf for leaf in function.leaves if leaf.param == chosen.name}
        for leaf in entered:
            moved = mine[(*chosen.path, *leaf.path)]
            if moved.active:
                found[moved.value] = leaf.value
            if leaf.path:
                leaf.value.name, leaf.value.user = f"t_{moved.value.name}", True
        _add_parameter(function, name, spec)
    return found


def _add_parameter(function: Function, name: str, spec: Any) -> None:
    """Add a parameter for a tangent or a cotangent."""
    function.params.append((name, spec))
    function.directions.append(name)
    function.result["specs"][name] = spec
    function.signature = _with_cotangent(function.signature, name)


def _with_cotangent(signature: inspect.Signature, name: str) -> inspect.Signature:
    """Add a parameter after the others, by name only where others are."""
    kinds = inspect.Parameter
    known = list(signature.parameters.values())
    stars = any(p.kind not in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in known)
    mine = kinds(name, kinds.KEYWORD_ONLY if stars else kinds.POSITIONAL_OR_KEYWORD)
    if not stars:
        known = [p.replace(default=p.empty) for p in known]
    last = [p for p in known if p.kind is p.VAR_KEYWORD]
    return signature.replace(parameters=[*(p for p in known if p not in last), mine, *last])
