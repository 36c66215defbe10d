"""Where lists come from that go into other lists: found in the text, before it is read.

Expressions that may give the same thing are put in one group, whatever the path: a name with all
that is assigned to it, what is appended to a list with its items.  A group whose members are items
of another group's lists is one of lists that several things may hold.  What the text does not show
(a call of a function from elsewhere) is left out: whoever reads it finds out there.
"""

from __future__ import annotations

import ast
import itertools
import types
from collections.abc import Callable, Iterator
from typing import Any

from gradgen.errors import GradgenError
from gradgen.frontend.flow_groups import ITEMS, Group, unite
from gradgen.frontend.source import innermost, source_of

MAKERS = ast.List | ast.ListComp | ast.Call | ast.BinOp | ast.Subscript
SAME_ITEMS = ("list", "sorted", "reversed", "tuple", "deque", "iter")
DEEPEST, MOST_CALLS = 4, 300  # that are followed, of functions inside each other and in all
Site = tuple[str, str, int, int, int | None, int | None]


def site_of(node: ast.AST, path: str) -> Site:
    """Return what tells an expression from others of all sources, in copies of the tree too."""
    line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
    end = getattr(node, "end_lineno", None), getattr(node, "end_col_offset", None)
    return (path, type(node).__name__, line, column, *end)


def shared_lists(fn: types.FunctionType, named: bool = False) -> dict[Site, tuple[int, str]]:
    """Return the expressions that make lists which go into others: their group, and a name.

    ``named``: those that several names may stand for, too.
    """
    flows = _Flows()
    scope = _of_function(fn)
    flows.function(scope.definition, scope)
    inner = _items_of_others(flows.groups)
    found: dict[Site, tuple[int, str]] = {}
    numbers: dict[int, int] = {}
    for site, group in flows.sites.items():
        mine = group.found()
        if mine in inner or (named and len({name for _, name in mine.names}) > 1):
            number = numbers.setdefault(id(mine), len(numbers))
            found[site] = (number, min(mine.names)[1] if mine.names else "inner")
    return found


def _items_of_others(groups: list[Group]) -> set[Group]:
    """Return the groups of items of lists and dicts, and of what tuples among these hold."""
    inner: set[Group] = set()
    work = [group for root in groups for group in [root.found().inside.get(ITEMS)] if group]
    while work:
        group = work.pop().found()
        if group not in inner:
            inner.add(group)
            work += group.inside.values()
    return inner


class _Scope:
    """The names of a function in one call of it, and what it returns; those around are found too.

    ``around``: what global names stand for, and those of a closure.
    """

    def __init__(
        self, definition: Any, parent: _Scope | None, path: str = "", around: Any = None
    ) -> None:
        self.definition, self.parent, self.path = definition, parent, path
        self.around: dict[str, Any] = around or {}
        self.names, self.returned = dict[str, Group](), Group()
        self.functions: dict[str, Any] = {}
        if parent is not None:
            self.path, self.around = parent.path, parent.around
        inside = list(_own_nodes(definition))
        outer = {n for s in inside if isinstance(s, ast.Nonlocal | ast.Global) for n in s.names}
        stored = [n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        args = [a.arg for a in ast.walk(definition.args) if isinstance(a, ast.arg)]
        self.own = {*stored, *args} - outer

    def group(self, name: str, order: Iterator[int]) -> Group:
        """Return the group of what a name stands for."""
        scope: _Scope | None = self
        while scope is not None and name not in scope.own:
            scope = scope.parent
        names = (scope or self).names
        if name not in names:
            names[name] = Group()
            names[name].names.append((next(order), name))
        return names[name].found()

    def called(self, name: str) -> _Scope | None:
        """Return a scope for a call of a function of this name, None where it cannot be read."""
        scope: _Scope | None = self
        while scope is not None and name not in scope.functions:
            if name in scope.own:
                return None
            scope = scope.parent
        if scope is not None:
            return _Scope(scope.functions[name], scope)
        found = self.around.get(name)
        if not isinstance(found, types.FunctionType) or _is_ours(found):
            return None
        try:
            return _of_function(found)
        except GradgenError:
            return None  # it has no source


def _of_function(fn: types.FunctionType) -> _Scope:
    fn = innermost(fn)
    source = source_of(fn)
    cells = zip(fn.__code__.co_freevars, fn.__closure__ or (), strict=True)
    closure = {name: cell.cell_contents for name, cell in cells if _is_filled(cell)}
    return _Scope(source.node, None, source.path, {**fn.__globals__, **closure})


def _is_filled(cell: types.CellType) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def _is_ours(fn: types.FunctionType) -> bool:
    return (fn.__module__ or "").partition(".")[0] in ("gradgen", "numpy", "scipy")


class _Flows:
    """One walk through a function, and through those that it calls: what may be what."""

    def __init__(self) -> None:
        self.sites: dict[Site, Group] = {}
        self.groups: list[Group] = []
        self.attributes: dict[str, Group] = {}
        self.order = itertools.count()
        self.open: list[Any] = []  # functions whose calls are followed, innermost last
        self.calls = 0

    def function(self, definition: Any, scope: _Scope) -> None:
        """Follow what a function does."""
        body = definition.body if isinstance(definition.body, list) else []
        for s in body:
            if isinstance(s, ast.FunctionDef):
                scope.functions[s.name] = s
        for s in body:
            self.statement(s, scope)

    def call(self, inner: _Scope, args: list[Group]) -> Group:
        """Return the group of what a call of a function gives."""
        definition = inner.definition
        self.calls += 1
        deep = definition in self.open or len(self.open) == DEEPEST or self.calls > MOST_CALLS
        if deep or isinstance(definition, ast.Lambda):
            return Group()
        for parameter, given in zip(definition.args.args, args, strict=False):
            unite(inner.group(parameter.arg, self.order), given)
        self.open.append(definition)
        self.function(definition, inner)
        self.open.pop()
        return inner.returned.found()

    def made(self, site: Site, group: Group) -> None:
        """Note the group of what an expression makes, in every call of its function."""
        self.sites[site] = unite(self.sites[site], group) if site in self.sites else group

    # --- statements -----------------------------------------------------------------------

    def statement(self, s: ast.AST, scope: _Scope) -> None:
        if isinstance(s, ast.FunctionDef):
            scope.functions[s.name] = s
        elif isinstance(s, ast.ClassDef):
            return
        elif isinstance(s, ast.Assign):
            for target in s.targets:
                self.assigned(target, s.value, scope)
        elif isinstance(s, ast.AnnAssign | ast.NamedExpr) and s.value is not None:
            self.assigned(s.target, s.value, scope)
        elif isinstance(s, ast.AugAssign):
            unite(self.value(s.target, scope).at(ITEMS), self.value(s.value, scope).at(ITEMS))
        elif isinstance(s, ast.For):
            self.bind(s.target, self.value(s.iter, scope).at(ITEMS), scope)
            self.inner(s, scope, ("target", "iter"))
        elif isinstance(s, ast.If | ast.While | ast.Assert):
            self.test(s.test, scope)
            self.inner(s, scope, ("test",))
        elif isinstance(s, ast.Return) and s.value is not None:
            unite(scope.returned, self.value(s.value, scope))
        elif isinstance(s, ast.expr):
            self.value(s, scope)
        else:
            self.inner(s, scope)

    def test(self, node: ast.expr, scope: _Scope) -> None:
        """Read what is asked whether it holds: what it gives goes nowhere."""
        for part in node.values if isinstance(node, ast.BoolOp) else [node]:
            if isinstance(part, ast.BoolOp):
                self.test(part, scope)
            elif isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.Not):
                self.test(part.operand, scope)
            else:
                self.value(part, scope)

    def inner(self, s: ast.AST, scope: _Scope, but: tuple[str, ...] = ()) -> None:
        for name, part in ast.iter_fields(s):
            for one in part if isinstance(part, list) else [part]:
                if isinstance(one, ast.AST) and name not in but:
                    self.statement(one, scope)

    def assigned(self, target: ast.expr, value: ast.expr, scope: _Scope) -> None:
        if _side_by_side(target, value):
            for t, v in zip(target.elts, value.elts, strict=True):  # type: ignore[attr-defined]
                self.assigned(t, v, scope)
        else:
            self.bind(target, self.value(value, scope), scope)

    def bind(self, target: ast.expr, given: Group, scope: _Scope) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            for k, part in enumerate(target.elts):
                if isinstance(part, ast.Starred):
                    self.bind(part.value, given, scope)
                else:
                    self.bind(part, self.part(given, k), scope)
        else:
            unite(self.value(target, scope), given)

    def part(self, group: Group, key: int) -> Group:
        """Return the group of an item: that of all items, where these are not told apart."""
        inside = group.found().inside
        if key in inside and ITEMS in inside:
            return unite(group.at(key), group.at(ITEMS))
        told_apart = any(type(known) is int for known in inside)
        return group.at(key if told_apart else ITEMS)

    # --- expressions ----------------------------------------------------------------------

    def value(self, node: ast.AST, scope: _Scope) -> Group:
        """Return the group of what an expression gives."""
        if isinstance(node, ast.Name):
            group = scope.group(node.id, self.order)
        else:
            read: Callable[..., Group] = getattr(self, f"of_{type(node).__name__}", self.of_parts)
            group = read(node, scope)
        if isinstance(node, MAKERS) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            plain = isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice)
            if not plain:
                self.made(site_of(node, scope.path), group)
        self.groups.append(group)
        return group

    def of_parts(self, node: ast.AST, scope: _Scope) -> Group:
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                self.value(part, scope)
        return Group()

    def of_NamedExpr(self, node: ast.NamedExpr, scope: _Scope) -> Group:
        self.assigned(node.target, node.value, scope)
        return self.value(node.target, scope)

    def of_Attribute(self, node: ast.Attribute, scope: _Scope) -> Group:
        self.value(node.value, scope)
        return self.attributes.setdefault(node.attr, Group()).found()

    def of_List(self, node: ast.List | ast.Set, scope: _Scope) -> Group:
        group = Group()
        for part in node.elts:
            unite(group.at(ITEMS), self.value(part, scope))
        return group

    of_Set = of_List

    def of_Tuple(self, node: ast.Tuple, scope: _Scope) -> Group:
        group = Group()
        for k, part in enumerate(node.elts):
            unite(group.at(k), self.value(part, scope))
        return group

    def of_Starred(self, node: ast.Starred, scope: _Scope) -> Group:
        return self.value(node.value, scope).at(ITEMS)

    def of_Dict(self, node: ast.Dict, scope: _Scope) -> Group:
        group = Group()
        for key, part in zip(node.keys, node.values, strict=True):
            given = self.value(part, scope)
            unite(group.at(ITEMS), given if key is not None else given.at(ITEMS))
        return group

    def of_IfExp(self, node: ast.IfExp, scope: _Scope) -> Group:
        self.test(node.test, scope)
        return unite(self.value(node.body, scope), self.value(node.orelse, scope))

    def of_BoolOp(self, node: ast.BoolOp, scope: _Scope) -> Group:
        groups = [self.value(part, scope) for part in node.values]
        for other in groups[1:]:
            unite(groups[0], other)
        return groups[0].found()

    def of_BinOp(self, node: ast.BinOp, scope: _Scope) -> Group:
        group = Group()
        if not isinstance(node.op, ast.Add | ast.Mult):
            return self.of_parts(node, scope)
        for part in (node.left, node.right):
            unite(group.at(ITEMS), self.value(part, scope).at(ITEMS))
        return group

    def of_Subscript(self, node: ast.Subscript, scope: _Scope) -> Group:
        owner = self.value(node.value, scope)
        if isinstance(node.slice, ast.Slice):
            group = Group()
            unite(group.at(ITEMS), owner.at(ITEMS))
            return group
        self.value(node.slice, scope)
        key = node.slice.value if isinstance(node.slice, ast.Constant) else ITEMS
        return self.part(owner, key) if type(key) is int else owner.at(ITEMS)

    def _comprehension(self, node: Any, scope: _Scope, item: ast.expr) -> Group:
        for part in node.generators:
            self.bind(part.target, self.value(part.iter, scope).at(ITEMS), scope)
            for test in part.ifs:
                self.test(test, scope)
        group = Group()
        unite(group.at(ITEMS), self.value(item, scope))
        return group

    def of_ListComp(self, node: ast.ListComp | ast.GeneratorExp, scope: _Scope) -> Group:
        return self._comprehension(node, scope, node.elt)

    of_GeneratorExp = of_ListComp

    def of_DictComp(self, node: ast.DictComp, scope: _Scope) -> Group:
        return self._comprehension(node, scope, node.value)

    # --- calls ----------------------------------------------------------------------------

    def of_Call(self, node: ast.Call, scope: _Scope) -> Group:
        args = [self.value(a, scope) for a in node.args]
        for k in node.keywords:
            self.value(k.value, scope)
        if isinstance(node.func, ast.Attribute):
            return self.method(node.func.attr, self.value(node.func.value, scope), args)
        if not isinstance(node.func, ast.Name):
            return Group()
        inner = scope.called(node.func.id)
        if inner is not None:
            return self.call(inner, args)
        if node.func.id == "defaultdict" and node.args and _is_list(node.args[0]):
            group = Group()
            path, _, *where = site_of(node, scope.path)
            self.made((path, "List", *where), group.at(ITEMS))  # type: ignore[arg-type]
            return group
        return self.builtin(node.func.id, args)

    def builtin(self, name: str, args: list[Group]) -> Group:
        group = Group()
        if name in SAME_ITEMS and args:
            unite(group.at(ITEMS), args[0].at(ITEMS))
        elif name in ("enumerate", "zip"):
            for k, given in enumerate(args):
                unite(group.at(ITEMS).at(k + (name == "enumerate")), given.at(ITEMS))
        elif name in ("max", "min", "next"):
            return args[0].at(ITEMS) if len(args) == 1 or name == "next" else group
        return group

    def method(self, name: str, owner: Group, args: list[Group]) -> Group:
        if name in ("append", "appendleft", "add") and args:
            unite(owner.at(ITEMS), args[0])
        elif name in ("insert", "setdefault") and len(args) > 1:
            return unite(owner.at(ITEMS), args[1])
        elif name in ("extend", "update") and args:
            unite(owner.at(ITEMS), args[0].at(ITEMS))
        elif name in ("pop", "popleft", "get", "setdefault"):
            for default in args[1:]:
                unite(owner.at(ITEMS), default)
            return owner.at(ITEMS)
        elif name in ("values", "copy"):
            group = Group()
            unite(group.at(ITEMS), owner.at(ITEMS))
            return group
        elif name == "items":
            group = Group()
            unite(group.at(ITEMS).at(1), owner.at(ITEMS))
            return group
        return Group()


def _side_by_side(target: ast.expr, value: ast.expr) -> bool:
    """Whether an assignment gives each of several targets what stands in its place."""
    if not isinstance(target, ast.Tuple | ast.List) or not isinstance(value, ast.Tuple | ast.List):
        return False
    return len(target.elts) == len(value.elts)


def _own_nodes(definition: Any) -> Iterator[ast.AST]:
    """Yield the nodes of a function without those of the functions in it."""
    work = list(ast.iter_child_nodes(definition))
    while work:
        node = work.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            work += ast.iter_child_nodes(node)


def _is_list(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "list"
