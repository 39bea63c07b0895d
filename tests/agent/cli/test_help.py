"""Every command teaches itself: what it does in a line that fits, an example to paste, `--config` where it is taken."""

from collections.abc import Iterator

import pytest
import typer

from agent.cli import main
from agent.cli.frame import build

WIDTH = 80  # columns of the narrowest terminal that people use


def commands() -> Iterator[tuple[str, ...]]:
    """The words of every command, groups too."""

    def below(words: tuple[str, ...], command: object) -> Iterator[tuple[str, ...]]:
        yield words
        for name, one in getattr(command, "commands", {}).items():
            yield from below((*words, name), one)

    return below((), typer.main.get_command(build()))


ALL = sorted(commands())
GROUPS = sorted({words[:-1] for words in ALL if words})
LEAVES = [words for words in ALL if words not in GROUPS]


def helped(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main([*words, "--help"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    return said.out


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_help_shows_an_example_and_fits(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    lines = helped(capsys, *words).splitlines()
    assert any(line.strip().startswith(" ".join(("vigie", *words))) for line in lines[1:])
    assert [line for line in lines if "\\b" in line or "\b" in line] == []
    prose = [line for line in lines if not line.strip().startswith("vigie ")]  # what is pasted is one line
    assert [line for line in prose if len(line) > WIDTH] == []


@pytest.mark.parametrize("words", GROUPS, ids=lambda words: " ".join(words) or "vigie")
def test_a_group_lists_its_commands_in_order_each_with_its_whole_line(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    listed = helped(capsys, *words).partition("Commands:\n")[2].splitlines()
    names = [line.split()[0] for line in listed]
    assert names == sorted(one[-1] for one in ALL if one[:-1] == words and one)
    assert [line for line in listed if line.endswith("...") or not line.endswith(".")] == []


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_every_command_takes_a_configuration(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert "--config F" in helped(capsys, *words)


def test_without_words_the_whole_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    whole = helped(capsys)
    assert main([]) == 0
    assert capsys.readouterr().out == whole


@pytest.mark.parametrize("words", [words for words in GROUPS if words], ids=" ".join)
def test_a_group_without_a_command_shows_its_help(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    whole = helped(capsys, *words)
    assert main(words) == 0
    assert capsys.readouterr().out == whole
