"""Imports go one way, from `errors` to `cli`; the theorems see nothing of what decides or prints them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (
    *("errors", "symbols", "exact", "model", "data", "flow", "modes", "analysis", "statements"),
    *("verify", "testing", "render", "book", "catalogue", "cli"),
)
RANK = {room: rank for rank, room in enumerate(ROOMS)}
OPTIONAL = {"heyoka", "jsonschema", "matplotlib", "scipy", "sklearn", "torch"}
FOR_TESTS = {"hypothesis", "pytest"}


def dotted(path: Path) -> str:
    """`symjepa/exact/words.py` → `symjepa.exact.words`; a theorem gets the name under which the book mounts it."""
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return module.replace("derivations", "symjepa.book", 1) if module.startswith("derivations") else module


def imports(source: str, module: str) -> Iterator[tuple[int, str]]:
    """(line, absolute dotted name) of everything a source imports, inside functions too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            stem = origin(node, module)
            yield from ((node.lineno, f"{stem}.{alias.name}") for alias in node.names)


def origin(node: ast.ImportFrom, module: str) -> str:
    """What follows `from`, made absolute. `module` ends in `__init__` for a package, so one rule serves both."""
    if not node.level:
        return node.module or ""
    parent = module.split(".")[: -node.level]
    return ".".join([*parent, node.module] if node.module else parent)


def room_of(name: str) -> str | None:
    """The room that a dotted name lies in; None outside the package, "" for the package's own front page."""
    head, *rest = name.split(".")
    if head == "derivations":
        return "book"
    if head != "symjepa":
        return None
    return rest[0] if rest and rest[0] in RANK else ""


def may_import(module: str, name: str) -> bool:
    here, there = room_of(module), room_of(name)
    if there is None or module == "symjepa.__main__":
        return True
    if module == "symjepa.__init__":
        return there not in ("book", "cli")
    if module.startswith("symjepa.book."):
        return name.startswith("symjepa.book.") or RANK.get(there, len(ROOMS)) <= RANK["statements"]
    if not here or not there:  # the front page imports every room; whoever imports it back makes a circle
        return False
    return RANK[there] <= RANK[here]


def offences(source: str, module: str) -> list[str]:
    return [f"{module}:{line} imports {name}" for line, name in imports(source, module) if not may_import(module, name)]


def top_level_packages(source: str, module: str) -> set[str]:
    """Packages imported when the module is: inside a function or under TYPE_CHECKING does not count."""
    tree = ast.parse(source)
    tree.body = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    return {name.split(".")[0] for _, name in imports(ast.unparse(tree), module)}


def attributes(source: str) -> set[str]:
    return {node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def test_every_module_lies_in_a_room() -> None:
    strangers = {path.relative_to(ROOT / "symjepa").parts[0].removesuffix(".py") for path in sources("symjepa")}
    assert strangers - set(ROOMS) <= {"__init__", "__main__"}


def test_imports_go_one_way() -> None:
    files = sources("symjepa", "derivations")
    assert files
    assert [offence for path in files for offence in offences(path.read_text("utf-8"), dotted(path))] == []


def test_symjepa_imports_without_any_extra() -> None:
    found = {
        dotted(path): top_level_packages(path.read_text("utf-8"), dotted(path)) & (OPTIONAL | FOR_TESTS)
        for path in sources("symjepa")
        if room_of(dotted(path)) != "testing"
    }
    assert {module: packages for module, packages in found.items() if packages} == {}


def test_tests_name_the_tools_they_need_with_the_marker() -> None:
    """`importorskip` would let an installed tool be skipped unseen: `.ci/extras` looks at the marker only."""
    assert [path.name for path in sources("tests") if "importorskip" in attributes(path.read_text("utf-8"))] == []


# The checker can fail. Every source below is an offence, and the last test holds what is not.


def test_an_import_to_the_right_is_an_offence() -> None:
    assert offences("from symjepa.verify import check", "symjepa.exact.words")
    assert offences("import symjepa.render.latex", "symjepa.analysis")


def test_a_relative_import_to_the_right_is_an_offence() -> None:
    assert offences("from ..flow import gradient_flow", "symjepa.exact.words")
    assert offences("from .. import flow", "symjepa.exact.__init__")
    assert offences("from . import cli", "symjepa.modes")


def test_an_import_inside_a_function_is_an_offence() -> None:
    assert offences("def f():\n    from symjepa.cli import main\n", "symjepa.flow") == [
        "symjepa.flow:2 imports symjepa.cli.main"
    ]


def test_importing_the_front_page_is_an_offence() -> None:
    assert offences("import symjepa", "symjepa.flow")
    assert offences("from symjepa import gradient_flow", "symjepa.modes.frames")


def test_a_theorem_that_sees_its_judge_is_an_offence() -> None:
    theorem = "symjepa.book.noise.noise_decay"
    assert offences("from symjepa.verify.kernel import decide", theorem)
    assert offences("from symjepa.render import latex", theorem)
    assert offences("import symjepa", theorem)


def test_the_package_itself_may_not_import_a_theorem() -> None:
    assert offences("from derivations.noise import noise_decay", "symjepa.verify.rules")
    assert offences("from symjepa.book.noise import noise_decay", "symjepa.verify.rules")


def test_an_extra_at_the_top_of_a_module_is_seen() -> None:
    assert "heyoka" in top_level_packages("import heyoka as hy", "symjepa.modes")
    assert "heyoka" not in top_level_packages("def f():\n    import heyoka as hy\n", "symjepa.modes")


def test_what_is_allowed_is_no_offence() -> None:
    assert not offences("from symjepa.symbols import L, u\nfrom .words import Word", "symjepa.exact.scalars")
    assert not offences("from ..exact import words\nimport sympy as sp", "symjepa.modes.frames")
    assert not offences(
        "from symjepa.statements import Identity\nfrom ..modes.mode_flow import jepa\nfrom . import balance_law",
        "symjepa.book.noise.noise_decay",
    )
    assert not offences("from symjepa.flow import gradient_flow", "symjepa.__init__")
    assert not offences("from symjepa.cli import main", "symjepa.__main__")
