"""What the printer writes is read back as the same tree, on every version of Python."""

import ast

import numpy as np
import pytest

import gradgen
from gradgen.emission.printer import wrap
from gradgen.emission.spelling import _by_astor, spell
from tests.references import assert_gradient

EXPRESSIONS = [
    "f'a {x} b {{q}} {y!r:>{w}} {z[0]:.3f}'",
    "f'{d[\"a\"]} it'",
    'f"it\'s {x}"',
    r"f'a\n{x}'",
    "f'{x:{{}}>3}'",
    "f'{1 if a else 2}'",
    "f'{ {1: 2}[1] }'",
    "f'{(lambda: 1)()}'",
    "f'{a != b}'",
    "'{' + x",
    "1e309 - x",
    "-x ** -y",
    "(-2.0) ** y",
    "a[..., None, 1:2, ::3]",
    "a @ (b @ c)",
    "a - (b - c)",
    "not (a < b)",
    "(yes if a else no) + 1",
]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_is_spelled_as_it_is(text: str) -> None:
    expected = ast.parse(text, mode="eval").body
    assert ast.dump(ast.parse(spell(expected), mode="eval").body) == ast.dump(expected)


def test_a_long_statement_with_a_keyword_in_its_target() -> None:
    place = "np.moveaxis(d_table_of_the_padded, source=1, destination=0)[:number_of_rows][-1]"
    text = f"{place} += d_value_of_everything_else * another_long_name"
    lines = wrap(text, 1)
    assert len(lines) > 1
    (made,) = ast.parse("if True:\n" + "\n".join(lines)).body[0].body  # type: ignore[attr-defined]
    assert ast.dump(made) == ast.dump(ast.parse(text).body[0])


ASSIGNED = [
    "-x ** 2", "(-x) ** 2", "x ** -y ** z", "(x ** y) ** z", "2 ** -1", "a - (b - c)", "a - b - c",
    "a * (b / c) @ d // e % g", "~a & b | c ^ d << e", "-(-x)", "-(a + b)", "not (a + b)",
    "f(not a, -b)", "(not a)[0]", "(a < b) * c", "(a and b) or c", "f(a if b else c)",
    "(a if b else c) + f(a if b else c, d)", "(lambda t: t + 1)(3)", "f(a for a in b)",
    "f((a for a in b), 1)", "f(*g, k=1, **h)", "f()()[z].w", "(a + b).T[0](c)", "(1).real + 2j",
    "1e400 - x", "x[1:, ::-1][-1]", "x[a, ...][a,]", "(x, y)[0]", "x[a if b else c]", "'a' + u'b'",
    "True + None", "f((w := 3))", "[*a, *b]", "{1: 2}[1]", "-3.5 + x.real",
]  # fmt: skip


@pytest.mark.parametrize("text", ASSIGNED)
def test_assignments_are_spelled_as_astor_does(text: str) -> None:
    for statement in (f"z = {text}", f"z[i, -1] += {text}", f"y, z.w = v = {text}"):
        ours, astors = (ast.parse(statement).body[0] for _ in range(2))
        assert spell(ours) == _by_astor(astors)


@pytest.mark.parametrize("last", ["2", "'far'", "f(x)[0]", "-x"])
def test_a_long_choice_stands_on_a_line_for_each_case(last: str) -> None:
    text = (
        "kind = (1 if above_the_limit else 0) if first_of_all else (2 if below_the_limit else 1) "
        f"if the_second_one else 0 if nothing_else else {last}"
    )
    lines = wrap(text, 1)
    assert max(map(len, lines)) <= 88
    assert [line.split()[0] for line in lines[2:-1]] == ["else"] * 3
    assert ast.unparse(ast.parse("if 1:\n" + "\n".join(lines)).body[0].body[0]) == ast.unparse(
        ast.parse(text)
    )


def sorted_by_swaps(x):
    a = list(x)
    n = len(a)
    for i in range(n):
        for j in range(n - 1 - i):
            if a[j] > a[j + 1]:
                a[j], a[j + 1] = a[j + 1], a[j]
    step = 0.5
    while step < a[0]:
        step *= 1.0 + a[1]
    return step * a[-1]


def test_loops_of_the_sweep_are_written_as_by_hand():
    text = gradgen.emit(sorted_by_swaps, mode="grad", example_args=(np.array([2.0, 1.0, 3.0]),))
    assert "- 2 - i, -1, -1)" in text  # the mirrored range, with one number
    assert "    for _ in range(steps):" in text  # no index, where nothing asks for it
    assert "    d_x = np.array(d_a)" in text and "broadcast" not in text
    x = np.array([2.0, 1.0, 3.0])
    assert_gradient(sorted_by_swaps, (x,), (gradgen.grad(sorted_by_swaps)(x),), (0,))
