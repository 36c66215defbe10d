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
from collections.abc import Callable
from typing import Any

from gradgen.frontend.classes import is_users
from gradgen.frontend.flow_groups import ITEMS, Group, unite
from gradgen.frontend.flow_scopes import Scope, readable, scope_of

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
    scope = scope_of(fn)
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


class _Flows:
    """One walk through a function, and through those that it calls: what may be what."""

    def __init__(self) -> None:
        self.sites: dict[Site, Group] = {}
        self.groups: list[Group] = []
        self.attributes: dict[str, Group] = {}
        self.order = itertools.count()
        self.methods: dict[str, list[Scope]] = {}  # of the user's classes, by name
        self.classes: list[type] = []
        self.open: list[Any] = []  # functions whose calls are followed, innermost last
        self.calls = 0

    def function(self, definition: Any, scope: Scope) -> None:
        """Follow what a function does."""
        body = definition.body if isinstance(definition.body, list) else []
        for s in body:
            if isinstance(s, ast.FunctionDef):
                scope.functions[s.name] = s
        for s in body:
            self.statement(s, scope)

    def call(self, inner: Scope, args: list[Group]) -> Group:
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

    def method_of_class(self, name: str, given: list[Group]) -> Group:
        """Return the group of what methods of the user's classes give that have a name."""
        out = Group()
        for one in self.methods.get(name, ()):
            inner = Scope(one.definition, one.parent, one.path, one.around)
            unite(out, self.call(inner, given))
        return out

    def made(self, site: Site, group: Group) -> None:
        """Note the group of what an expression makes, in every call of its function."""
        self.sites[site] = unite(self.sites[site], group) if site in self.sites else group

    # --- statements -----------------------------------------------------------------------

    def statement(self, s: ast.AST, scope: Scope) -> None:
        if isinstance(s, ast.FunctionDef):
            scope.functions[s.name] = s
        elif isinstance(s, ast.ClassDef):
            scope.classes.append(s.name)
            for inner in s.body:
                if isinstance(inner, ast.FunctionDef):
                    self.methods.setdefault(inner.name, []).append(Scope(inner, scope))
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

    def test(self, node: ast.expr, scope: Scope) -> None:
        """Read what is asked whether it holds: what it gives goes nowhere."""
        for part in node.values if isinstance(node, ast.BoolOp) else [node]:
            if isinstance(part, ast.BoolOp):
                self.test(part, scope)
            elif isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.Not):
                self.test(part.operand, scope)
            else:
                self.value(part, scope)

    def inner(self, s: ast.AST, scope: Scope, but: tuple[str, ...] = ()) -> None:
        for name, part in ast.iter_fields(s):
            for one in part if isinstance(part, list) else [part]:
                if isinstance(one, ast.AST) and name not in but:
                    self.statement(one, scope)

    def assigned(self, target: ast.expr, value: ast.expr, scope: Scope) -> None:
        if _side_by_side(target, value):
            for t, v in zip(target.elts, value.elts, strict=True):  # type: ignore[attr-defined]
                self.assigned(t, v, scope)
        else:
            self.bind(target, self.value(value, scope), scope)

    def bind(self, target: ast.expr, given: Group, scope: Scope) -> None:
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

    def value(self, node: ast.AST, scope: Scope) -> Group:
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

    def of_parts(self, node: ast.AST, scope: Scope) -> Group:
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                self.value(part, scope)
        return Group()

    def of_NamedExpr(self, node: ast.NamedExpr, scope: Scope) -> Group:
        self.assigned(node.target, node.value, scope)
        return self.value(node.target, scope)

    def of_Yield(self, node: ast.Yield | ast.YieldFrom, scope: Scope) -> Group:
        """Put what is yielded into the list of all of it, which a generator is read as."""
        given = self.value(node.value, scope) if node.value is not None else Group()
        inside = given.at(ITEMS) if isinstance(node, ast.YieldFrom) else given
        unite(scope.returned.at(ITEMS), inside)
        return Group()

    of_YieldFrom = of_Yield

    def of_Attribute(self, node: ast.Attribute, scope: Scope) -> Group:
        self.value(node.value, scope)
        return self.attributes.setdefault(node.attr, Group()).found()

    def of_List(self, node: ast.List | ast.Set, scope: Scope) -> Group:
        group = Group()
        for part in node.elts:
            unite(group.at(ITEMS), self.value(part, scope))
        return group

    of_Set = of_List

    def of_Tuple(self, node: ast.Tuple, scope: Scope) -> Group:
        group = Group()
        for k, part in enumerate(node.elts):
            unite(group.at(k), self.value(part, scope))
        return group

    def of_Starred(self, node: ast.Starred, scope: Scope) -> Group:
        return self.value(node.value, scope).at(ITEMS)

    def of_Dict(self, node: ast.Dict, scope: Scope) -> Group:
        group = Group()
        for key, part in zip(node.keys, node.values, strict=True):
            given = self.value(part, scope)
            unite(group.at(ITEMS), given if key is not None else given.at(ITEMS))
        return group

    def of_IfExp(self, node: ast.IfExp, scope: Scope) -> Group:
        self.test(node.test, scope)
        return unite(self.value(node.body, scope), self.value(node.orelse, scope))

    def of_BoolOp(self, node: ast.BoolOp, scope: Scope) -> Group:
        groups = [self.value(part, scope) for part in node.values]
        for other in groups[1:]:
            unite(groups[0], other)
        return groups[0].found()

    def of_BinOp(self, node: ast.BinOp, scope: Scope) -> Group:
        group = Group()
        if not isinstance(node.op, ast.Add | ast.Mult):
            return self.of_parts(node, scope)
        for part in (node.left, node.right):
            unite(group.at(ITEMS), self.value(part, scope).at(ITEMS))
        return group

    def of_Subscript(self, node: ast.Subscript, scope: Scope) -> Group:
        owner = self.value(node.value, scope)
        if isinstance(node.slice, ast.Slice):
            group = Group()
            unite(group.at(ITEMS), owner.at(ITEMS))
            return group
        self.value(node.slice, scope)
        key = node.slice.value if isinstance(node.slice, ast.Constant) else ITEMS
        return self.part(owner, key) if type(key) is int else owner.at(ITEMS)

    def _comprehension(self, node: Any, scope: Scope, item: ast.expr) -> Group:
        for part in node.generators:
            self.bind(part.target, self.value(part.iter, scope).at(ITEMS), scope)
            for test in part.ifs:
                self.test(test, scope)
        group = Group()
        unite(group.at(ITEMS), self.value(item, scope))
        return group

    def of_ListComp(self, node: ast.ListComp | ast.GeneratorExp, scope: Scope) -> Group:
        return self._comprehension(node, scope, node.elt)

    of_GeneratorExp = of_ListComp

    def of_DictComp(self, node: ast.DictComp, scope: Scope) -> Group:
        return self._comprehension(node, scope, node.value)

    # --- calls ----------------------------------------------------------------------------

    def of_Call(self, node: ast.Call, scope: Scope) -> Group:
        args = [self.value(a, scope) for a in node.args]
        for k in node.keywords:
            self.value(k.value, scope)
        if isinstance(node.func, ast.Attribute):
            owner = self.value(node.func.value, scope)
            given = self.method_of_class(node.func.attr, [owner, *args])
            return unite(given, self.method(node.func.attr, owner, args))
        if not isinstance(node.func, ast.Name):
            return Group()
        cls = scope.around.get(node.func.id)
        if node.func.id in scope.classes or (isinstance(cls, type) and is_users(cls)):
            self.enter_class(cls)
            self.method_of_class("__init__", [Group(), *args])
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

    def enter_class(self, cls: Any) -> None:
        """Take note of the methods of a class of the user's."""
        if cls in self.classes or not isinstance(cls, type):
            return
        self.classes.append(cls)
        for name, fn in [pair for one in reversed(cls.__mro__) for pair in vars(one).items()]:
            scope = readable(fn)
            if scope is not None:
                self.methods.setdefault(name, []).append(scope)

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


def _is_list(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "list"
