"""What the printer writes is read back as the same tree, on every version of Python."""

import ast

import pytest

from gradgen.emission.printer import wrap
from gradgen.emission.spelling import spell

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
