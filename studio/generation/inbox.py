"""Takes whose answer never came, and what a person can do about each: look again, adopt its job, mark it lost, or pay
again."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from studio.errors import AskFirst, BadInput, ProviderError
from studio.generation import states
from studio.generation.budget import dollars
from studio.generation.handle import Handle
from studio.generation.planning import priced
from studio.generation.requests import ask_in_thread
from studio.nouns import Price, Request, State, Take
from studio.providers import Job, Lists, Recalls

if TYPE_CHECKING:
    import pandas as pd

    from studio.generation.engine import Engine
    from studio.log import Log


def look_again(engine: Engine, log: Log, label: str) -> Handle:
    """Ask the provider once more what became of an unknown take; where it cannot be asked the take stays as it is."""
    take = _in_state(log, label, ("unknown",), "looked up")
    return engine.start([take], look=True)


def adopt_job(engine: Engine, log: Log, label: str, job_id: str, author: str) -> Handle:
    """Say which job at the provider is the take's. Raises BadInput for no id, and for another take's job."""
    take = _in_state(log, label, ("unknown",), "given a job")
    request = log.request(take.request_id)
    maker = engine.provider(request.provider)
    if not isinstance(job_id, str) or not job_id.strip():
        raise BadInput(f"{job_id!r} is no job's id: copy it from the page of {request.provider}")
    plain = job_id.strip()
    job = maker.recall(plain, request, take) if isinstance(maker, Recalls) else Job(plain, take, request)
    with log.write(author) as writer:
        owner = writer.jobs(request.provider).get(job.id, take.id)
        if owner != take.id:
            raise BadInput(f"job {job.id} belongs to another take of this film: it is not {label}'s")
        _still(writer.state(take.id), take, ("unknown",), "given a job")
        told: dict[str, object] = {"told": dict(job.told)} if job.told else {}
        writer.event("job", take.id, {"job_id": job.id} | told)
        writer.event("state", take.id, {"state": "submitted", "note": "its job was found by hand"})
    return engine.start([take])


def mark_lost(log: Log, label: str, billed: bool | Decimal | None, author: str) -> None:
    """End a take that will never come: nothing of it is asked for any more. Raises BadInput without `billed`.

    `billed` says what the provider's own page shows: False for no charge, True for the price that was reserved, or the
    amount in US dollars.
    """
    take = _in_state(log, label, ("unknown", *states.HAS_JOB), "marked lost")
    if billed is None:
        raise BadInput(
            f"say whether {label} was charged for: billed=False where the page of its provider shows no charge, "
            "billed=True where it shows the price, or the amount in US dollars"
        )
    with log.write(author) as writer:
        _still(writer.state(take.id), take, ("unknown", *states.HAS_JOB), "marked lost")
        reserved = writer.reserved(take.id)
        cost = reserved * billed if isinstance(billed, bool) else int(billed * 1_000_000)
        writer.event("money.settled", take.id, {"micro_usd": cost})
        writer.event("state", take.id, {"state": "failed", "error": f"marked lost, {dollars(cost)} charged"})


def strangers(engine: Engine, log: Log, provider_name: str) -> pd.DataFrame:
    """The jobs in a provider's list that no take of this film has: what was made for it before its log was lost.

    Other films' jobs are among them, where they share the account. Raises ProviderError where it lists none.
    """
    import pandas as pd

    maker = engine.provider(provider_name)
    if not isinstance(maker, Lists):
        raise ProviderError(f"{provider_name} does not list its jobs: look at its own page")
    known = log.jobs(provider_name)
    rows = [job for job in ask_in_thread(maker, maker.jobs) if job.id not in known]
    made = {
        "job": [row.id for row in rows],
        "at": pd.to_datetime(pd.Series([row.at_us for row in rows], dtype="Int64"), unit="us", utc=True),
    }
    return pd.DataFrame(made | {name: [getattr(row, name) for row in rows] for name in ("model", "state", "words")})


def claim(engine: Engine, log: Log, request: Request, price: Price, job_id: str, author: str) -> Handle:
    """Make a provider's job a take of this film: it is polled and fetched, and its price counts."""
    maker = engine.provider(request.provider)
    with log.write(author) as writer:
        request = replace(request, estimated_micro_usd=price.micro_usd)
        writer.request(request)
        take = writer.take(request.shot, request.id)
        job = maker.recall(job_id, request, take) if isinstance(maker, Recalls) else Job(job_id, take, request)
        owner = writer.jobs(request.provider).get(job.id)
        if owner is not None:
            raise BadInput(f"job {job.id} belongs to a take of this film already")
        writer.event("money.reserved", take.id, {"micro_usd": price.micro_usd, "source": price.said})
        writer.event("job", take.id, {"job_id": job.id} | ({"told": dict(job.told)} if job.told else {}))
        writer.event("state", take.id, {"state": "submitted", "note": "its job was found in the provider's list"})
    return engine.start([take])


def price_again(engine: Engine, log: Log, label: str) -> str:
    """What `pay_again` would cost now, as its `yes` wants it: "$0.60"."""
    take = _in_state(log, label, ("unknown",), "paid for again")
    return dollars(_price_again(engine, log, log.request(take.request_id))[0])


def _price_again(engine: Engine, log: Log, request: Request) -> tuple[int, Decimal | None]:
    """Micro-dollars, and the same as the person said it where nobody else knows a price."""
    try:
        price = priced(request, engine.provider, took=log.took)
        return price.micro_usd or request.estimated_micro_usd, None
    except BadInput:
        if not request.estimated_micro_usd:
            raise
        return request.estimated_micro_usd, Decimal(request.estimated_micro_usd) / 1_000_000


def pay_again(engine: Engine, log: Log, label: str, yes: str, author: str) -> Handle:
    """Buy a new take of the same request while the old one stays unknown: both may be charged.

    Raises AskFirst with the price, until `yes` says that price.
    """
    take = _in_state(log, label, ("unknown",), "paid for again")
    request = log.request(take.request_id)
    micro_usd, said = _price_again(engine, log, request)
    price = dollars(micro_usd)
    if yes != price:
        raise AskFirst(
            f"{label} may have been made and charged already; a new take costs {price} more: "
            f'pay_again("{label}", yes="{price}") buys it'
        )
    from studio.log import new_id

    parents = [take.parent] if take.parent else ()
    (made,) = engine.plan([replace(request, id=new_id())], author, parents, again=True, price_usd=said)
    with log.write(author) as writer:
        writer.event("remark", take.id, {"text": f"paid for again as {made.label}", "paid_again_as": made.label})
    return engine.start([made])


def _in_state(log: Log, label: str, wanted: tuple[State, ...], what: str) -> Take:
    take = log.take(label)
    _still(log.state(take.id), take, wanted, what)
    return take


def _still(state: State, take: Take, wanted: tuple[State, ...], what: str) -> None:
    if state not in wanted:
        raise BadInput(
            f"{take.label} is {state} and cannot be {what}: that is for a take that is {' or '.join(wanted)}"
        )
