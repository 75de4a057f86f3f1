"""One installation for each module, as for the officers."""

from tests.functional.casework.conftest import module_environ, world

__all__ = ["module_environ", "world"]
