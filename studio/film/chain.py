"""`film.chain`: an endless zoom, where one shot goes into what the next one comes out of."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from studio import writing
from studio.errors import BadInput, NotFound
from studio.nouns import check_shot_id

if TYPE_CHECKING:
    import pandas as pd

    from studio.film.film import Film
    from studio.writing import Findings, Link


class ChainHandle:
    """The portals of neighbouring shots, and the take that the next one can begin with.

    ``film.generate("07B", first_frame_of=film.chain.before("07B"))`` begins a take of 07B with the last frame of the
    circled take of the shot before it.
    """

    def __init__(self, film: Film) -> None:
        self._film = film

    def __repr__(self) -> str:
        links = self._links()
        wrong = sum(not link.fits for link in links)
        count = f"{len(links)} {'link' if len(links) == 1 else 'links'}"
        return f"Chain({count}, {wrong or 'none'} that {'does' if wrong == 1 else 'do'} not fit)"

    def _repr_html_(self) -> str:
        links = self._links()
        if not links:
            return (
                '<p>no portals yet: <code>film.write("07A", portal_out="the bubble")</code> names what a shot goes '
                "into</p>"
            )
        names = ("shot", "goes into", "next", "comes out of", "")
        head = "".join(f'<th scope="col" style="text-align:left">{name}</th>' for name in names)
        rows = "".join(
            "<tr>"
            + "".join(
                f'<td style="text-align:left">{escape(cell)}</td>'
                for cell in (
                    *(link.shot, link.way_out or "?", link.next_shot, link.way_in or "?"),
                    "✓ fits" if link.fits else "✗ does not fit",
                )
            )
            + "</tr>"
            for link in links
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"

    def to_frame(self) -> pd.DataFrame:
        """One row a link; `take` is the one whose last frame the next shot can begin with, missing where none is."""
        from studio.log.columns import Column
        from studio.log.frames import typed

        columns = (
            *(Column(name, "str", name) for name in ("shot", "next_shot", "way_out", "way_in")),
            Column("fits", "boolean", "whether both name the same thing"),
            Column("take", "str", "label of the take to begin the next one with"),
            Column("sentence", "str", "the same in words"),
        )
        chosen = self._chosen()
        rows = [
            (
                *(link.shot, link.next_shot, link.way_out, link.way_in, link.fits),
                *((chosen.get(link.shot) if link.fits else None), link.sentence),
            )
            for link in self._links()
        ]
        return typed(columns, rows)

    def check(self) -> Findings:
        """The links that do not fit, and the portals that are missing."""
        return writing.check_chain(writing.latest_prompts(self._film.log))

    def before(self, shot: str) -> str:
        """The label of the take whose last frame the next take of `shot` should begin with.

        It is the take of the shot before that was circled last, else the one that was held last. Raises `BadInput`
        where that shot's way out is not this one's way in, `NotFound` where none of its takes is circled or held.
        """
        self._film.log.prompts(check_shot_id(shot))  # names the nearest shot, where there is no such one
        link = next((link for link in self._links() if link.next_shot == shot), None)
        if link is None:
            raise BadInput(
                f"no shot leads into {shot} by a portal: write the way out of the shot before it and its own way in, "
                f'such as film.write("{shot}", portal_in="the bubble")'
            )
        if not link.fits:
            raise BadInput(link.sentence)
        label = self._chosen(link.shot).get(link.shot)
        if label is None:
            raise NotFound(
                f"{shot} comes out of {link.shot}, of which no finished take is circled or held: "
                f'film.circle("{link.shot}-001") circles one'
            )
        return label

    def _links(self) -> tuple[Link, ...]:
        return writing.chain(writing.latest_prompts(self._film.log))

    def _chosen(self, only: str = "") -> dict[str, str]:
        """For each shot, or one, the label of the finished take that was circled last, else held last."""
        from studio.log.events import standing

        log = self._film.log
        takes = log.takes(only or None)
        now = log.standing_of([take.id for take in takes])
        found: dict[str, tuple[bool, str, str]] = {}
        for take in takes:
            state, verdict = now[take.id]
            if state == "done" and verdict in ("circle", "hold"):
                said = standing(log.events(take.id, {"verdict", "undo"}))
                last = max(event.id for event in said if event.data["verdict"] == verdict)
                found[take.shot] = max(found.get(take.shot, (False, "", "")), (verdict == "circle", last, take.label))
        return {shot: label for shot, (_, _, label) in found.items()}
