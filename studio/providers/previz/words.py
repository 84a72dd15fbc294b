"""From a prompt's words to what there is to see: place, hour, season, weather, people, things.

A list of English word stems, looked for as whole words. What is not known leaves no trace; a text in which nothing
is known still gives a scene (a small figure on a misty plain).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Camera words name no things: "truck left" is no lorry, "crane up" no bird. They are taken out first.
CAMERA_WORDS = re.compile(
    r"\b(?:truck|crane|pan|pans|panning|tilt|tilts|dolly|dollies|roll|rolls|boom|jib|arc|arcs|orbit|pedestal|whip|crab|"
    r"zoom|zooms|zooming|track|tracks|tracking|push|pushes|pull|pulls)\w*[ -]+(?:shot|left|right|up|down|in|out|back|"
    r"forward|pan|through|around|zoom|clockwise|counterclockwise|counter-clockwise)\b|\bdrone\b|\bpov\b|\bsteadicam\b|"
    r"\bhandheld\b|\bbird'?s[- ]eye\b|\beye[- ]level\b|\bfish[- ]?eye\b|\bworm'?s[- ]eye\b",
    re.IGNORECASE,
)

PLACES_INSIDE = {
    "corridor": "corridor|corridors|hallway|hallways|hall|passage|lockers?",
    "church": "aisle|altar|pews?|nave|wedding|marry|married|bride|groom|vows|organ|choir|cathedral|chapel",
    "kitchen": "kitchen|breakfast|stove|high chair|highchair",
    "hospital": "hospital|ward|clinic|nurse|doctor|monitor|drip|delivery room|maternity|hospice",
    "bedroom": "bedroom|bed|cradle|crib|cot|pillow|lullaby|nursery",
    "train": "train|carriage|compartment|tram|bus",
    "stage": "stage|concert|club|spotlights?|disco|ballroom|theatre|theater|dance floor|band|cinema",
    "classroom": "classroom|blackboard|desks?|lesson|exam|teacher",
    "tunnel": "tunnel|underpass|pipe|well|shaft|vortex",
    "room": "room|rooms|living room|indoors|sofa|couch|attic|flat|apartment|office|parlour|piano|wallpaper|"
    "staircase|stairs|cafe|café|bar|restaurant|diner|armchair|fireplace|curtains?|bathroom",
}
PLACES_OUTSIDE = {
    "schoolyard": "schoolyard|school yard|playground|school gate|recess|swings?|hopscotch|school",
    "beach": "beach|sea|seaside|ocean|waves?|shore|coast|surf|sand|dunes?|pier|harbour|harbor|island",
    "graveyard": "graveyard|cemetery|graves?|gravestones?|tombstones?|headstones?|funeral|burial|coffin|buried|"
    "mourners?",
    "forest": "forest|woods?|woodland|birches|pines|trees|jungle|grove",
    "city": "city|town|skyline|skyscrapers?|downtown|rooftops?|roof|skylines|towers?|metropolis|neon",
    "street": "street|streets|pavement|sidewalk|alley|crossing|bus stop|suburb|driveway",
    "road": "road|roads|highway|motorway|lane|drive|driving|car|cars|truck stop|windscreen|headlights?",
    "mountains": "mountains?|hills?|peaks?|alps|valley|summit|cliffs?|ridge|canyon",
    "lake": "lake|river|pond|stream|rowing|boat|ferry|bridge|reflection",
    "garden": "garden|park|orchard|backyard|lawn|blossom|picnic|yard|bench",
    "field": "field|fields|meadow|wheat|plain|prairie|farm|grass|harvest|cornfield|desert|steppe|countryside",
    "house": "house|cottage|cabin|home|farmhouse|porch|barn|villa|doorstep",
    "station": "station|platform|railway|rails|tracks",
    "sky": "sky|clouds?|stars|space|galaxy|moon|planet|heaven",
}
HOURS = {
    "dawn": "dawn|sunrise|daybreak|first light|early morning",
    "morning": "morning|mornings|breakfast|sunlight|sunlit|sunny|bright",
    "day": "day|noon|midday|daylight|lunch|afternoon",
    "dusk": "dusk|sunset|golden hour|low sun|evening|twilight|late light|last light|sundown|evening sun",
    "blue": "blue hour|nightfall|gloaming|after sunset",
    "night": "night|nights|midnight|moonlight|moonlit|moon|starlit|stars|dark|darkness|neon",
}
SEASONS = {
    "winter": "winter|snow|snowy|snowball|sledge|snowing|frost|frozen|ice|icy|january|february|december|christmas|"
    "blizzard",
    "autumn": "autumn|autumnal|fall leaves|october|november|september|leaves falling|falling leaves",
    "spring": "spring|april|(?:in|late|early|of) may|may (?:morning|evening|day|night)|blossoms?|in march",
    "summer": "summer|june|july|august|heat|hot",
}
WEATHERS = {
    "snow": "snow|snowy|snowing|snowfall|blizzard|snowflakes?",
    "rain": "rain|rainy|raining|drizzle|storm|stormy|thunder|wet|umbrellas?|puddles?",
    "mist": "mist|misty|fog|foggy|haze|hazy",
}
# What the camera goes through. A bubble counts wherever it is named; the others only after "through" and the like.
PORTALS = {
    "bubble": "bubbles?|bubblegum|bubble gum|soap bubble",
    "drop": "drops?|raindrops?|teardrops?|tears?",
    "glass": "glass|snow globe|crystal ball|lens|marble",
    "lamp": "lamps?|candles?|candle smoke|flames?|lights?",
    "ring": "ring",
    "moon": "moon",
    "keyhole": "keyhole|key hole",
    "eye": "eyes?|iris|pupil",
    "window": "windows?|window pane|windowpane|pane|blinds",
    "door": "doors?|doorway|threshold|front door|chalk door",
    "mirror": "mirror|picture frame|photograph|photo|painting|television|screen|reflection",
}
THINGS = {
    "car": "car|cars|convertible|taxi|van",
    "house": "house|cottage|cabin|home|farmhouse|barn",
    "church": "church|steeple|chapel|bells?",
    "tree": "tree|oak|willow|apple tree|orchard",
    "bench": "bench",
    "bike": "bike|bicycle|bicycles",
    "boat": "boat|sailboat|ship|ferry|rowing",
    "lamp": "lamp|lamps|street ?lights?|lantern",
    "table": "table|dinner|meal|breakfast",
    "chair": "chair|chairs|armchair|rocking chair",
    "highchair": "high chair|highchair|baby's chair|baby’s chair|child's chair",
    "bed": "bed|beds",
    "cradle": "cradle|crib|cot|pram|stroller",
    "piano": "piano",
    "umbrella": "umbrella|umbrellas",
    "birds": "birds?|gulls?|crows?|swallows?|geese|pigeons?",
    "balloon": "balloons?",
    "swing": "swings?",
    "flowers": "flowers?|bouquet|roses?|poppies|daisies",
    "candles": "candles?|birthday",
    "grave": "graves?|gravestones?|tombstones?|headstones?|cross|coffin",
    "fence": "fence|gate",
    "sun": "sun|sunlight|sunlit|sunny|sunset|sunrise",
}
NUMBERS = {"two": 2, "both": 2, "three": 3, "four": 4, "five": 5, "six": 6, "2": 2, "3": 3, "4": 4, "5": 5}
PEOPLE = (  # kind, words, how many where no number says so
    ("couple", "couple|lovers|newlyweds|sweethearts", 2),
    ("bride", "bride", 1),
    ("groom", "groom", 1),
    ("crowd", "crowd|crowded|guests|audience|people|mourners|passers-by|passengers|commuters|dancers", 7),
    ("child", "children|kids|pupils|classmates|schoolchildren", 5),
    ("teen", "teenagers|teens|students|adolescents", 2),
    ("child", "girl|(?<!newborn )daughter|schoolgirl", 1),
    ("child", "boy|son|schoolboy", 1),
    ("child", "child|kid|toddler|infant", 1),
    ("teen", "teenager|teen|student", 1),
    ("old", "old man|grandfather|grandpa|widower", 1),
    ("old", "old woman|grandmother|grandma|widow", 1),
    ("old", "elderly|pensioner|grey-haired", 1),
    ("woman", "woman|she|her|mother|mum|mom|wife|nurse|lady|dancer|singer", 1),
    ("man", "man|he|him|father|dad|husband|doctor|driver|musician|priest|teacher|figure|someone|person|stranger", 1),
    ("baby", "(?:baby|newborn)(?![’']s)", 1),
)
CROWD = ["woman", "man", "old", "woman", "teen", "man", "woman", "man", "old"]  # who comes, in the order they come
GARMENTS = {
    "yellow": "#e9b62c", "green": "#4c8c57", "red": "#c9402e", "blue": "#3d6ea6", "white": "#e9e4d8", "pink": "#e2788c",
    "orange": "#dd7a2c", "purple": "#7d5a9c", "grey": "#8b8d92", "golden": "#d9a441",
}  # fmt: skip
ACTS = {
    # Rain and roads run too.
    "run": "(?<!rain )(?<!line )(?<!road )(?<!water )(?:run|runs|running)|race|chase|chasing|sprint|skip|playing|plays",
    "walk": "walk|walks|walking|stroll|strolling|wander|leaving|follow|follows|crossing",
    "hold": "hold hands|holding hands|hand in hand|hands",
    "embrace": "embrace|embraces|embracing|kiss|kisses|kissing|hug|hugs|slow dance|in her arms|in his arms|arms around",
    "dance": "dance|dances|dancing|jump|jumps|jumping",
    "sit": "sit|sits|sitting|seated",
}  # fmt: skip
ANGLES = {
    "low": "low angle|low-angle|ground level|ground-level|worm's eye|worm’s eye|from below",
    "high": "high angle|high-angle|from above|looking down",
    "overhead": "overhead|top down|top-down|bird's eye|bird’s eye|god's eye",
    "aerial": "aerial|drone",
    "close": "close-up|close up|closeup|extreme close|macro|detail of|portrait of",
    "wide": "wide shot|wide angle|establishing|long shot|tiny|panorama|from afar|far away|vast",
}
_WORN = (
    "coat|raincoat|jacket|scarf|dress|jumper|cardigan|shirt|swimsuit|shorts|hat|satchel|sweater|hoodie|skirt|suit|"
    "umbrella"
)
NOBODY = re.compile(r"\b(?:no ?one|nobody|empty|deserted|abandoned|without people|no people|no longer there)\b", re.I)


def _compile(table: dict[str, str]) -> dict[str, re.Pattern[str]]:
    return {tag: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for tag, words in table.items()}


_TABLES = {
    name: _compile(table)
    for name, table in {
        "inside": PLACES_INSIDE, "outside": PLACES_OUTSIDE, "hours": HOURS, "seasons": SEASONS, "weathers": WEATHERS,
        "portals": PORTALS, "things": THINGS, "acts": ACTS, "angles": ANGLES,
    }.items()
}  # fmt: skip
_THROUGH = {
    tag: re.compile(
        r"\b(?:through|into|out of|fills? the frame with|close[- ]?up of|macro of|detail of)\s+"
        rf"(?:[\w’']+\s+){{0,3}}?(?:{words})\b",
        re.I,
    )
    for tag, words in PORTALS.items()
}
_PEOPLE = tuple((kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE), many) for kind, words, many in PEOPLE)
_NUMBER = re.compile(rf"\b({'|'.join(NUMBERS)})\b(?=(?:\s+[\w-]+){{0,2}}$)", re.IGNORECASE)


@dataclass(frozen=True)
class Seen:
    """What a text lets us see. A tag is "" (or a tuple empty) where the words say nothing about it."""

    inside: str  # a key of PLACES_INSIDE
    outside: str  # a key of PLACES_OUTSIDE: where we are, or what lies behind the window
    hour: str
    season: str
    weather: str
    portal: str
    things: tuple[str, ...]
    people: tuple[str, ...]  # one kind a person
    colours: tuple[str, ...]  # what each wears, as a colour code, or ""
    act: str
    angle: str

    @property
    def anything(self) -> bool:
        """Whether a word for a place, an hour, a weather or a thing was known."""
        return bool(
            self.inside or self.outside or self.hour or self.season or self.weather or self.portal or self.things
        )


def _first(table: str, text: str) -> str:
    """The tag whose word comes first; of two at one spot, the longer word."""
    found = [
        (m.start(), -len(m.group()), tag) for tag, pattern in _TABLES[table].items() if (m := pattern.search(text))
    ]
    return min(found)[2] if found else ""


def _portal(text: str, inside: bool) -> str:
    found = [(m.start(), tag) for tag, pattern in _THROUGH.items() if (m := pattern.search(text))]
    if found:
        return min(found)[1]
    if _TABLES["portals"]["bubble"].search(text):
        return "bubble"
    return "window" if inside and _TABLES["portals"]["window"].search(text) else ""


def _told_otherwise(found: list[tuple[int, str, int]], grown: int) -> bool:
    """Whether those who were seen as a woman and a man are named better elsewhere in the text."""
    kinds = {kind for _, kind, _ in found}
    return (
        bool(kinds & {"bride", "groom", "teen"})
        or ("couple" in kinds and grown < 2)
        or sum(count for _, kind, count in found if kind == "old") >= 2
    )


def _people(text: str) -> tuple[str, ...]:
    if NOBODY.search(text) and not re.search(r"\b(?:she|he|man|woman|boy|girl|child|couple)\b", text, re.I):
        return ()
    found: list[tuple[int, str, int]] = []
    left = text
    for kind, pattern, many in _PEOPLE:
        match = pattern.search(left)
        if match is not None:
            before = _NUMBER.search(left[: match.start()].rstrip())
            count = NUMBERS[before.group(1).lower()] if before and many != 7 and kind != "couple" else many
            if kind == "teen" and count == 1:  # "Ida, a teenager in yellow, and Milo, a teenager in green"
                count = min(2, len(re.findall(rf"\ban? (?:{pattern.pattern[5:-3]})", left, re.I)) or 1)
            found.append((match.start(), kind, count))
            left = pattern.sub(lambda m: " " * len(m.group()), left)  # "old man" is no "man"
    several = {kind: at for at, kind, count in sorted(found, reverse=True) if count > 1}
    grown = sum(count for _, kind, count in found if kind in ("woman", "man", "old", "teen", "bride", "groom"))
    people: list[str] = []
    crowd = 0
    for at, kind, count in sorted(found):
        if kind == "crowd":
            crowd = count
        elif kind == "couple":
            people.extend(["woman", "man"] if grown < 2 else [])
        elif kind in ("woman", "man") and _told_otherwise(found, grown):
            continue  # "her" and "he" are some of those already named
        elif several.get(kind, at) == at:  # "a boy" is one of the children, "a teenager" one of the two
            people.extend([kind] * count)
    people.extend(CROWD[: min(crowd, 9 - len(people))])
    if ("bride" in people) != ("groom" in people):
        people.append("groom" if "bride" in people else "bride")
    return tuple(people[:9])


def _colours(text: str, people: tuple[str, ...]) -> tuple[str, ...]:
    """What each person wears: the colour named within a few words after a word for such a person."""
    words = {kind: pattern for kind, pattern, many in reversed(_PEOPLE) if many < 3 or kind == "child"}
    words["child"] = re.compile(r"\b(?:child|children|boy|girl|daughter|son|kid)\b", re.I)
    named: list[tuple[str, str]] = []
    for match in re.finditer(
        rf"\b({'|'.join(GARMENTS)})\b(?=\s+(?:[\w-]+\s+)?(?:{_WORN})\b)|\bin ({'|'.join(GARMENTS)})\b", text, re.I
    ):
        before = text[max(0, match.start() - 60) : match.start()]
        who = max(((m.start(), kind) for kind, p in words.items() for m in p.finditer(before)), default=(0, ""))[1]
        named.append((who, GARMENTS[(match.group(1) or match.group(2)).lower()]))
    out = []
    for kind in people:
        fits = next((pair for pair in named if pair[0] == kind), None)
        if fits is None and len(people) < 3:
            fits = next((pair for pair in named), None)
        if fits is not None:
            named.remove(fits)
        out.append(fits[1] if fits else "")
    return tuple(out)


def look(text: str) -> Seen:
    """What the words let us see."""
    plain = CAMERA_WORDS.sub(" ", text)
    inside, outside = _first("inside", plain), _first("outside", plain)
    things = tuple(tag for tag, pattern in _TABLES["things"].items() if pattern.search(plain))
    if re.search(r"\b(?:outside|outdoors)\b", plain, re.I) and outside:
        inside = ""
    if inside == "church" and not re.search(r"\b(?:aisle|altar|pews?|nave|wedding|vows|inside|bride)\b", plain, re.I):
        inside = "" if outside else inside
    people = _people(plain)
    if (
        not people
        and not NOBODY.search(plain)
        and not any(pattern.search(plain) for table in _TABLES.values() for pattern in table.values())
    ):
        people = ("man",)  # words that say nothing to us: somebody is there to hear them
    if inside == "church" and not people and re.search(r"\bwedding|marr\w+|vows\b", plain, re.I):
        people = ("bride", "groom")
    if inside == "" and outside == "" and "church" in things:
        outside = "field"
    if inside == "train" and outside == "station":
        inside = ""
    if inside and outside == "house":  # we are in it
        outside = "garden"
    return Seen(
        inside=inside,
        outside=outside,
        hour=_first("hours", plain),
        season=_first("seasons", plain),
        weather=_first("weathers", plain),
        portal=_portal(plain, bool(inside)),
        things=things,
        people=people,
        colours=_colours(plain, people),
        act=_first("acts", plain),
        angle=_first("angles", text),
    )
