"""Random classes: plain ones, dataclasses, named tuples, with methods, and heirs."""

from __future__ import annotations

from dataclasses import replace

from tests.generator import expressions, functions, sequences
from tests.generator.choices import indented
from tests.generator.kinds import SCALAR, Array, Function, Grown, Kind, Object
from tests.generator.scope import Scope

FORMS = ((4.0, "dataclass"), (4.0, "class"), (1.0, "NamedTuple"))
NAMES = ("Cell", "Node")
METHODS = ("value", "change", "__call__", "shift")


def classes(scope: Scope) -> list[str]:
    """Return the definitions of one or two classes, known to ``scope`` from here on."""
    lines: list[str] = []
    for name in NAMES[: scope.chooser.between(1, 2)]:
        bases = [kind for kind in scope.classes if kind.form == "class"]
        if bases and scope.chooser.chance(0.4):
            lines += heir(scope, name, bases[0])
        else:
            lines += defined(scope, name)
        lines.append("")
    return lines


def annotation(kind: Kind) -> str:
    """Return the annotation of an attribute."""
    if isinstance(kind, Object):
        return kind.cls
    return {Array: "np.ndarray", Grown: "list"}.get(type(kind), "float")


def defined(scope: Scope, name: str) -> list[str]:
    """Return the definition of a class of any form."""
    choose = scope.chooser
    vector, matrix = Array(scope.lengths[:1]), Array(scope.lengths)
    options: list[tuple[tuple[str, Kind], ...]] = [
        (("level", SCALAR), ("row", vector)),
        (("level", SCALAR), ("rate", SCALAR)),
        (("row", vector), ("level", SCALAR)),
        (("level", SCALAR), ("table", matrix)),
        (("level", SCALAR), ("log", Grown(SCALAR, 0))),
    ]
    options += [(("part", kind), ("level", SCALAR)) for kind in scope.classes]
    fields = choose.pick(options)
    names, kinds = tuple(n for n, _ in fields), tuple(k for _, k in fields)
    form = choose.weighted(FORMS)
    optional = int(kinds[-1] == SCALAR and choose.chance(0.3))
    init = Function(kinds, None, next(scope.serials), names, optional)
    kind = Object(name, fields, init, form=form)
    default = f" = {choose.constant()}" if optional else ""
    if form == "class":
        kind, body = initialiser(scope, kind, default)
    else:
        body = [f"{field}: {annotation(part)}" for field, part in fields]
        body[-1] += default
    head = {"dataclass": f"@dataclass\nclass {name}:", "class": f"class {name}:"}
    return finished(scope, kind, head.get(form, f"class {name}(NamedTuple):"), body)


def initialiser(scope: Scope, kind: Object, default: str) -> tuple[Object, list[str]]:
    """Return a class with its initialiser, which may compute an attribute."""
    choose = scope.chooser
    inside = sequences.with_names(replace(scope, names={}), **dict(kind.fields))
    body = [f"self.{name} = {kept(scope, name, part)}" for name, part in kind.fields]
    fields = kind.fields
    if choose.chance(0.4):
        body.append(f"self.bias = {expressions.scalar(inside, 2)}")
        fields += (("bias", SCALAR),)
    listed = ", ".join(name for name, _ in kind.fields)
    lines = [f"def __init__(self, {listed}{default.replace(' ', '')}):", *indented(body)]
    return replace(kind, fields=fields), lines


def kept(scope: Scope, name: str, kind: Kind) -> str:
    """Return what an attribute is bound to: the argument, or something made of it."""
    if isinstance(kind, Array):
        return scope.chooser.pick(
            (name, name, f"{name}.copy()", f"np.tanh({name})", f"{name}[::-1]")
        )
    if isinstance(kind, Grown):
        return scope.chooser.pick((name, f"list({name})"))
    return name if kind != SCALAR or scope.chooser.chance(0.7) else f"{name} * 0.8"


def finished(scope: Scope, kind: Object, head: str, body: list[str]) -> list[str]:
    """Return the whole class, with methods, and note what it is."""
    choose = scope.chooser
    if choose.chance(0.3) and kind.form != "NamedTuple":
        body = [f"unit = {choose.constant()}", *body] if kind.form == "class" else body
    order = list(METHODS)
    for _ in range(choose.between(1, 2)):
        name = order.pop(choose.below(len(order)))
        lines, made = method(scope, kind, name)
        body = [*body, *lines]
        kept = tuple((n, f) for n, f in kind.methods if n != name)
        kind = replace(kind, methods=(*kept, (name, made)))
    if choose.chance(0.3):
        inside = replace(scope, names={"self": kind}, features=scope.features - {"walrus"})
        value = expressions.scalar(inside, 2)
        body = [*body, "@property", "def size(self):", f"    return {value}"]
        kind = replace(kind, properties=("size",))
    if scope.has("class functions") and choose.chance(0.6):
        body = [*body, *class_function(scope, kind)]
    scope.classes = (*scope.classes, kind)
    return [*head.split("\n"), *indented(body)]


def method(scope: Scope, kind: Object, name: str) -> tuple[list[str], Function]:
    """Return a method, and how to call it; it may call those before it."""
    inherited = dict(kind.methods).get(name)
    if inherited is not None and inherited.result != SCALAR:
        inherited = None
    params, result = functions.signature(scope)
    if inherited is not None:
        params, result = inherited.params, inherited.result
    known = replace(kind, methods=tuple((n, f) for n, f in kind.methods if n != name))
    inner = replace(
        scope,
        names={"self": known},
        guarded=frozenset(("self",)),
        result=result,
        depth=1,
        captured={},
    )
    lines, made = functions.defined(inner, name, params, first=("self",))
    if inherited is not None and kind.base and lines[-1].startswith("    return "):
        lines[-1] += f" + 0.7 * super().{name}({', '.join(made.names)})"
    return lines, made


def class_function(scope: Scope, kind: Object) -> list[str]:
    """Return a static method, or a class method that makes an object; it is called by the class."""
    choose = scope.chooser
    if choose.chance(0.5):
        inner = replace(scope, names={}, guarded=frozenset(), depth=1, captured={})
        params, inner.result = functions.signature(replace(scope, classes=()))
        lines, made = functions.defined(inner, "mixed", params)
        scope.names[f"{kind.cls}.mixed"] = made
        return ["@staticmethod", *lines]
    inside = sequences.with_names(replace(scope, names={}), p=SCALAR)
    given = [expressions.argument(inside, part) for part in kind.init.params]
    made = Function((SCALAR,), kind, next(scope.serials), ("p",))
    scope.names[f"{kind.cls}.start"] = made
    return ["@classmethod", "def start(cls, p):", f"    return cls({', '.join(given)})"]


def heir(scope: Scope, name: str, base: Object) -> list[str]:
    """Return a class that inherits, and has an attribute more."""
    own, taken = "gain", base.init.names
    names, kinds = (*taken, own), (*base.init.params, SCALAR)
    init = Function(kinds, None, next(scope.serials), names)
    kind = replace(base, cls=name, init=init, base=base.cls)
    kind = replace(kind, fields=(*base.fields, (own, SCALAR)))
    body = [
        f"def __init__(self, {', '.join(names)}):",
        f"    super().__init__({', '.join(taken)})",
        f"    self.{own} = {own}",
    ]
    return finished(scope, kind, f"class {name}({base.cls}):", body)


def one(scope: Scope, kind: Object) -> str:
    """Return an object of a class, an existing one where there is one."""
    twins = [text for text, other in scope.reached(Object) if other == kind]
    if twins and scope.chooser.chance(0.7):
        return scope.chooser.pick(twins)
    return made(scope, kind)


def made(scope: Scope, kind: Object) -> str:
    """Return a new object, at times of a class that inherits."""
    heirs = [other for other in scope.classes if other.base == kind.cls]
    if heirs and scope.chooser.chance(0.15):
        kind = heirs[0]
    maker = scope.names.get(f"{kind.cls}.start")
    if isinstance(maker, Function) and scope.chooser.chance(0.3):
        return expressions.called(scope, f"{kind.cls}.start", maker)
    return expressions.called(scope, kind.cls, kind.init)


def start(scope: Scope) -> list[str]:
    """Return a statement that makes an object, or gives one another name."""
    choose = scope.chooser
    kind = choose.pick(scope.classes)
    twins = [text for text, other in scope.reached(Object) if other == kind]
    if twins and choose.chance(0.3):
        known, level = choose.pick(twins), expressions.scalar(scope, 1)
        forms = [known, known]
        if kind.form == "dataclass":
            forms.append(f"dataclasses.replace({known}, level={level})")
        if kind.form == "NamedTuple":
            forms += [f"{known}._replace(level={level})"] * 2
        return [f"{scope.bind(kind)} = {choose.pick(forms)}"]
    value = made(scope, kind)
    return [f"{scope.bind(kind)} = {value}"]


def listed(scope: Scope) -> tuple[str, list[Kind], bool]:
    """Return objects to loop over."""
    kind = scope.chooser.pick(scope.classes)
    texts = ", ".join(one(scope, kind) for _ in range(scope.chooser.between(2, 3)))
    return f"[{texts}]", [kind], True


def written(scope: Scope) -> list[str]:
    """Return a statement that adds an object to a list, or starts the list."""
    kind = scope.chooser.pick(scope.classes)
    lists = [n for n, k in scope.of(Grown) if k.item == kind and n not in scope.guarded]
    if not lists:
        value = made(scope, kind)
        return [f"{scope.bind(Grown(kind, 1))} = [{value}]"]
    return [f"{scope.chooser.pick(lists)}.append({one(scope, kind)})"]
