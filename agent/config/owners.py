"""Finds the sections by folder: every `settings.py` of the agent declares its own, none is listed anywhere."""

import sys
from collections.abc import Mapping
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import agent
from agent.config.compose import Surroundings
from agent.config.vocabulary import vocabulary


def surroundings(environ: Mapping[str, str], *, secrets: bool = True) -> Surroundings:
    """What a configuration is read against: the owners' sections, the checks that exist, this environment."""
    modules = _modules()
    return Surroundings(
        sections=tuple(section for module in modules for section in getattr(module, "SECTIONS", ())),
        reviews=tuple(review for module in modules for review in getattr(module, "REVIEWS", ())),
        vocabulary=vocabulary(),
        environ=environ,
        secrets=secrets,
    )


@cache
def _modules() -> tuple[ModuleType, ...]:
    """Every `settings.py` below `agent`."""
    root = Path(next(iter(agent.__path__)))
    files = sorted(root.rglob("settings.py"))
    return tuple(load_alone(file, ".".join(("agent", *file.relative_to(root).with_suffix("").parts))) for file in files)


def load_alone(file: Path, name: str) -> ModuleType:
    """Import one module without the packages around it: an owner's own libraries take half a second to load."""
    if name in sys.modules:
        return sys.modules[name]
    spec = spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
