"""The commands of one film, and the parser that knows them all."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from studio import _resources
from studio.cli import merging, moving, working
from studio.cli.opening import add_author, film_of
from studio.errors import NotFound

if TYPE_CHECKING:
    import pandas as pd

    from studio.generation import Handle
    from studio.nouns import Cut

Command = Callable[..., argparse.ArgumentParser]  # (name, run, what it does, what its first argument is)

CLUSTER = "of a Dask scheduler whose workers do it, such as tcp://10.0.0.5:8786"
OVERRIDES = "data/jupyter"  # JupyterLab's settings for `studio lab`: no news prompt


def _folder(text: str) -> Path:
    if not text:  # `studio new "$FILM"` with no FILM would otherwise be here
        raise argparse.ArgumentTypeError("a folder's name cannot be empty")
    return Path(text)


def parser() -> argparse.ArgumentParser:
    """The parser of `studio`, every command with its help."""
    made = argparse.ArgumentParser(prog="studio", description="A prompt studio for music videos.")
    commands = made.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(
        name: str, run: object, text: str, folder: str | None = "the film's folder", called: str = "DIR"
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        if folder:
            added.add_argument("dir", metavar=called, type=_folder, help=folder)
        return added

    demo = command("demo", _demo, "make a whole little film, from words to edit lists", "a folder for it")
    demo.add_argument("--full", action="store_true", help="55 shots, 700 takes, 4:02")
    demo.add_argument("--shots", type=int, metavar="N", help="a smaller film of so many shots")
    demo.add_argument("--takes", type=int, metavar="N", help="takes of each shot")
    new = command("new", _new, "make an empty film with its notebooks", "a folder for it")
    new.add_argument("--title", help="what it is called (default: the folder's name)")
    new.add_argument("--rate", default="24", help="frames per second: 24, 23.976, 25, 24000/1001 (default 24)")
    new.add_argument("--size", default="1280x720", help="pixels (default 1280x720)")
    new.add_argument("--author", action="append", help="a name; may be given more than once")
    new.add_argument("--media", default="", help="a folder for the clips, on another or a shared disk")
    lab = command("lab", _lab, "open JupyterLab on the film's notebooks", None)
    lab.add_argument(
        "dir", metavar="DIR", type=_folder, nargs="?", default=Path(), help="the film's folder (default: here)"
    )
    lab.add_argument("more", metavar="…", nargs=argparse.REMAINDER, help="whatever follows is handed on to JupyterLab")
    takes_of = command("generate", generate, "make takes of a shot's latest words")
    takes_of.add_argument("shot", metavar="SHOT", help="such as 07A")
    takes_of.add_argument("--provider", default="previz", help="who makes them (default previz: free, on this machine)")
    takes_of.add_argument("--model", default="", help="the provider's model (default: its first)")
    takes_of.add_argument("--takes", type=int, default=1, help="how many (default 1)")
    takes_of.add_argument("--seconds", type=float, default=5.0, help="how long each is (default 5)")
    takes_of.add_argument("--seed", type=int, help="of the first one; the others count up from it")
    takes_of.add_argument("--first-frame-of", default="", metavar="TAKE", help="begin with the last frame of a take")
    takes_of.add_argument("--begins-as", default="", metavar="TAKE", help="begin with the first frame of a take")
    takes_of.add_argument("--leads-to", default="", metavar="TAKE", help="end on the first frame of a take")
    takes_of.add_argument("--guide", default="", metavar="TAKE", help="follow the camera of a take")
    takes_of.add_argument("--cap", metavar="USD", help="what this call may cost at most")
    takes_of.add_argument("--price", metavar="USD", help="what one take may cost, where no price is known")
    takes_of.add_argument("--again", action="store_true", help="buy what was bought before once more")
    takes_of.add_argument("--yes", action="store_true", help="spend without asking")
    takes_of.add_argument(
        "--dry-run", action="store_true", help="print the exact request, the key hidden; send nothing"
    )
    command("resume", _resume, "go on with everything that was under way")
    working.add(command)
    takes = command("takes", _takes, "list the takes")
    ledger = command("ledger", _ledger, "what was spent, is reserved and at risk, and what waits for you")
    for each in (takes, ledger):
        each.add_argument("--csv", action="store_true", help="every column, as CSV")
    measure = command("measure", _measure, "measure the camera of every clip that is not measured yet")
    measure.add_argument("--again", action="store_true", help="those that are measured too")
    measure.add_argument("--workers", type=int, help="processes (default: one a core)")
    book = command("book", _book, "every version of the words, who wrote them and what became of them, as one file")
    book.add_argument("file", metavar="FILE", type=Path, help="a new .md or .csv file")
    book.add_argument("--read", action="store_true", help="write the versions of a saved book that the film lacks")
    export = command("export", _export, "write every edit list, the media and the film")
    export.add_argument("--name", default="first-cut", help="the delivery's folder name (default first-cut)")
    export.add_argument("--preset", default="everything", help="everything, premiere, resolve, final-cut or avid")
    export.add_argument("--media", default="link", help="link, copy, or conform: one rate, size and colour")
    export.add_argument(
        "--convert", action="append", metavar="WAY", default=[],
        help="what becomes of other frame rates: hold (default), blend, film-rate; or of one take: 07A-003=blend",
    )  # fmt: skip
    export.add_argument("--handles", type=int, help="film frames that a conformed file keeps after its last use")
    export.add_argument(
        "--alternates", action=argparse.BooleanOptionalAction, default=True, help="other takes for each slot (default)"
    )
    export.add_argument("--rejects", action="store_true", help="a second list, of the NG takes")
    export.add_argument("--bundle", action="store_true", help="film.otioz too: the list with its media in one file")
    export.add_argument("--aaf", action="store_true", help="an AAF for Avid too, experimental")
    export.add_argument("--prompts", action="store_true", help="let the prompts travel along")
    export.add_argument("--burn-in", action="store_true", help="take, slot and time code in the picture of film.mp4")
    render = command("render", _render, "render the film only")
    render.add_argument("--to", type=_folder, help="where to (default: the film's folder)")
    render.add_argument("--preset", default="h264", help="h264, 1080p, vertical, prores or preview")
    render.add_argument("--lyrics", default="none", help="none, subtitles, or burned into the picture")
    render.add_argument("--burn-in", action="store_true", help="take, slot and time code in the picture")
    for each in (export, render):
        each.add_argument("--cut", type=int, help="version of the cut (default: the latest)")
    for each in (measure, export, render):
        each.add_argument("--cluster", default="", metavar="ADDRESS", help=CLUSTER)
    conform = command("conform", _conform, "read an editor's cut back as a new version, and say what has changed")
    conform.add_argument("file", metavar="FILE", type=Path, help="FCP 7 XML, FCPXML, OTIO or EDL")
    conform.add_argument("--against", type=int, help="version of the cut that it was made from (default: the latest)")
    conform.add_argument("--media", type=Path, help="a folder where renamed files may lie")
    conform.add_argument("--csv", action="store_true", help="one row a slot, as CSV")
    for each in (takes_of, book, export, render, conform):
        add_author(each)
    share = command("share", _share, "hand the notebooks on to readers without a kernel, without keys, paths or clips")
    share.add_argument("--notebooks", action="store_true", required=True, help="notebooks, posters and the log")
    share.add_argument("--to", type=_folder, help="a new folder or .zip (default: NAME-notebooks.zip here)")
    share.add_argument("--prompts", action="store_true", help="let the prompts be in the log's tables")
    merging.add(command)
    moving.add(command)
    doctor = command(
        "doctor",
        _doctor,
        "what is installed, which keys are set, are the film's own servers well, is the disk fit for a log",
        None,
    )
    doctor.add_argument("dir", metavar="DIR", type=_folder, nargs="?", help="a film's folder")
    doctor.add_argument("--refold", action="store_true", help="fold the log's events into the takes table anew")
    doctor.add_argument("--rebuild", action="store_true", help="make a lost film.db again from the journal")
    return made


def _demo(arguments: argparse.Namespace) -> None:
    from studio import demo

    with demo.make(arguments.dir, full=arguments.full, shots=arguments.shots, takes=arguments.takes) as film:
        lay_out_notebooks(film.folder)
        delivery = Path("deliveries") / demo.DELIVERY
        takes, circled = len(film.log.takes()), len(film.log.kept())
        print(f"{film.settings.title}: {takes} takes, {circled} circled; {_told(film.cut().value)}")
        for what, where in (
            ("the film", delivery / "film.mp4"),
            ("edit lists", delivery),
            ("what they carry", delivery / "report.html"),
            ("takes", Path("media/takes")),
            ("notebooks", Path("notebooks")),
        ):
            print(f"  {what:16} {(arguments.dir / where).as_posix()}")
        print(f"  next             studio lab {arguments.dir.as_posix()}")


def _told(cut: Cut) -> str:
    """A cut in words: `the cut first-cut, version 1, has 14 slots and lasts 40.0 s`."""
    count = len(cut.slots)
    lasts = float(cut.frames / cut.rate)
    return f"the cut {cut.name}, version {cut.version}, has {count} slot{'s' * (count != 1)} and lasts {lasts:.1f} s"


def _new(arguments: argparse.Namespace) -> None:
    from studio.errors import BadInput
    from studio.film import DEFAULT_AUTHOR, new

    try:
        width, height = (int(n) for n in arguments.size.lower().split("x"))
    except ValueError:
        raise BadInput(f"the size {arguments.size!r} is not WIDTHxHEIGHT: write 1280x720") from None
    authors = arguments.author or [DEFAULT_AUTHOR]
    with new(arguments.dir, arguments.title, arguments.rate, (width, height), authors, arguments.media) as film:
        lay_out_notebooks(film.folder)
        print(
            f"{film.settings.title}: an empty film in {arguments.dir}; studio lab {arguments.dir} opens its notebooks"
        )


def lay_out_notebooks(folder: Path) -> tuple[str, ...]:
    """Copy the notebooks into the film where they are absent; a file that is there is never overwritten."""
    from studio.log import told_of_files
    from studio.media.files import in_place

    to = folder / "notebooks"
    with told_of_files(folder):
        to.mkdir(exist_ok=True)
    copied = []
    for book in sorted(_resources.path("notebooks").glob("*.ipynb")):
        if not (to / book.name).exists():
            with in_place(to / book.name) as partial:
                shutil.copyfile(book, partial)
            copied.append(book.name)
    return tuple(copied)


def _lab(arguments: argparse.Namespace) -> None:
    folder: Path = arguments.dir.resolve()
    if not (folder / "film.toml").is_file():
        raise NotFound(f"there is no film in {arguments.dir}: studio new {arguments.dir} makes one")
    lay_out_notebooks(folder)
    known = [str(_resources.path(OVERRIDES)), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, known))
    sys.stdout.flush()
    os.execv(
        sys.executable,
        [
            sys.executable, "-m", "jupyterlab", "--ip=127.0.0.1", f"--ServerApp.root_dir={folder}",
            "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb",
            *(["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []), *arguments.more,
        ],
    )  # fmt: skip


def generate(arguments: argparse.Namespace) -> int:
    """`studio generate`: makes takes of a shot, once the price was agreed to."""
    from studio.errors import BadInput
    from studio.generation import usd

    words = {name: getattr(arguments, name) for name in ("provider", "model", "seconds")}
    words |= {name: getattr(arguments, name) for name in ("first_frame_of", "begins_as", "leads_to", "guide")}
    cap_usd = usd(arguments.cap)  # a slip in it is told before anything else
    with film_of(arguments) as film:
        if arguments.dry_run:
            print(film.dry_run(arguments.shot, **words))
            return 0
        estimate = film.estimate(arguments.shot, takes=arguments.takes, price_usd=arguments.price, **words)
        print(estimate)
        if estimate.total and not arguments.yes:
            if not sys.stdin.isatty():
                raise BadInput(f"this would cost {estimate.dollars}: say --yes to spend it, or --dry-run to look first")
            if input(f"spend up to {estimate.dollars}? [y/N] ").strip().lower() not in ("y", "yes"):
                print("nothing was sent")
                return 1
        handle = film.generate(
            arguments.shot, takes=arguments.takes, seed=arguments.seed, cap_usd=cap_usd,
            price_usd=arguments.price, again=arguments.again, **words,
        )  # fmt: skip
        return _waited(handle)


def _book(arguments: argparse.Namespace) -> None:
    with film_of(arguments) as film:
        if arguments.read:
            print(film.book.read(arguments.file))
        else:
            print(film.book.save(arguments.file).as_posix())


def _resume(arguments: argparse.Namespace) -> int:
    with film_of(arguments) as film:
        return _waited(film.resume())


def _measure(arguments: argparse.Namespace) -> int:
    with film_of(arguments) as film:
        done = film.measure(again=arguments.again, workers=arguments.workers, dask=arguments.cluster)
        print(repr(done).splitlines()[0])
        for sentence in done.errors:
            print(f"studio: {sentence}", file=sys.stderr)
        return 1 if done.errors else 0


def _waited(handle: Handle) -> int:
    """Wait with a bar; name what was made and why the others were not. Status 1 where a take was not made."""
    made = handle.wait(progress=True if handle.takes else None)
    print(f"made: {', '.join(take.label for take in made)}" if made else "nothing was made")
    for sentence in handle.errors:
        print(f"studio: {sentence}", file=sys.stderr)
    return 1 if handle.errors else 0


def print_csv(frame: pd.DataFrame) -> None:
    """A table as CSV in which a spreadsheet runs no cell."""
    from studio.writing import safe_cell

    text = frame.select_dtypes(include=["str", "category"]).columns
    frame[text] = frame[text].astype(object).map(safe_cell, na_action="ignore")
    print(frame.to_csv(index=False, lineterminator="\n"), end="")


def _ledger(arguments: argparse.Namespace) -> None:
    with film_of(arguments) as film:
        frame, inbox = film.money.ledger(), film.money.inbox()
        if arguments.csv:
            print_csv(frame)
            return
        if not frame.empty:
            columns = [
                "take",
                "state",
                "provider",
                "model",
                "price_usd",
                "spent_usd",
                "reserved_usd",
                "at_risk_usd",
                "what",
            ]
            print(frame[columns].to_string(index=False, na_rep="", max_colwidth=60))
        for row in inbox.itertuples():
            print(f"{row.take}: {row.what}\n  in Python, film.money: {row.choices}")
        print(film.money)


def _takes(arguments: argparse.Namespace) -> None:
    with film_of(arguments) as film:
        frame = film.takes()
        if arguments.csv:
            print_csv(frame)
        elif frame.empty:
            print(f"no takes yet: studio generate {arguments.dir} 01A makes one of shot 01A, once it has words")
        else:
            columns = ["take", "state", "verdict", "reason", "camera", "duration_s", "fps", "cost_usd"]
            print(frame[columns].to_string(index=False, na_rep="", max_colwidth=40))


def _export(arguments: argparse.Namespace) -> None:
    from studio.demo import bar

    with film_of(arguments) as film:
        cut, convert = film.cut(arguments.cut), _ways(arguments.convert)
        for row in cut.conversions().drop_duplicates("take").to_dict("records"):
            way = convert if isinstance(convert, str) else convert.get(row["take"], "hold")
            print(f"{row['take']}: {row['blend' if way == 'blend' else 'hold']}", file=sys.stderr)
        frames = cut.value.frames
        with bar("film", frames, quiet=False) as advance:
            folder = cut.export(
                arguments.name, preset=arguments.preset, media=arguments.media, prompts=arguments.prompts,
                burn_in=arguments.burn_in, alternates=arguments.alternates, convert=convert,
                handles=arguments.handles, rejects=arguments.rejects, bundle=arguments.bundle, aaf=arguments.aaf,
                progress=lambda done, total: advance(done * frames // total), dask=arguments.cluster,
            )  # fmt: skip
        print((arguments.dir / folder.relative_to(film.folder)).as_posix())


def _ways(words: list[str]) -> str | dict[str, str]:
    """What `cut.export` takes as `convert`: one way for all takes, or a way for each that is named."""
    from studio.errors import BadInput

    named = dict(word.split("=", 1) for word in words if "=" in word)
    if not words or len(named) == len(words):
        return named
    if len(words) > 1:
        raise BadInput("--convert is given one way for all takes, or a way for each, such as 07A-003=blend")
    return words[0]


def _render(arguments: argparse.Namespace) -> None:
    from studio.demo import bar

    with film_of(arguments) as film:
        cut = film.cut(arguments.cut)
        with bar("film", cut.value.frames, quiet=False) as advance:
            made = cut.render(
                arguments.to, arguments.preset, lyrics=arguments.lyrics, burn_in=arguments.burn_in,
                progress=lambda done, total: advance(done), dask=arguments.cluster,
            )  # fmt: skip
        print(arguments.to or (arguments.dir / made.relative_to(film.folder)).as_posix())


def _conform(arguments: argparse.Namespace) -> None:
    with film_of(arguments) as film:
        came = film.conform(arguments.file, arguments.against, arguments.media)
        if arguments.csv:
            print_csv(came.to_frame())
        else:
            print(came)


def _share(arguments: argparse.Namespace) -> None:
    with film_of(arguments) as film:
        to = arguments.to or Path(f"{film.folder.name}-notebooks.zip")
        print(film.share(to, prompts=arguments.prompts))


def _doctor(arguments: argparse.Namespace) -> int:
    from studio.generation import servers
    from studio.log import fit_for_database, read_settings, rebuild

    if arguments.rebuild or arguments.refold:
        if arguments.dir is None:
            raise NotFound("name the film's folder: studio doctor DIR --rebuild")
        if arguments.rebuild:
            print(rebuild(arguments.dir))
        else:
            with film_of(arguments) as film:
                print(f"{film.log.refold()} takes folded anew")
        return 0
    _say_installed()
    _say_keys()
    folder, well = arguments.dir or Path(), True
    if arguments.dir:
        settings = read_settings(folder)
        print(f"film         {settings.title}")
        for server in servers(settings, folder):
            print(f"{server.name:12} {server}")
            well = well and server.well
    wrong = fit_for_database(folder)
    print(f"disk         {wrong or 'fit for a log'}")
    return 1 if wrong or not well else 0


def _say_installed() -> None:
    """What a film needs, with its version; extras only where they are there."""
    import re
    from importlib.metadata import PackageNotFoundError, requires, version

    from studio.media import ffmpeg_exe

    print(f"{'python':28} {sys.version.split()[0]}")
    for requirement in requires("circletake") or ():
        needed, _, condition = requirement.partition(";")
        name = re.split(r"[\s\[<>=!~]", needed, maxsplit=1)[0]
        if "extra ==" in condition and "postgres" not in condition:
            continue
        try:
            print(f"{name:28} {version(name)}")
        except PackageNotFoundError:
            print(f"{name:28} {'not there: only a shared log needs it' if condition else 'missing: pip install -e .'}")
    print(f"{'ffmpeg':28} {Path(ffmpeg_exe()).name}")


def _say_keys() -> None:
    """Which keys are set: the variables' names, never a value; and which models are or soon will be retired."""
    from datetime import date

    from studio.providers.catalogue import catalogue
    from studio.providers.keys import Environ, find_key

    rows = catalogue()
    for service in rows.services.values():
        key = find_key(service.keys, Environ(os.environ))
        wanted = f"no key: set {service.keys[0]}" if service.keys else "needs no key"
        print(f"{service.name:18} {f'{key.name} is set' if key else wanted}")
    for model in (model for models in rows.models.values() for model in models):
        if said := model.retired(date.today()):
            print(f"{'':18} {said}")
