"""The asset shelf: names that hold hashes, imports that point at them, nothing older under a newer name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from suchang.web.assets import STATIC, AssetShelf, asset_blueprint


@pytest.fixture(scope="module")
def shelf() -> AssetShelf:
    return AssetShelf(npm=Path("/nonexistent"), vendor={"zxing-wasm/reader": "zxing-wasm/reader.js"})


@pytest.fixture(scope="module")
def client(shelf: AssetShelf):
    app = Flask("assets")
    app.register_blueprint(asset_blueprint(shelf))
    return app.test_client()


def test_sheet_holds_its_parts_when_it_imports_them(shelf: AssetShelf) -> None:
    text = shelf.asset("css/site.css").body.decode()
    assert "@import" not in text
    assert "--accent" in text
    assert ".verdict" in text


def test_imports_name_hashes_when_modules_import_modules(shelf: AssetShelf) -> None:
    text = shelf.asset("js/holder/card.js").body.decode()
    names = re.findall(r"""from\s+'([^']+)'""", text)
    assert names
    for name in names:
        served = shelf.served(name.removeprefix("/assets/"))
        assert served is not None, name


def test_modules_are_named_deepest_first_when_a_page_preloads(shelf: AssetShelf) -> None:
    names = shelf.modules_of("js/holder/card.js")
    assert names[-1] == "js/holder/card.js"
    assert "credentials/presentation.js" in names
    for name in names:
        assert all(names.index(one) < names.index(name) for one in shelf.asset(name).imports)


def test_name_changes_when_something_deep_down_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "deep.js").write_text("export const a = 1;\n")
    (tmp_path / "top.js").write_text("import { a } from './deep.js';\nexport default a;\n")
    monkeypatch.setattr("suchang.web.assets.STATIC", tmp_path)
    before = AssetShelf().url("top.js")
    (tmp_path / "deep.js").write_text("export const a = 2;\n")
    assert AssetShelf().url("top.js") != before


def test_answer_is_kept_for_a_year_and_squeezed_when_the_hash_fits(client, shelf: AssetShelf) -> None:
    answer = client.get(shelf.url("css/site.css"), headers={"Accept-Encoding": "br, gzip"})
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "br"
    assert len(answer.data) < len(shelf.asset("css/site.css").body) / 3


def test_nothing_is_found_when_the_hash_is_another(client) -> None:
    assert client.get("/assets/css/site.000000000000.css").status_code == 404
    assert client.get("/assets/css/site.css").status_code == 404
    assert client.get("/assets/../__init__.py").status_code == 404


def test_nothing_is_fetched_from_elsewhere_when_assets_are_read() -> None:
    for path in STATIC.rglob("*"):
        if path.suffix in {".css", ".js"}:
            found = re.findall(r"""(?:url\(|from |import\()\s*["']?(https?:[^"')]+)""", path.read_text())
            assert found == [], path
