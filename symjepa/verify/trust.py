"""What a verdict rests on: the files that are trusted, how long they are, and why each is believed to be right.

Everything else (the theorems, the analysis that proposes, the search for points, the printing, the commands) may be
wrong without a falsehood being called PROVED or a truth REFUTED.  Trust is not all of one kind: `TIERS` says what a
mistake could do.  Beside these files: Python, SymPy's constructors, python-flint and NumPy's object arrays.
"""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

DECIDING = (
    "exact/balls.py",
    "exact/calculus.py",
    "exact/facts.py",
    "exact/gradients.py",
    "exact/group_ring.py",
    "exact/known.py",
    "exact/models.py",
    "exact/questions.py",
    "exact/scalars.py",
    "exact/sequences.py",
    "exact/sign.py",
    "exact/signs.py",
    "exact/slack.py",
    "exact/spelling.py",
    "exact/structure.py",
    "exact/sums.py",
    "exact/traces.py",
    "exact/words.py",
    "verify/check.py",
    "verify/hypotheses.py",
    "verify/kernel/assumptions.py",
    "verify/kernel/decide.py",
    "verify/lines.py",
    "verify/obligations/kinds.py",
    "verify/proofs.py",
    "verify/unfolding.py",
)
MEANING = (
    "flow.py",
    "model.py",
    "modes/balance.py",
    "modes/clock.py",
    "modes/families.py",
    "modes/frames.py",
    "modes/groups.py",
    "modes/reduction.py",
    "statements/claims/*.py",
    "statements/descriptions.py",
    "statements/statement.py",
    "symbols.py",
    "verify/obligations/*.py",
    "verify/readings.py",
    "verify/rules.py",
    "verify/scope.py",
)
REFUTING = (
    "exact/denotation.py",
    "verify/kernel/instances.py",
    "verify/kernel/points.py",
    "verify/kernel/refute.py",
    "verify/kernel/sequences.py",
    "verify/witness.py",
)
TIERS = {
    "deciding": (
        "it decides obligations, whatever the claim: a mistake could call any falsehood PROVED",
        DECIDING,
    ),
    "meaning": (
        "it says what a claim means and what suffices for it, and derives the flows: a mistake could call a falsehood"
        " of its own kind PROVED; a theorem rests on the compilers of its own claims alone",
        MEANING,
    ),
    "refuting": (
        "it certifies counterexamples and witnesses: a mistake could call a truth REFUTED, or hypotheses possible that"
        " are not; it proves nothing",
        REFUTING,
    ),
}
TRUSTED = tuple(sorted(pattern for _, patterns in TIERS.values() for pattern in patterns))
HEURISTICS = frozenset(
    ("simplify", "solve", "doit", "series", "diff", "expand", "factor", "cancel", "together", "nsimplify", "equals")
)
"""What trusted code never calls: SymPy decides by them, and not always rightly."""

_PACKAGE = Path(__file__).resolve().parent.parent
_SILENT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


@dataclass(frozen=True)
class TrustedFile:
    """A file as it is installed: lines of code without blanks, comments and docstrings, and its soundness argument."""

    name: str
    path: Path
    lines: int
    argument: str
    tier: str

    @property
    def sha256(self) -> str:
        return sha256(self.path.read_bytes()).hexdigest()


@cache
def trusted_files() -> tuple[TrustedFile, ...]:
    """Every trusted file that holds code, in alphabetical order."""
    tiers: dict[Path, str] = {}
    for tier, (_, patterns) in TIERS.items():
        for path in (path for pattern in patterns for path in _PACKAGE.glob(pattern)):
            tiers.setdefault(path, tier)
    files = (_file(path, tiers[path]) for path in sorted(tiers))
    return tuple(file for file in files if file.lines)


def _file(path: Path, tier: str) -> TrustedFile:
    source = path.read_text("utf-8")
    name = f"symjepa/{path.relative_to(_PACKAGE).as_posix()}"
    return TrustedFile(name, path, code_lines(source), argument(source), tier)


def rests_on(claims: Iterable[type]) -> tuple[TrustedFile, ...]:
    """The trusted files without the compilers of claims of other types."""
    from symjepa.verify.obligations import _COMPILERS

    used = _with_imports({_COMPILERS[claim].__module__ for claim in claims})
    others = {compiler.__module__ for compiler in _COMPILERS.values()} - used
    left_out = {Path(str(sys.modules[name].__file__)) for name in others}
    return tuple(file for file in trusted_files() if file.path not in left_out)


def _with_imports(modules: set[str]) -> set[str]:
    """Modules of compilers, and those that they import."""
    found, room = set(modules), "symjepa.verify.obligations"
    for name in modules:
        tree = ast.parse(Path(str(sys.modules[name].__file__)).read_text("utf-8"))
        named = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
        found |= {module for module in named if module.startswith(f"{room}.")}
    return found if found == modules else _with_imports(found)


def argument(source: str) -> str:
    """The paragraph of the docstring that starts with "Soundness", on one line; empty if there is none."""
    paragraphs = (ast.get_docstring(ast.parse(source)) or "").split("\n\n")
    return next((" ".join(text.split()) for text in paragraphs if text.startswith("Soundness")), "")


def code_lines(source: str) -> int:
    """Lines that hold code: no blanks, no comments, no docstrings."""
    documented = set(_docstring_lines(ast.parse(source)))
    coded: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _SILENT:
            coded.update(range(token.start[0], token.end[0] + 1))
    return len(coded - documented)


def _docstring_lines(tree: ast.Module) -> Iterator[int]:
    """Lines of every string that stands alone: docstrings of modules, classes, functions and constants."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)


def heuristic_calls(source: str) -> list[str]:
    """`line: name` where a heuristic of SymPy is named: imported, taken from `sp` or `sympy`, or called as a method.

    A file's own methods may have such a name (`together` of an alignment); flint's exact `factor` of a number is none.
    """
    tree = ast.parse(source)
    own = frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return [f"{line}: {name}" for node in ast.walk(tree) for line, name in _heuristics(node, own)]


def _heuristics(node: ast.AST, own: frozenset[str]) -> list[tuple[int, str]]:
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sympy"):
        return [(node.lineno, alias.name) for alias in node.names if alias.name in HEURISTICS]
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("sp", "sympy"):
        return [(node.lineno, node.attr)] if node.attr in HEURISTICS else []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in HEURISTICS - own:
        whose = ast.unparse(node.func.value)
        return (
            [(node.lineno, node.func.attr)] if whose not in ("sp", "sympy") and not whose.startswith("flint.") else []
        )
    return []
