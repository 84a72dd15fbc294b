"""The contact sheet for readers without a kernel: light HTML in a notebook, and a page of its own to send.

Both show what counts for the film (the director's word, else the latest), and whoever differs beside it.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.errors import BadInput
from studio.media import name_of
from studio.widgets._dailies_state import asked_words, model_words, move_words
from studio.widgets._dailies_state import picture as poster
from studio.widgets.pictures import decoded, jpeg, picture, relative_url

if TYPE_CHECKING:
    from studio.film import Film
    from studio.review import Watched

WHOLE = 145_000  # bytes in a notebook
MOST_TABLE = 115_000  # of them
MOST_STILLS = 24  # of many takes; of few all are shown that fit
FEW = 48
WIDTHS = (160, 128, 96)  # pixels: the widest that fits is taken
ON_A_PAGE = ((200, 320), (1000, 240), (10_000, 160))  # up to so many takes, and how wide their posters are
OBEYED = {"yes": " ✓", "partly": ", partly", "no": " ✗", "static": ", static", "unreadable": ", can’t tell"}
WORDS = {"circle": "circled", "hold": "hold", "ng": "NG"}
Still = Callable[[str, int], str]  # a take's poster of that width as a data address; "" where there is none


@dataclass(frozen=True)
class Line:
    """A take as a sheet shows it."""

    take: str
    shot: str
    verdict: str = ""
    accident: bool = False
    reason: str = ""
    note: str = ""
    camera: str = ""  # "dolly in · fast ✓", or "dolly in, got static ✗"
    seconds: float = 0.0
    model: str = ""
    others: tuple[str, ...] = ()  # who says something else: "ben: NG"
    file: str = ""
    words: tuple[tuple[str, str], ...] = ()

    @property
    def said(self) -> str:
        """Its verdict in words, and the accident."""
        said = [WORDS[self.verdict]] if self.verdict else []
        return " ".join([*said, "◆ accident"] if self.accident else said)

    @property
    def why(self) -> str:
        """The reason, and who says something else."""
        return "; ".join(part for part in (self.reason, *self.others) if part)


def line_of(watched: Watched, words: bool = False) -> Line:
    """Of a take, whoever watches it; with the words that it was made from."""
    now = watched.row
    verdict = now["verdict"] or ""
    asked, got = asked_words(now["camera"] or ""), move_words(now["measured_move"])
    other = f"{asked}, got {got}" if got and now["obeyed"] in ("no", "partly") else asked
    parts = (("scene text", "scene_text"), ("camera", "camera"), ("style", "style"), ("avoid", "avoid"))
    return Line(
        take=watched.take,
        shot=watched.shot,
        verdict=verdict,
        accident=bool(now["accident"]),
        reason=now["reason"] or "",
        note=now["note"] or "",
        camera=other + OBEYED.get(now["obeyed"] or "", "") if other else "",
        seconds=now["duration_s"] or 0.0,
        model=model_words(now),
        others=tuple(
            f"{said.author}: {WORDS[said.verdict]}"
            for said in sorted((watched.mine, *watched.others), key=lambda each: each.author)
            if said.author and said.verdict and said.verdict != verdict
        ),
        file=now["file"] or "",
        words=tuple((name, now[column]) for name, column in parts if now[column]) if words else (),
    )


def counted(lines: Sequence[Line]) -> str:
    """ "214 of 700 judged · circled 31 · held 18 · NG 160 · accidents 5"."""
    verdicts = Counter(line.verdict for line in lines)
    accidents = sum(line.accident for line in lines)
    judged = sum(bool(line.verdict or line.accident) for line in lines)
    said = [f"{judged:,} of {len(lines):,} judged"]
    numbers = ((verdicts["circle"], "circled"), (verdicts["hold"], "held"), (verdicts["ng"], "NG"))
    said += [f"{word} {number:,}" for number, word in (*numbers, (accidents, "accidents")) if number]
    return " · ".join(said)


def query_words(chips: Iterable[Sequence[str]]) -> str:
    """ "shot 07A, without verdict ng, “bubble”"."""
    said = []
    for field, value in chips:
        without = "without " if field.startswith("-") else ""
        name = field.removeprefix("-")
        said.append(f"{without}{name} {value}" if name else f"{without}“{value.strip(chr(34))}”")
    return ", ".join(said)


def number_of(count: int) -> str:
    """ "1 take", "88 takes"."""
    return f"{count:,} {'take' if count == 1 else 'takes'}"


# --- in a notebook ---------------------------------------------------------------------------------------------------


def sheet_html(
    lines: Sequence[Line],
    head: str,
    found: str,
    still: Still,
    link: Callable[[Line], str] = lambda line: "",
    whole: int = WHOLE,
) -> str:
    """The first takes as posters, as many as are light enough, and the rest as a table that is cut where it must be.

    At most `whole` bytes; no script, no style sheet, no prompts, nothing that is another one when it is run again.
    """
    top = f"<p><b>Dailies</b>, {escape(head)}</p><p>{escape(found)}</p>"
    if not lines:
        return top
    wanted = len(lines) if len(lines) <= FEW else MOST_STILLS
    table_bytes = min(sum(_size(_table_row(line)) for line in lines[:5000]), MOST_TABLE)
    figures = _figures(lines[:wanted], whole - table_bytes - _size(top) - 1000, still, link)
    room = whole - _size(top) - sum(map(_size, figures)) - 1000
    return f"{top}<div>{''.join(figures)}</div>{_table(lines[len(figures) :], min(room, MOST_TABLE))}"


def _figures(lines: Sequence[Line], room: int, still: Still, link: Callable[[Line], str]) -> list[str]:
    """As wide as all of them fit; where none is narrow enough, the first that fit."""
    found: list[str] = []
    for width in WIDTHS:
        found, left = [], room
        for line in lines:
            below = tuple(part for part in (line.said or "not judged", line.why, line.camera) if part)
            figure = picture(still(line.take, width), line.take, below, width, link(line))
            left -= _size(figure)
            if left < 0:
                break
            found.append(figure)
        if len(found) == len(lines):
            break
    return found


def _table(lines: Sequence[Line], room: int) -> str:
    rows: list[str] = []
    for line in lines:
        row = _table_row(line)
        room -= _size(row)
        if room < 0:
            break
        rows.append(row)
    left = len(lines) - len(rows)
    more = f"<p>and {left:,} more</p>" if left else ""
    if not rows:
        return more
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("take", "verdict", "why", "camera", "s", "model"))
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>{more}"


def _table_row(line: Line) -> str:
    values = (line.said, line.why, line.camera, f"{line.seconds:.1f}", line.model)
    cells = "".join(f"<td>{escape(value, quote=False)}</td>" for value in values)
    return f'<tr><th scope="row">{line.take}</th>{cells}</tr>'


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def stills(film: Film) -> Still:
    """A film's posters, each read once for all widths; one that is missing or damaged is none."""
    known: dict[str, Any] = {}

    def still(label: str, width: int) -> str:
        if label not in known:
            media = film.log.media(film.log.take(label).id)
            known[label] = decoded(poster(film.library, name_of(media.file if media else "", label), "poster")[0])
        return jpeg(known[label], width)

    return still


def link_from_here(film: Film) -> Callable[[Line], str]:
    """A take's clip as seen from the notebook, where that says nothing about the rest of the disk."""
    here = Path.cwd()
    near = here == film.folder or film.folder in here.parents or here in film.folder.parents
    return lambda line: relative_url(film.folder / line.file) if near and line.file else ""


# --- a page ----------------------------------------------------------------------------------------------------------


def write_sheet(film: Film, path: Path, query: str = "", words: bool = False) -> Path:
    """The takes that a query finds as one HTML file that needs nothing from outside, written whole or not at all.

    BadInput where no take is found, and for a file that is there already.
    """
    from studio.media.files import in_place
    from studio.review import Watching

    if os.path.lexists(path):
        raise BadInput(f"{path.name} is already there: give the page another name")
    found = Watching(film.log).find(query)
    lines, said = [line_of(watched, words) for watched in found.takes], query_words(found.query.chips)
    if not lines:
        raise BadInput(f"there is no take to show{f': {said} finds none' if said else ''}, and no page is written")
    with in_place(path) as partial:
        partial.write_text(page(film.settings.title, lines, said, stills(film)), "utf-8", "replace")
    return path


def page(title: str, lines: Sequence[Line], query: str, still: Still) -> str:
    """The whole page; with the words of the lines that have them."""
    width = next((width for most, width in ON_A_PAGE if len(lines) <= most), ON_A_PAGE[-1][1])
    style = _STYLE.replace("WIDTH", str(width))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    found = f"<p>{escape(query)}: {number_of(len(lines))}</p>" if query else ""
    shots = "".join(
        f"<section><h2>{shot}</h2><div>{''.join(_figure(line, width, still) for line in some)}</div></section>"
        for shot, some in groupby(lines, key=lambda line: line.shot)
    )
    heads = "".join(
        f'<th scope="col">{name}</th>' for name in ("take", "verdict", "why", "camera", "s", "model", "note")
    )
    rows = "".join(
        f'<tr{_verdict(line)}><th scope="row">{line.take}</th>'
        + "".join(
            f"<td>{escape(value)}</td>"
            for value in (line.said, line.why, line.camera, f"{line.seconds:.1f}", line.model, line.note)
        )
        + "</tr>"
        for line in lines
    )
    name = escape(title)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f"<title>{name}: dailies</title><style>{style}</style></head>\n<body><h1>{name}: dailies</h1>"
        f"<p>{escape(counted(lines))}</p>{found}\n{shots}\n"
        f"<h2>All takes</h2><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></body></html>\n"
    )


def _verdict(line: Line) -> str:
    return f' class="{line.verdict}"' if line.verdict else ""


def _figure(line: Line, width: int, still: Still) -> str:
    found = still(line.take, width)
    image = f'<img src="{found}" alt="{line.take}">' if found else "<i>no poster</i>"
    below = [line.said or "not judged", line.why, line.camera, line.note]
    said = "".join(f"<br>{escape(part)}" for part in below if part)
    more = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in line.words)
    caption = f"<b>{line.take}</b>{said}{f'<dl>{more}</dl>' if more else ''}"
    return f"<figure{_verdict(line)}>{image}<figcaption>{caption}</figcaption></figure>"


_STYLE = (
    ":root{color-scheme:light dark;--ink:#212121;--ink-2:#555;--paper:#fff;--rule:#ddd;--grease:#c4391d}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e8e8e8;--ink-2:#b0b0b0;--paper:#151515;--rule:#3a3a3a;"
    "--grease:#ff7a5c}}"
    "body{font:13px/20px system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:1200px;"
    "margin:24px auto;padding:0 16px}"
    "h1{font-size:20px}h2{font-size:16px;border-top:1px solid var(--rule);padding-top:12px}"
    "section>div{display:flex;flex-wrap:wrap;gap:16px}"
    "figure{margin:0;width:WIDTHpx}img,i{display:block;width:100%}"
    "i{box-sizing:border-box;padding:24px 8px;border:1px dashed var(--ink-2);color:var(--ink-2)}"
    "figcaption{color:var(--ink-2);font-size:12px;line-height:16px;margin-top:4px;overflow-wrap:anywhere}"
    "b,th{font-family:ui-monospace,monospace;color:var(--ink)}thead th{font-family:inherit}"
    ".circle b,.circle th{outline:1.5px solid var(--grease);outline-offset:2px;border-radius:50%}"
    ".ng b,.ng th{text-decoration:line-through}.ng img{opacity:.45}"
    "dl{margin:8px 0 0}dt{font-weight:600}dd{margin:0 0 4px}"
    "table{border-collapse:collapse}td,th{text-align:left;vertical-align:top;padding:2px 12px 2px 0;"
    "border-bottom:1px solid var(--rule);font-weight:400}"
)
