"""Writes the API's document for the linters, without a database: ``python -m tests.support.api_document FILE``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

from flask import Flask

from suchang.api.document import Documentation
from suchang.api.rooms import BLUEPRINTS

CONFIG = {
    "API_TITLE": "Su Chang Card 苏畅卡",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
}


def main() -> None:
    """Write the document of an installation that exists nowhere."""
    app = Flask("suchang")
    app.config.update(CONFIG)
    app.extensions["suchang"] = SimpleNamespace(issuer="https://card.suchang.example")
    documentation = Documentation(app)
    for blueprint in BLUEPRINTS:
        documentation.register_blueprint(blueprint)
    Path(sys.argv[1]).write_text(json.dumps(documentation.describe(), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
