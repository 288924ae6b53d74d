"""The page that a notebook shows, as far as it goes without a browser."""

import urllib.error
import urllib.request

import pytest

import galaxy_grove as gg
from galaxy_grove import _show


@pytest.fixture
def page(tmp_path, monkeypatch):
    """A page of two files, where the package has its own."""
    folder = tmp_path / "galaxy_grove" / "page"
    (folder / "pkg").mkdir(parents=True)
    (folder / "index.html").write_text('<!doctype html>\n<html lang="en" data-build="1">')
    (folder / "pkg" / "app.wasm").write_bytes(b"\0asm")
    (tmp_path / "secret.txt").write_text("no")
    monkeypatch.setattr(_show.importlib.resources, "files", lambda name: tmp_path / name)
    return folder


def get(address):
    with urllib.request.urlopen(address) as answer:
        return answer.read(), answer.headers["Content-Type"]


def test_the_page_and_the_set_are_served_and_nothing_else(page):
    galaxies = gg.simulate(12)
    widget = gg.show(galaxies, k=3)
    try:
        address, fragment = widget.address.split("#")
        assert fragment == "by=shape&groups=3"
        index, kind = get(address)
        assert b'<html lang="en" data-notify data-set="data/grove.safetensors"' in index and kind == "text/html"
        assert get(address + "pkg/app.wasm") == (b"\0asm", "application/wasm")
        assert len(get(address + "www/model/shape.safetensors")[0]) > 100_000
        container, _ = get(address + "data/grove.safetensors")
        (page / "copy.safetensors").write_bytes(container)
        assert gg.open(page / "copy.safetensors").galaxies.ids.tolist() == galaxies.ids.tolist()
        server = address.split("/")[2]
        for other in (f"{address}none", f"{address}../secret.txt", f"{address}%2e%2e/secret.txt", f"http://{server}/", f"http://{server}/index.html"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                get(other)
    finally:
        widget.close()
    with pytest.raises(urllib.error.URLError):
        get(address)


def test_what_the_page_says_is_there_in_python(page):
    galaxies = gg.simulate(4)
    widget = gg.show(galaxies, k=2)
    try:
        assert widget.groups.size == 0 and widget.selection == [] and widget.galaxy is None
        widget.message = '{"from":"galaxy-grove","ids":["4","3","2","1"],"groups":[1,2,2,2],"galaxy":"3","branch":null}'
        assert widget.groups.tolist() == [2, 2, 2, 1] and widget.galaxy == 3 and widget.selection == [3]
        widget.message = '{"from":"galaxy-grove","ids":["1","2","3","4"],"groups":[1,1,2,2],"galaxy":null,"branch":["3","4"]}'
        assert widget.groups.tolist() == [1, 1, 2, 2] and widget.galaxy is None and widget.selection == [3, 4]
    finally:
        widget.close()


def test_without_the_page_it_says_how_to_get_it():
    with pytest.raises(gg.GroveError, match="cargo xtask wheel"):
        _show.Site(b"")
