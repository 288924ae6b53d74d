"""The page in a notebook, with its selection and groups back in Python."""

from __future__ import annotations

import hashlib
import http.server
import importlib.resources
import json
import mimetypes
import secrets
import threading
from typing import Any

import numpy as np

from . import _grove
from ._galaxies import Galaxies
from ._sorted import FILE, Sorted, sort

ROOT = '<html lang="en"'

#: Files of the page that are in the compiled part already.
MODELS = {"www/model/galaxies.safetensors": "reference", "www/model/shape.safetensors": "shape"}

#: The widget's part in the browser: the page in a frame, and what it says handed on.
SCRIPT = """
function render({ model, el }) {
  const frame = document.createElement("iframe");
  frame.src = model.get("address");
  frame.style.cssText = `width:100%;height:${model.get("height")}px;border:0;border-radius:8px`;
  frame.title = "Galaxy Grove";
  frame.allow = "clipboard-write";
  const origin = new URL(frame.src).origin;
  const hear = (event) => {
    if (event.source !== frame.contentWindow || event.origin !== origin || typeof event.data !== "string") return;
    model.set("message", event.data);
    model.save_changes();
  };
  window.addEventListener("message", hear);
  el.append(frame);
  return () => window.removeEventListener("message", hear);
}
export default { render };
"""


class Site:
    """The page and one set of galaxies, served on this machine only.

    Addresses hold a secret word, so that no other page can ask for the galaxies.
    """

    def __init__(self, container: bytes) -> None:
        page = importlib.resources.files("galaxy_grove") / "page"
        if not (page / "index.html").is_file():
            raise _grove.GroveError("this package was built without the page: build it with `cargo xtask wheel`")
        word = secrets.token_urlsafe(16)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.split("?")[0]
                inside = path.removeprefix(f"/{word}/")
                is_ours = inside != path and ".." not in inside.split("/")
                content = _content(page, inside, container) if is_ours else None
                if content is None:
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Type", _kind(inside))
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}/{word}/"

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _kind(path: str) -> str:
    if path.endswith((".js", ".mjs")):
        return "text/javascript"
    if path.endswith(".wasm"):
        return "application/wasm"
    return mimetypes.guess_type(path or "index.html")[0] or "application/octet-stream"


def _content(page: Any, path: str, container: bytes) -> bytes | None:
    if path == f"data/{FILE}":
        return container
    if path in MODELS:
        return _grove.shipped_model(MODELS[path])
    file = page.joinpath(path or "index.html")
    if not file.is_file():
        return None
    content = file.read_bytes()
    if path in ("", "index.html"):
        marked = f'{ROOT} data-notify data-set="data/{FILE}"'
        content = content.replace(ROOT.encode(), marked.encode(), 1)
    return content


def show(galaxies: Galaxies | Sorted, k: int | None = None, *, height: int = 720) -> Any:
    """Show the page in a notebook (Jupyter, with ``anywidget``): the tree, the groups, each galaxy.

    The page and its models come out of this package, and nothing leaves this machine: the browser must run on the same one as Python.

    Parameters
    ----------
    galaxies : Galaxies or Sorted
    k : int, optional
        The number of groups to begin with.
    height : int
        In pixels.

    Returns
    -------
    anywidget.AnyWidget
        With what the page shows, kept up to date: ``groups`` (an array of int64 from 1, one a galaxy; 0 for one that the page leaves out), ``selection`` (ids of the galaxies in the
        branch that is open, or of the one galaxy that is), ``galaxy`` (the id of the open galaxy, or None). ``observe`` its ``message`` to be
        called at changes; ``close()`` stops serving.
    """
    try:
        import anywidget
        import traitlets
    except ImportError as error:
        raise _grove.GroveError("show needs anywidget: pip install 'galaxy-grove[notebook]'") from error

    known = galaxies if isinstance(galaxies, Sorted) else sort(galaxies, k)
    shipped = hashlib.sha256(_grove.shipped_model(known.encoded.recipe)).hexdigest()
    if known.encoded.model_sha256 != shipped:
        raise _grove.GroveError("these galaxies were sorted by another model than the page's, which would give other groups")
    site = Site(_grove.save(known._parts()))
    fragment = f"#by={known.encoded.recipe}" + (f"&groups={k}" if k else "")

    class Grove(anywidget.AnyWidget):
        _esm = SCRIPT
        address = traitlets.Unicode().tag(sync=True)
        height = traitlets.Int().tag(sync=True)
        message = traitlets.Unicode().tag(sync=True)

        def _said(self) -> dict[str, Any]:
            return json.loads(self.message) if self.message else {}

        @property
        def groups(self) -> np.ndarray:
            """The group of each galaxy, in the order of ``galaxies``; empty until the page has a tree."""
            said = self._said()
            group = dict(zip(map(int, said.get("ids", [])), said.get("groups", []), strict=False))
            ids = known.galaxies.ids.tolist()
            return np.array([group.get(number, 0) for number in ids] if group else [], dtype=np.int64)

        @property
        def selection(self) -> list[int]:
            """Ids of the galaxies of the open branch, else of the open galaxy."""
            said = self._said()
            numbers = said.get("branch") or [said.get("galaxy")]
            return [int(number) for number in numbers if number is not None]

        @property
        def galaxy(self) -> int | None:
            """The id of the open galaxy."""
            number = self._said().get("galaxy")
            return None if number is None else int(number)

        def close(self) -> None:
            site.close()
            super().close()

    return Grove(address=site.address + fragment, height=height)
