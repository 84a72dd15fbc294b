"""How long servers worked on takes: what a server that is paid by the hour is priced by."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager

from sqlalchemy import Connection, select

from studio.log.schema import events, requests, takes
from studio.nouns import Request, Took

LAST = 12  # takes that an estimate goes by
AMONG = 2_000  # of the film's newest takes, however many it has


class TookReads:
    """The part of reading that this is about."""

    def _reading(self) -> AbstractContextManager[Connection]:
        raise NotImplementedError

    def took(self, request: Request) -> tuple[Took, ...]:
        """The last takes of the same provider and model whose server told how long it worked, the newest first.

        Those of the same size and length where there are any, else any.
        """
        newest = select(takes.c.id, takes.c.request_id).order_by(takes.c.id.desc()).limit(AMONG).subquery()
        query = (
            select(events.c.data, events.c.at_us, requests.c.frames, requests.c.width, requests.c.height)
            .join_from(newest, requests, requests.c.id == newest.c.request_id)
            .join(events, events.c.subject == newest.c.id)
            .where(
                requests.c.provider == request.provider,
                requests.c.model == request.model,
                events.c.kind == "money.settled",
                events.c.data.contains('"took_ms"', autoescape=True),
            )
            .order_by(newest.c.id.desc(), events.c.id.desc())
            .limit(LAST)
        )
        alike = query.where(
            requests.c.frames == request.frames,
            requests.c.width == request.width,
            requests.c.height == request.height,
        )
        with self._reading() as connection:
            rows = connection.execute(alike).all() or connection.execute(query).all()
        return tuple(
            Took(json.loads(row.data)["took_ms"], row.frames, row.width, row.height, row.at_us) for row in rows
        )
