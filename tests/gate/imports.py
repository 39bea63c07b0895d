"""Hold the import graph against `imports.toml`, through import-linter: `python -m tests.gate.imports`."""

import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from configparser import ConfigParser
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import grimp
from importlinter import configuration
from importlinter.application.use_cases import lint_imports

HERE = Path(__file__).parent
ROOTS = ("agent", "checks")

Contract = dict[str, str | list[str]]  # what would stand in import-linter's own configuration file


def main() -> int:
    """Print import-linter's report of every contract; 0 if all are kept."""
    configuration.configure()
    table = tomllib.loads((HERE / "imports.toml").read_text(encoding="utf-8"))
    every = grimp.build_graph(*ROOTS, include_external_packages=True, cache_dir=None)
    strangers = sorted(third_party(every.modules) - set(table["libraries"]))
    if strangers:
        print(f"imports.toml does not say where {', '.join(strangers)} may be imported")
    # An import for typing only counts for libraries, but not for layers: the vocabulary may name the type of a port.
    named = kept(libraries(table, every.modules), types_too=True)
    layered = kept([*layers(table, every.modules), *forbidden(table, every)], types_too=False)
    return 0 if named and layered and not strangers else 1


def kept(contracts: list[Contract], *, types_too: bool) -> bool:
    """Hand the contracts to import-linter, which prints what breaks them."""
    ini = ConfigParser(interpolation=None)
    ini["importlinter"] = {
        "root_packages": "\n".join(ROOTS),
        "include_external_packages": "True",
        "exclude_type_checking_imports": str(not types_too),
    }
    for number, contract in enumerate(contracts):
        ini[f"importlinter:contract:{number}"] = {
            key: value if isinstance(value, str) else "\n".join(value) for key, value in contract.items()
        }
    with NamedTemporaryFile("w", suffix=".ini", encoding="utf-8") as file:
        ini.write(file)
        file.flush()
        return not contracts or lint_imports(config_filename=file.name, cache_dir=None, no_logo=True)


def third_party(modules: Iterable[str]) -> set[str]:
    """Pick the modules that are neither ours nor Python's."""
    tops = {name.partition(".")[0] for name in modules}
    return tops - set(ROOTS) - set(sys.stdlib_module_names)


def libraries(table: Mapping[str, Any], modules: set[str]) -> list[Contract]:
    """One contract for each library that somebody imports: only these places may."""
    return [
        {
            "name": f"{library} only in {', '.join(places)}",
            "type": "protected",
            "protected_modules": [library],
            "allowed_importers": [place for place in places if place in modules],
        }
        for library, places in table["libraries"].items()
        if library in modules
    ]


def layers(table: Mapping[str, Any], modules: set[str]) -> Iterator[Contract]:
    """One contract for each package: every module has a row, and imports only from the rows below."""
    for package, layer in table["layers"].items():
        rows: list[str] = layer["rows"]
        named = {name.strip() for row in rows for name in row.replace("|", ":").split(":")}
        rest = sorted(child for child in children(package, modules) if child not in named)
        full = [" | ".join(rest) if row == "*" else row for row in rows]
        yield {
            "name": f"layers of {package}",
            "type": "layers",
            "containers": [package],
            "layers": [optional(row) for row in full if row],
            "exhaustive": "True",
        }


def optional(row: str) -> str:
    """Mark every member of a row as one that may not exist yet."""
    mark = "|" if "|" in row else ":"
    return f" {mark} ".join(f"({name.strip()})" for name in row.split(mark))


def children(package: str, modules: set[str]) -> set[str]:
    """Name the modules that lie directly in a package."""
    return {name.split(".")[1] for name in modules if name.startswith(f"{package}.")}


def forbidden(table: Mapping[str, Any], graph: grimp.ImportGraph) -> Iterator[Contract]:
    """One contract for each ban whose two sides exist by now."""
    all_libraries = sorted(third_party(graph.modules))
    for ban in table["forbidden"]:
        sources = [name for name in ban["from"] if graph.find_matching_modules(name)]
        targets = all_libraries if ban["to"] == ["LIBRARIES"] else [name for name in ban["to"] if name in graph.modules]
        if sources and targets:
            yield {
                "name": ban["says"],
                "type": "forbidden",
                "source_modules": sources,
                "forbidden_modules": targets,
                "allow_indirect_imports": "True",
            }


if __name__ == "__main__":
    sys.exit(main())
