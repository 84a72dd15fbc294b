"""A notebook for readers without a kernel: without what is this machine's own, and as a page that needs nothing."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any

from studio.delivery.key_search import KeySearch, strings_in
from studio.errors import BadInput

SHOWN = ("text/html", "image/svg+xml", "image/png", "image/jpeg", "text/markdown", "text/plain")  # the best first
PICTURES = ("image/png", "image/jpeg")
LARGEST = 64 * 2**20  # bytes of a notebook
TOPS = (
    "home", "Users", "root", "tmp", "var", "mnt", "media", "opt", "private", "Volumes", "srv", "usr", "etc", "content",
    "run", "nix", "scratch", "data",
)  # fmt: skip
_ATTRIBUTES = r"(?:[^>\"']|\"[^\"]*\"|'[^']*')*"
_WHOLE = re.compile(rf"<(script|iframe|object|noscript)\b{_ATTRIBUTES}>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
# A clip is not shared: what stands inside a <video> is its still, and stays.
_TAGS = re.compile(
    rf"</?(?:script|iframe|object|embed|link|meta|base|form|video|audio|source)\b{_ATTRIBUTES}/?>", re.IGNORECASE
)
_BROKEN = re.compile(r"<(?=/?(?:script|iframe|object|embed|link|meta|base|form)\b)", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"\s(?:href|src)=(\"|')(?:(?!\1).)*(?:media/(?:takes|proxies|cards|strips|tmp)|deliveries|cache|song)/(?:(?!\1).)*\1"
)
_CLIP = re.compile(r"data:(?:video|audio)/[\w.+-]+;base64,[A-Za-z0-9+/=\s]+")
_INLINE = re.compile(r"(data:[\w.+-]+/[\w.+-]+;base64,[A-Za-z0-9+/=]+)")
_TRACE = re.compile(r"^Traceback \(most recent call last\):\n(?:[ \t].*\n|\n)*", re.MULTILINE)
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


class Paths:
    """Takes absolute paths out of texts: the film's own become relative, of others the last part is left."""

    def __init__(self, film: Path) -> None:
        near = (film, Path.home(), Path.cwd(), Path(tempfile.gettempdir()), Path(sys.prefix))
        tops = {each.parts[1] for each in near if len(each.parts) > 1} | set(TOPS)
        named = "|".join(sorted(map(re.escape, tops)))
        self._film = str(film)
        self._home = str(Path.home())
        self._others = re.compile(
            rf"file://+[^\s\"'<>]*|(?<![\w.~/:…<-])/(?:{named})(?:/[^\s\"'<>|)\],;]*)+"
            r"|(?<!\w)[A-Za-z]:[\\/]{1,2}(?:Users|Documents|ProgramData|Program Files|Windows|Temp|home)\b[^\s\"'<>|]*"
        )

    def out_of(self, text: str, here: str = ".") -> str:
        """The text without them; `here` is how the film's folder is called in it. Inline pictures are left alone."""
        return "".join(
            part if part.startswith("data:") else self._plain(part, here) for part in _INLINE.split(text) if part
        )

    def _plain(self, text: str, here: str) -> str:
        for form in (self._film, self._film.replace("\\", "\\\\")):
            text = re.sub(re.escape(form) + r"(?![\w-])", lambda _: here, text)
        text = self._others.sub(lambda found: "…/" + re.split(r"[\\/]+", found[0].rstrip("\\/"))[-1], text)
        return text.replace(self._home, "~") if len(Path(self._home).parts) > 1 else text


def read_notebook(path: Path, name: str) -> dict[str, Any]:
    """A notebook's own JSON. BadInput where it is none, or of a format older than 4."""
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"it has more than {LARGEST // 2**20} MB")
        book = json.loads(path.read_text("utf-8"))
        if not isinstance(book, dict) or book.get("nbformat") != 4 or not isinstance(book.get("cells"), list):
            raise ValueError("it is not of notebook format 4")
        if not all(isinstance(cell, dict) and isinstance(cell.get("outputs", []), list) for cell in book["cells"]):
            raise ValueError("a cell of it is damaged")
    except (ValueError, OSError, RecursionError) as problem:
        raise BadInput(
            f"{name} cannot be read as a notebook ({problem}): open and save it in JupyterLab, or move it away"
        ) from None
    found: dict[str, Any] = book
    return found


def search_notebook(book: Mapping[str, Any], name: str, search: KeySearch) -> None:
    """Look for keys in everything that a notebook holds, also in what is not going to be shared."""
    for number, cell in enumerate(book["cells"], start=1):
        for key, value in cell.items():
            if key in ("outputs", "attachments"):
                continue
            for text in strings_in({key: value}):
                search.text(text, name, f"cell {number}")
        for at, output in enumerate(cell.get("outputs", []), start=1):
            place = f"output {at} of cell {number}"
            data = _dict(output.get("data")) if isinstance(output, dict) else {}
            for kind in PICTURES:
                search.encoded(_joined(data.get(kind, "")), name, place)
            rest = output | {"data": {key: data[key] for key in data if key not in PICTURES}} if data else output
            for text in strings_in(rest):
                search.text(_ANSI.sub("", text), name, place)
        for file, kinds in _dict(cell.get("attachments")).items():
            search.text(file, name, f"attachment of cell {number}")
            for text in strings_in([[each] for each in _dict(kinds).values()]):
                search.encoded(text, name, f"attachment of cell {number}")
    for text in strings_in({key: value for key, value in book.items() if key != "cells"}):
        search.text(text, name, "its metadata")


def cleaned(book: Mapping[str, Any], paths: Paths, here: str) -> dict[str, Any]:
    """The notebook without widget state, absolute paths, tracebacks, clips, and whatever else a reader has no use of.

    `here` is the film's folder as seen from the notebook: "..".
    """
    cells = []
    for cell in book["cells"]:
        kind = cell.get("cell_type", "raw")
        kept: dict[str, Any] = {"cell_type": kind}
        if isinstance(cell.get("id"), str):
            kept["id"] = cell["id"]
        tags = _dict(cell.get("metadata")).get("tags")
        kept["metadata"] = {"tags": tags} if tags else {}
        kept["source"] = paths.out_of(_joined(cell.get("source", "")), here)
        if kind == "code":
            kept["execution_count"] = cell.get("execution_count")
            kept["outputs"] = [
                out for each in cell.get("outputs", []) if (out := _output(each, paths, here)) is not None
            ]
        elif isinstance(cell.get("attachments"), dict):
            kept["attachments"] = cell["attachments"]
        cells.append(kept)
    language = _dict(_dict(book.get("metadata")).get("language_info"))
    names = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": names, "language_info": {"name": str(language.get("name", "python"))}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": int(book.get("nbformat_minor", 5))}


def _output(output: Any, paths: Paths, here: str) -> dict[str, Any] | None:
    """One output as it is shared; None where nothing is left of it."""
    if not isinstance(output, dict):
        return None
    match output.get("output_type"):
        case "stream":
            text = paths.out_of(_TRACE.sub("", _ANSI.sub("", _joined(output.get("text", "")))), here)
            return {"output_type": "stream", "name": str(output.get("name", "stdout")), "text": text} if text else None
        case "error":
            name, said = (paths.out_of(_ANSI.sub("", str(output.get(key, ""))), here) for key in ("ename", "evalue"))
            return {"output_type": "error", "ename": name, "evalue": said, "traceback": [f"{name}: {said}"]}
        case "execute_result" | "display_data" as kind:
            data = _dict(output.get("data"))
            shown = {each: _shown(each, _joined(data[each]), paths, here) for each in SHOWN if each in data}
            made: dict[str, Any] = {"output_type": kind, "metadata": {}, "data": shown}
            made |= {"execution_count": output.get("execution_count")} if kind == "execute_result" else {}
            return made if shown else None
    return None


def _shown(kind: str, text: str, paths: Paths, here: str) -> str:
    if kind in PICTURES:
        return text
    if kind in ("text/html", "image/svg+xml"):
        text = plain_html(text)
    return paths.out_of(_TRACE.sub("", _CLIP.sub("", text)), here)


def plain_html(text: str) -> str:
    """HTML without scripts, frames, forms and clips, and without links to files that are not shared."""
    before = None
    while before != text:  # what is left when a tag is taken away may be one
        before = text
        text = _ORIGINAL.sub("", _TAGS.sub("", _WHOLE.sub("", text)))
    return _BROKEN.sub("&lt;", text)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _joined(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


# --- its page ----------------------------------------------------------------------------------------------------


def notebook_page(title: str, book: Mapping[str, Any]) -> str:
    """A cleaned notebook as one page: no script runs in it, and nothing is loaded from outside."""
    import mistune

    marked = mistune.create_markdown(escape=False, plugins=["table", "strikethrough"])

    def markdown(text: str) -> str:
        return plain_html(str(marked(text)))

    parts = []
    for cell in book["cells"]:
        if cell["cell_type"] == "markdown":
            parts.append(f'<section class="prose">{_with_attachments(markdown(cell["source"]), cell)}</section>')
        elif cell["cell_type"] == "code" and (cell["source"].strip() or cell["outputs"]):
            outputs = "".join(f'<div class="out">{_output_html(each, markdown)}</div>' for each in cell["outputs"])
            code = f"<pre><code>{escape(cell['source'])}</code></pre>" if cell["source"].strip() else ""
            parts.append(f"<section>{code}{outputs}</section>")
    policy = "default-src 'none'; img-src data: 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="color-scheme" content="light dark">\n<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n'
        f"</head>\n<body>\n{chr(10).join(parts)}\n</body>\n</html>\n"
    )


def _with_attachments(html: str, cell: Mapping[str, Any]) -> str:
    for name, kinds in cell.get("attachments", {}).items():
        for kind, content in _dict(kinds).items():
            if kind in PICTURES and re.fullmatch(r"[A-Za-z0-9+/=\s]+", _joined(content)):
                html = html.replace(f'src="attachment:{escape(name)}"', f'src="data:{kind};base64,{_joined(content)}"')
    return html


def _output_html(output: Mapping[str, Any], markdown: Callable[[str], str]) -> str:
    if output["output_type"] == "stream":
        return f"<pre>{escape(output['text'])}</pre>"
    if output["output_type"] == "error":
        return f"<pre>{escape(output['traceback'][0])}</pre>"
    for kind in SHOWN:
        if kind not in output["data"]:
            continue
        text = output["data"][kind]
        match kind:
            case "text/html" | "image/svg+xml":
                return str(text)
            case "image/png" | "image/jpeg":
                return f'<img src="data:{kind};base64,{escape("".join(text.split()))}" alt="">'
            case "text/markdown":
                return markdown(text)
            case _:
                return f"<pre>{escape(text)}</pre>"
    return ""


def film_from(notebook: Path, film: Path) -> str:
    """The film's folder as seen from a notebook: ".."."""
    return Path(os.path.relpath(film, notebook.parent)).as_posix()


_STYLE = (
    ":root{color-scheme:light dark;--ink:#212121;--ink-2:#555;--paper:#fff;--rule:#ddd;--well:#f5f5f5}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e4e3e0;--ink-2:#b0b0b0;--paper:#1b1c1d;--rule:#3a3a3a;--well:#242526}}"
    "body{font:14px/22px system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:960px;"
    "margin:24px auto;padding:0 16px}"
    "h1{font-size:22px;line-height:28px}h2{font-size:17px}h3{font-size:14px}"
    "pre{margin:8px 0;padding:8px 12px;background:var(--well);overflow-x:auto;font:12px/18px ui-monospace,monospace}"
    ".out pre{background:none;padding:0 12px}.out{overflow-x:auto}"
    "code{font-family:ui-monospace,monospace;font-size:12px}"
    "img{max-width:100%;height:auto}table{border-collapse:collapse;font-size:12px;line-height:18px}"
    "td,th{padding:2px 12px 2px 0;border-bottom:1px solid var(--rule);text-align:left;vertical-align:top}"
    "a{color:inherit}"
)
