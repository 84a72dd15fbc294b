"""README.txt: how an editor opens a delivery, and what to look at before trusting it. Plain words, no path in it."""

from __future__ import annotations

from collections.abc import Sequence

from studio.cutting.sounds import heard
from studio.delivery.conversions import conversions, spoken
from studio.delivery.packages import (
    CSV,
    LAY_SONG,
    MEDIA,
    PRESETS,
    REJECTED,
    STAMPED,
    THEN_SONG,
    MediaFile,
    Package,
    is_opened,
)
from studio.nouns import Cut
from studio.timecode import record_timecode

README = "README.txt"
WIDE = 100  # characters in a line


def write_readme(cut: Cut, package: Package, files: Sequence[MediaFile], changes: str = "") -> str:
    """The text. `changes` says in one line what is different from the delivery before."""
    preset = PRESETS[package.preset]
    named = f"{cut.film_title}: {cut.name}" if cut.name else cut.film_title
    version = f", version {cut.version}" if cut.version else ""
    parts = [_wrapped(f"{named}{version}. For {preset.editor}."), _facts(cut)]
    if changes:
        parts.append(_wrapped(f"Since the last delivery: {changes}. The list is in report.html."))
    if preset.steps:
        parts.append(_steps("HOW TO OPEN IT", _that_are_here(preset.steps, package, cut)))
    else:
        editors = [each for each in PRESETS.values() if each.steps]
        parts += [
            _steps(
                f"HOW TO OPEN IT IN {e.editor.upper()}", _in_everything(_that_are_here(e.steps, package, cut), files)
            )
            for e in editors
        ]
    parts.append(_steps("WHAT TO CHECK", _checks(cut, package)))
    parts.append(_steps("WHAT IS HERE", _files(cut, package, files)))
    return "\n\n".join(parts) + "\n"


def _that_are_here(steps: Sequence[str], package: Package, cut: Cut) -> list[str]:
    """Without those for what the package has not: AAF is made where it is asked for, a song not every film has."""
    song, effects = ("song.wav" if cut.song.file else ""), ("effects.wav" if heard(cut) else "")
    sounds = " and ".join(file for file in (song, effects) if file)
    alone = f"Lay {effects} on A2 from the first frame on: no EDL names it." if effects else ""
    found = []
    for step in steps:
        if step == LAY_SONG:
            step = " ".join(part for part in (LAY_SONG if song else "", alone) if part)
        step = step.replace(THEN_SONG, f" Then {sounds}, beside the lists." if sounds else "")
        if step and ("film.aaf" not in step or package.aaf):
            found.append(step)
    return found


def _in_everything(steps: Sequence[str], files: Sequence[MediaFile]) -> list[str]:
    """Where there are media for all editors, those with time codes may lie in a folder of their own."""
    folder = STAMPED if any(file.file.startswith(f"{STAMPED}/") for file in files) else MEDIA
    return [step.replace("files in media/ into a bin", f"files in {folder}/ into a bin") for step in steps]


def _facts(cut: Cut) -> str:
    exact = f" ({cut.rate})" if cut.rate.denominator > 1 else ""
    return "\n".join(
        [
            f"Frame rate   {spoken(cut.rate)} frames per second{exact}",
            f"Picture      {cut.width} x {cut.height}",
            f"Length       {cut.frames} frames, {float(cut.frames / cut.rate):.3f} seconds, {len(cut.slots)} slots",
            f"Time code    {record_timecode(0, cut.rate)} to {record_timecode(cut.frames, cut.rate)}",
        ]
    )


def _checks(cut: Cut, package: Package) -> list[str]:
    first, last = cut.slots[0].source.name, cut.slots[-1].source.name
    said = [
        f"No clip is offline, and the sequence is {cut.frames} frames long at {spoken(cut.rate)} frames per second.",
        f"It begins with {first} and ends with {last}.",
        "Lay film.mp4 on a track above the cut, from the first frame on, and step through some cuts: the pictures "
        "change on the same frame.",
    ]
    if cut.song.file:
        said.append("song.wav begins on the first frame and is as long as the picture.")
    found = conversions(cut)
    if found and package.media != "conform":
        takes = ", ".join(dict.fromkeys(each.take for each in found))
        said.append(
            f"Some clips have another frame rate than the film ({takes}): of two neighbouring frames your editor may "
            "show the other one. report.html names each."
        )
    said.append("sha256sum -c hashes.txt (or shasum -a 256 -c hashes.txt) says whether every file came over whole.")
    return said


def _files(cut: Cut, package: Package, files: Sequence[MediaFile]) -> list[str]:
    main = [name for name in package.lists if name != CSV]
    said = [f"{', '.join(main)}: the cut, for your editor. {CSV}: the cut as a table."]
    used = [file for file in files if not file.file.startswith(f"{REJECTED}/")]
    stamped = [file for file in used if file.how == "stamp" and file.media and file.media.reel]
    plain = any(file.how in ("link", "copy") or (file.how == "stamp" and file not in stamped) for file in used)
    coded = dict.fromkeys(file.source.name for file in used if file.how == "stamp" and not is_opened(file.source))
    if plain:
        more = f" Of WebM, which editors do not open, ProRes 422: {', '.join(coded)}." if coded else ""
        said.append(f"{MEDIA}/: the takes as they were made, under their own names.{more}")
    if stamped:
        folder = STAMPED if plain else MEDIA
        said.append(f"{folder}/: the same pictures as .mov, each with a reel name and a time code of its own.")
    if any(file.how == "conform" for file in used):
        said.append(
            f"{MEDIA}/: every clip as ProRes 422 at {spoken(cut.rate)} frames per second, {cut.width} x {cut.height}, "
            "bt709, each with a reel name and a time code of its own."
        )
    sound = ["song.wav"] if cut.song.file else []
    sound += ["effects.wav"] if heard(cut) else []
    if sound:
        said.append(f"{', '.join(sound)}: 48 kHz, 16 bit, stereo, as long as the picture.")
    burnt = " with the names of the takes and the time code in the picture" if package.burn_in else ""
    said.append(f"film.mp4: the cut as it should look{burnt}.")
    if package.bundle:
        said.append("film.otioz: film.otio with its media in one file, for Resolve and Premiere 25.6 and later.")
    if any(file.file.startswith(f"{REJECTED}/") for file in files):
        said.append(f"film-rejects.otio, film-rejects.csv: the takes that were rejected, in {REJECTED}/.")
    said.append("report.html: every slot, what no list can carry, the handles that are there.")
    if any(name in package.lists for name in ("film.xml", "film.fcpxml")):
        said.append(
            "film.xml and film.fcpxml name media by full path, as their formats want it. After moving this folder, "
            "relink by file name once; no two files have the same name. film.otio names them from where it lies."
            if "film.otio" in package.lists
            else "The list names media by full path, as its format wants it. After moving this folder, relink by file "
            "name once; no two files have the same name."
        )
    return said


def _steps(title: str, steps: Sequence[str]) -> str:
    return "\n".join([title, *(_wrapped(f"{n}. {step}", "   ") for n, step in enumerate(steps, start=1))])


def _wrapped(text: str, indent: str = "") -> str:
    import textwrap

    return textwrap.fill(" ".join(text.split()), WIDE, subsequent_indent=indent, break_long_words=False)
