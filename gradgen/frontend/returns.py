"""Normal form of early exits: one assignment to a result name, and no jumps out of nested blocks.

``return`` becomes an assignment to ``RESULT``; what follows an ``if`` that returns moves into its
other branch, so that branches stay branches.  A return inside a loop sets a flag and breaks.  Where
an ``if`` may both return and fall through on both sides, a flag guards the rest.  ``continue`` and
``break`` are treated in the same way, but stay jumps wherever they end their block.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

RESULT, RETURNED, SKIPPED, BROKEN = "value", "returned", "skipped", "broken"
LOOPS = (ast.For, ast.While)
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
Jump = type[ast.Return] | type[ast.Continue] | type[ast.Break]


def normalise(body: list[ast.stmt], taken: set[str]) -> tuple[list[ast.stmt], str]:
    """Return the body without early exits, and the name that holds the result.

    ``taken`` are names in use; a name is made distinct from them.
    """
    names = {key: _fresh(key, taken) for key in (RESULT, RETURNED, SKIPPED, BROKEN)}
    return _Normaliser(names).function(body), names[RESULT]


def _fresh(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name


def contains(statements: Sequence[ast.stmt], jump: Jump) -> bool:
    """Whether a jump of this kind leaves these statements (loops inside keep their own)."""
    stack: list[ast.AST] = list(statements)
    while stack:
        node = stack.pop()
        if isinstance(node, jump):
            return True
        if isinstance(node, SCOPES):
            continue
        if isinstance(node, LOOPS) and jump is not ast.Return:
            stack += node.orelse
            continue
        stack += [n for n in ast.iter_child_nodes(node) if isinstance(n, ast.stmt | ast.match_case)]
    return False


def always_jumps(statements: Sequence[ast.stmt]) -> bool:
    """Whether no path through these statements falls out of their end."""
    for s in statements:
        if isinstance(s, ast.Return | ast.Break | ast.Continue | ast.Raise):
            return True
        if isinstance(s, ast.With) and always_jumps(s.body):
            return True
        if isinstance(s, ast.While) and isinstance(s.test, ast.Constant) and s.test.value:
            return not contains(s.body, ast.Break)
        if isinstance(s, ast.If) and s.orelse and always_jumps(s.body) and always_jumps(s.orelse):
            return True
    return False


class _Normaliser:
    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def function(self, body: list[ast.stmt]) -> list[ast.stmt]:
        if contains(body, ast.Return) and not always_jumps(body):
            body = [*body, ast.copy_location(ast.Return(None), body[-1])]
        if not self._needs_flag(body):
            return self.tail(body, None)
        return [self._assign(RETURNED, False, body[0]), *self.tail(body, None)]

    def _needs_flag(self, body: list[ast.stmt]) -> bool:
        for node in ast.walk(ast.Module(body=body, type_ignores=[])):
            if isinstance(node, LOOPS) and contains([*node.body, *node.orelse], ast.Return):
                return True
        return self._mixed(body, ast.Return)

    def _mixed(self, body: list[ast.stmt], jump: Jump) -> bool:
        """Whether some ``if`` that can jump is followed by code both its sides can reach."""
        for k, s in enumerate(body):
            if not isinstance(s, ast.If) or not contains([s], jump):
                continue
            if self._mixed(s.body, jump) or self._mixed(s.orelse, jump):
                return True
            if body[k + 1 :] and not always_jumps(s.body) and not always_jumps(s.orelse):
                return True
        return False

    def tail(self, body: list[ast.stmt], loop: ast.stmt | None) -> list[ast.stmt]:
        """Rewrite statements whose end is the end of the function, or of a loop's body."""
        out: list[ast.stmt] = []
        for k, s in enumerate(body):
            rest = body[k + 1 :]
            if isinstance(s, ast.Return):
                return out + self._return(s, loop)
            if isinstance(s, ast.Break | ast.Continue):
                return [*out, s]
            if isinstance(s, LOOPS):
                out.append(self._loop(s))
                if contains([*s.body, *s.orelse], ast.Return):
                    guard = self._load(RETURNED, s)
                    stop: list[ast.stmt] = [ast.copy_location(ast.Break(), s)] if loop else []
                    if not rest and not stop:
                        return out
                    after = self.tail(rest, loop) or [ast.copy_location(ast.Pass(), s)]
                    return [*out, self._if(guard, stop, after, s)]
                continue
            if isinstance(s, ast.If) and self._jumps(s, loop):
                return out + self._branch(s, rest, loop)
            if isinstance(s, ast.With) and self._jumps(s, loop):
                s = _copy(s, body=self.tail(s.body, loop))
                rest_of = [*out, s]
                return rest_of + self.tail(rest, loop)
            out.append(self._inside(s))
        return out

    def _inside(self, s: ast.stmt) -> ast.stmt:
        """Rewrite the loops inside a statement that nothing jumps out of."""
        if isinstance(s, ast.If):
            return _copy(s, body=self.tail(s.body, None), orelse=self.tail(s.orelse, None))
        return _copy(s, body=self.tail(s.body, None)) if isinstance(s, ast.With) else s

    def _jumps(self, s: ast.stmt, loop: ast.stmt | None) -> bool:
        kinds: tuple[Jump, ...] = (ast.Return, ast.Break, ast.Continue) if loop else (ast.Return,)
        return any(contains([s], kind) for kind in kinds)

    def _branch(self, s: ast.If, rest: list[ast.stmt], loop: ast.stmt | None) -> list[ast.stmt]:
        then_ends, else_ends = always_jumps(s.body), always_jumps(s.orelse)
        if not rest or (then_ends and else_ends):
            rest = []
        elif not then_ends and not else_ends:
            return self._guarded(s, rest, loop)
        then = self.tail(s.body + ([] if then_ends else rest), loop)
        other = self.tail(s.orelse + ([] if else_ends else rest), loop)
        return [_copy(s, body=then or [ast.copy_location(ast.Pass(), s)], orelse=other)]

    def _guarded(self, s: ast.If, rest: list[ast.stmt], loop: ast.stmt | None) -> list[ast.stmt]:
        """Both sides may fall through: jumps inside set a flag, which guards the rest."""
        flag = SKIPPED if loop else RETURNED
        jumps = _Flagger(self, loop)
        inner = _copy(s, body=jumps.block(s.body), orelse=jumps.block(s.orelse))
        start = [self._assign(name, False, s) for name in sorted({flag, *jumps.used} - {RETURNED})]
        after: list[ast.stmt] = []
        for name, make in ((BROKEN, ast.Break), (RETURNED, ast.Break), (SKIPPED, ast.Continue)):
            if loop and name in jumps.used:
                jump: ast.stmt = ast.copy_location(make(), s)
                after.append(self._if(self._load(name, s), [jump], [], s))
        if loop:
            return [*start, inner, *self.tail([*after, *rest], loop)]
        unless = ast.copy_location(ast.UnaryOp(ast.Not(), self._load(flag, s)), s)
        return [inner, self._if(unless, self.tail(rest, loop), [], s)]

    def _loop(self, s: ast.stmt) -> ast.stmt:
        assert isinstance(s, LOOPS)
        return _copy(s, body=self.tail(s.body, s), orelse=self.tail(s.orelse, None))

    def _return(self, s: ast.Return, loop: ast.stmt | None) -> list[ast.stmt]:
        value = s.value or ast.copy_location(ast.Constant(None), s)
        target = ast.Name(self.names[RESULT], ast.Store())
        out: list[ast.stmt] = [ast.copy_location(ast.Assign([target], value), s)]
        ast.fix_missing_locations(ast.copy_location(target, s))
        if loop is not None:
            out += [self._assign(RETURNED, True, s), ast.copy_location(ast.Break(), s)]
        return out

    def _assign(self, key: str, value: bool, at: ast.AST) -> ast.stmt:
        target = ast.Name(self.names[key], ast.Store())
        node = ast.Assign([target], ast.Constant(value))
        return ast.fix_missing_locations(ast.copy_location(node, at))

    def _load(self, key: str, at: ast.AST) -> ast.expr:
        return ast.copy_location(ast.Name(self.names[key], ast.Load()), at)

    def _if(
        self, test: ast.expr, then: list[ast.stmt], other: list[ast.stmt], at: ast.AST
    ) -> ast.stmt:
        then = then or [ast.copy_location(ast.Pass(), at)]
        node = ast.If(test, then, other)
        return ast.fix_missing_locations(ast.copy_location(node, at))


class _Flagger:
    """Replaces jumps by flags inside an ``if`` that control flow re-joins."""

    def __init__(self, owner: _Normaliser, loop: ast.stmt | None) -> None:
        self.owner, self.loop = owner, loop
        self.used: set[str] = set()

    def block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        out: list[ast.stmt] = []
        for k, s in enumerate(body):
            if isinstance(s, ast.Return | ast.Break | ast.Continue):
                return out + self._jump(s)
            if isinstance(s, ast.If) and self.owner._jumps(s, self.loop):
                out.append(_copy(s, body=self.block(s.body), orelse=self.block(s.orelse)))
                rest = self.block(body[k + 1 :])
                return [*out, self._unless(rest, s)] if rest else out
            if isinstance(s, LOOPS):
                out.append(self.owner._loop(s))
                if contains([*s.body, *s.orelse], ast.Return):
                    self.used.add(RETURNED)
                    rest = self.block(body[k + 1 :])
                    return [*out, self._unless(rest, s)] if rest else out
                continue
            out.append(self.owner._inside(s))
        return out

    def _jump(self, s: ast.stmt) -> list[ast.stmt]:
        if isinstance(s, ast.Return):
            self.used.add(RETURNED)
            value = self.owner._return(s, None)
            return [*value, self.owner._assign(RETURNED, True, s)]
        key = BROKEN if isinstance(s, ast.Break) else SKIPPED
        self.used.add(key)
        return [self.owner._assign(key, True, s)]

    def _unless(self, rest: list[ast.stmt], at: ast.stmt) -> ast.stmt:
        flags = [
            self.owner._load(key, at) for key in (RETURNED, BROKEN, SKIPPED) if key in self.used
        ]
        test = flags[0] if len(flags) == 1 else ast.copy_location(ast.BoolOp(ast.Or(), flags), at)
        unless = ast.copy_location(ast.UnaryOp(ast.Not(), test), at)
        return self.owner._if(unless, rest, [], at)


def _copy(node: ast.stmt, **changes: object) -> ast.stmt:
    fields = {name: getattr(node, name) for name in node._fields if hasattr(node, name)}
    return ast.copy_location(type(node)(**{**fields, **changes}), node)
