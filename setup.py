"""What setup.cfg can't say: the wheel carries the rule packs, the migrations and the JavaScript parts.

They are copied to ``suchang/bundled``, where ``suchang.resources`` looks first. Nothing of it is in the repository: the
JavaScript parts come from ``node_modules`` if ``make setup`` has filled it, else from npm while the wheel is built.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent


class BuildWhole(build_py):
    """Copies the modules, then whatever else the installed program needs."""

    def run(self) -> None:
        """Fill the build folder, from nothing: a module that was renamed must not come along under its old name."""
        if self.editable_mode:
            super().run()
            return
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()
        bundled = Path(self.build_lib) / "suchang" / "bundled"
        for name in ("eligibility_rules", "migrations"):
            shutil.copytree(HERE / name, bundled / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        parts = _npm_parts()
        with tempfile.TemporaryDirectory() as folder:
            root = HERE
            if not parts.is_installed(test=False, root=HERE):
                root = Path(folder)
                for name in ("package.json", "package-lock.json"):
                    shutil.copy(HERE / name, root)
                parts.install(test=False, root=root)
            for path in parts.shipped(root / "node_modules"):
                target = bundled / "node_modules" / path
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(root / "node_modules" / path, target)


def _npm_parts() -> Any:
    """Load ``suchang.web.npm_parts`` alone: the package around it needs Flask, which no build has."""
    sys.path.insert(0, str(HERE))
    spec = spec_from_file_location("npm_parts", HERE / "suchang" / "web" / "npm_parts.py")
    if spec is None or spec.loader is None:
        raise SystemExit("suchang/web/npm_parts.py is missing")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


setup(cmdclass={"build_py": BuildWhole})
