"""Random dicts and lists of functions, dicts that are updated and looped over."""

from __future__ import annotations

from tests.generator import expressions, functions, stores
from tests.generator.kinds import SCALAR, Function, Key, Kind, Record, Tally
from tests.generator.scope import Scope


def of_functions(scope: Scope) -> list[str]:
    """Return a dict or a list of functions of a number."""
    choose = scope.chooser
    texts = [one_function(scope) for _ in range(choose.between(2, 3))]
    items = tuple(Function((SCALAR,), SCALAR, next(scope.serials)) for _ in texts)
    if choose.chance(0.7):
        keys = ("up", "down", "flat")[: len(texts)]
        pairs = ", ".join(f"{key!r}: {text}" for key, text in zip(keys, texts, strict=True))
        return [f"{scope.bind(Record(keys, items), fresh=True)} = {{{pairs}}}"]
    record = Record(tuple(range(len(texts))), items, is_list=True)
    return [f"{scope.bind(record, fresh=True)} = [{', '.join(texts)}]"]


def one_function(scope: Scope) -> str:
    """Return a function of a number: a lambda, one that there is, or a ``partial``."""
    if scope.chooser.chance(0.3):
        made = functions.partial_of(scope)
        if made and (made[1].params, made[1].result) == ((SCALAR,), SCALAR):
            return made[0]
    if scope.chooser.chance(0.5):
        return functions.lambda_of(scope, SCALAR)
    return functions.passed(scope, functions.OF_A_NUMBER)


def over_functions(scope: Scope) -> tuple[str, list[Kind], bool] | None:
    """Return functions to loop over."""
    tables = [
        (name, record)
        for name, record in scope.of(Record)
        if all(isinstance(item, Function) for item in record.items)
    ]
    if not tables:
        return None
    name, record = scope.chooser.pick(tables)
    target = Function((SCALAR,), SCALAR, next(scope.serials))
    return (f"{name}.values()" if record.is_dict else name), [target], True


def over_keys(scope: Scope) -> tuple[str, list[Kind], bool] | None:
    """Return a dict to loop over by its keys, or by its items."""
    dicts = [(name, record) for name, record in scope.of(Record) if record.is_dict]
    if not dicts:
        return None
    name, record = scope.chooser.pick(dicts)
    key = Key(tuple(str(key) for key in record.keys))
    if record.is_even and not isinstance(record.items[0], Function) and scope.chooser.chance(0.6):
        return f"{name}.items()", [key, record.items[0]], True
    return scope.chooser.pick((name, f"{name}.keys()", f"list({name})")), [key], True


def update(scope: Scope) -> list[str]:
    """Return a statement that changes numbers in a dict, or makes one of another."""
    choose = scope.chooser
    dicts = [
        (name, record, [key for key, kind in zip(record.keys, record.items, strict=True)
                        if kind == SCALAR])
        for name, record in scope.of(Record) if record.is_dict
    ]  # fmt: skip
    dicts = [found for found in dicts if found[2]]
    if not dicts:
        return tally(scope)
    name, record, keys = choose.pick(dicts)
    key, value = choose.pick(keys), expressions.scalar(scope, 2)
    names = expressions.keys_of(scope, record) if record.is_even else []
    if names and choose.chance(0.5):
        return [stores.update(scope, f"{name}[{choose.pick(names)}]", value)]
    forms = [
        f"{name}.update({key}={value})",
        f"{name}.update({{{key!r}: {value}}})",
        f"{name} |= {{{key!r}: {value}}}" if scope.may_bind(name, record) else "pass",
        f"{name}[{key!r}] = {name}.get({key!r}, 0.4) * {value}",
        f"{name}.setdefault({key!r}, 0.3)",
        f"NEW = {{**{name}, {key!r}: {value}}}",
        f"NEW = {name} | {{{key!r}: {value}}}",
        f"NEW = dict({name}, {key}={value})",
        f"NEW = {name}.copy()",
    ]
    if record.is_even:
        loop = f"for key, value in {name}.items()"
        forms.append(f"NEW = {{key: {choose.constant()} * value {loop}}}")
    form = choose.pick(forms)
    return [form.replace("NEW", scope.bind(record)) if form.startswith("NEW") else form]


def tally(scope: Scope) -> list[str]:
    """Return a statement that adds to a dict of integers, or starts one."""
    choose = scope.chooser
    found = scope.of(Tally)
    starts = ("{0: 0.2, 1: 0.5, 2: -0.3}",) * 2 + ("{}", "dict()", "{1: 0.7}")
    if not found:
        return [f"{scope.bind(Tally())} = {choose.pick(starts)}"]
    name = choose.pick(found)[0]
    key = choose.below(3)
    value = expressions.scalar(scope, 1)
    return [choose.pick((
        f"{name}[{key}] = {value}",
        f"{name}[{key}] = {name}.get({key}, 0.5) + {value}",
        f"{name}.setdefault({key}, {value})",
        f"{name}[{key}] = {name}[{key}] * {value} if {key} in {name} else 0.3",
        f"{name}.update({{{key}: {value}}})",
        f"{name}.pop({key}, 0.2)",
    ))]  # fmt: skip
