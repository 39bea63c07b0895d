"""Every key, table and element of a TOML text is found on its line."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.config.locate import locate
from agent.config.section import Place

TEXT = '''\
# a comment with [brackets] and = signs
top = 1
"quoted key" = "a # b"  # not a comment inside
'literal' = 'c:\\[x]'

[a.b]
c = [
  1, # one
  { d = 2, e = [3, 4] },

  """
  many = "lines"
  """,
]
f.g = true
[ "a" . h ]
i = 1979-05-27T07:32:00Z
[[list]]
j = \'\'\'
[not a table]
\'\'\'
[[list]]
[list.k]
l = {}
[[list.m]]
n = "\\"escaped\\" \\\\"
"\\u00e9" = []
o = """ends with a quote""""
p = """\\
  cut \\""" not yet """
'''


@pytest.mark.parametrize(
    ("place", "line"),
    [
        pytest.param(("top",), 2, id="a-key-at-the-top"),
        pytest.param(("quoted key",), 3, id="a-quoted-key"),
        pytest.param(("literal",), 4, id="a-literal-key"),
        pytest.param(("a",), 6, id="a-table-that-only-a-longer-name-implies"),
        pytest.param(("a", "b"), 6, id="a-table"),
        pytest.param(("a", "b", "c"), 7, id="a-key-in-a-table"),
        pytest.param(("a", "b", "c", 0), 8, id="an-element-of-a-list"),
        pytest.param(("a", "b", "c", 1), 9, id="an-inline-table"),
        pytest.param(("a", "b", "c", 1, "e", 1), 9, id="an-element-inside-an-inline-table"),
        pytest.param(("a", "b", "c", 2), 11, id="an-element-after-a-blank-line"),
        pytest.param(("a", "b", "f", "g"), 15, id="a-dotted-key"),
        pytest.param(("a", "h", "i"), 17, id="a-key-under-a-spaced-header"),
        pytest.param(("list", 0), 18, id="the-first-of-an-array-of-tables"),
        pytest.param(("list", 1), 22, id="the-second-of-an-array-of-tables"),
        pytest.param(("list", 1, "k", "l"), 24, id="a-table-below-the-last-element"),
        pytest.param(("list", 1, "m", 0, "n"), 26, id="an-array-of-tables-inside-another"),
        pytest.param(("list", 1, "m", 0, "é"), 27, id="an-escaped-key"),
        pytest.param(("list", 1, "m", 0, "o"), 28, id="a-text-that-ends-with-a-quote"),
        pytest.param(("list", 1, "m", 0, "p"), 29, id="what-follows-it"),
    ],
)
def test_the_line_of(place: Place, line: int) -> None:
    tomllib.loads(TEXT)
    assert locate(TEXT)[place] == line


def _places(value: Any, place: Place = ()) -> set[Place]:
    below: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        below = list(value.items())
    elif isinstance(value, list):
        below = list(enumerate(value))
    return {place} | {found for key, one in below for found in _places(one, (*place, key))}


def test_nothing_else_is_found() -> None:
    assert set(locate(TEXT)) | {()} == _places(tomllib.loads(TEXT))


KEYS = st.sampled_from(["a", "b-1", '"x.y"', "'z # '", '"\\u00e9\\""'])
LEAVES = st.sampled_from(["1", "-0.5", "true", '"#]}="', "'[,'", "2026-01-15", '"""\nx = [1]\n"""', "'''\n#'''", "inf"])
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[\n # one\n" + ",\n".join(items) + "]"),
        st.dictionaries(KEYS, inner, max_size=2).map(
            lambda items: "{" + ", ".join(f"{key} = {value}" for key, value in items.items()) + "}"
        ),
    ),
    max_leaves=6,
)
TABLES = st.lists(
    st.tuples(
        st.sampled_from(["[{}]", "[[{}]]"]),
        st.lists(KEYS, min_size=1, max_size=3).map(" . ".join),
        st.dictionaries(KEYS, VALUES, max_size=3),
    ),
    max_size=5,
)


@given(TABLES)
def test_whatever_toml_accepts_is_located_whole(tables: list[tuple[str, str, dict[str, str]]]) -> None:
    text = ""
    for header, name, pairs in tables:
        grown = text + header.format(name) + "\n" + "".join(f"{key} = {value} # end\n" for key, value in pairs.items())
        try:
            tomllib.loads(grown)
        except tomllib.TOMLDecodeError:
            continue
        text = grown
    lines = locate(text)
    assert set(lines) | {()} == _places(tomllib.loads(text))
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())
