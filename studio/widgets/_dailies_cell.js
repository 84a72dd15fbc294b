// One take on the contact sheet: its picture, its label with the hand-drawn mark, what the camera was asked and did.
// What is drawn is this person's own word; what others think stands on the picture, with their initials.

const DAILIES_STRIP = 8; // pictures of a strip
const DAILIES_VERDICTS = { circle: "circled", hold: "hold", ng: "NG" };
const DAILIES_RINGS = [
  "M9 7C25 1 58 -1 68 7C76 15 60 23 37 23.5C14 24 0 19 3 11.5C6 5 30 1 60 3.5",
  "M12 4C34 -2 66 1 70 9C73 18 54 24 32 24C10 23.5 -1 17 5 9C10 3 26 2 44 1",
  "M6 10C14 1 52 -2 66 5C78 12 66 22 42 24C18 25 -2 20 3 10C8 3 36 0 54 1.5",
];

function dailiesShape(name) {
  const icon = { viewBox: "0 0 10 10", width: 10, height: 10, class: "ct-shape", "aria-hidden": "true" };
  if (name === "accident") return ct("svg", icon, ct("path", { d: "M5 0L10 5L5 10L0 5z", fill: "currentColor" }));
  const half = ct("path", { d: "M5 .7a4.3 4.3 0 0 0 0 8.6z", fill: "currentColor" });
  const ring = ct("circle", { cx: 5, cy: 5, r: 4.3, fill: "none", stroke: "currentColor", "stroke-width": 1.4 });
  return ct("svg", icon, ring, half);
}

/** A take's label with this person's circle around it or line through it. */
function dailiesLabel(row) {
  const label = ct("span", { class: "ct-take" }, row.take);
  if (row.verdict === "ng") label.classList.add("ng");
  if (row.verdict !== "circle") return label;
  label.classList.add("circled");
  const ring = DAILIES_RINGS[[...row.take].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 3];
  const path = ct("path", { d: ring, "vector-effect": "non-scaling-stroke" });
  label.append(ct("svg", { viewBox: "0 0 72 24", preserveAspectRatio: "none", "aria-hidden": "true" }, path));
  return label;
}

/** The same in a word beside it. */
function dailiesTag(row) {
  if (!row.verdict && !row.accident) return ct("span", { class: "tiny ct-tagged" }, "not seen");
  const word = DAILIES_VERDICTS[row.verdict];
  return ct(
    "span",
    { class: "ct-tag ct-tagged" },
    row.accident ? [dailiesShape("accident"), "accident"] : null,
    row.accident && word ? " · " : null,
    row.verdict === "hold" ? dailiesShape("hold") : null,
    word,
  );
}

/** A take's label and its word, for wherever a take is named. */
function dailiesName(row) {
  return ct("span", { class: "ct-named" }, dailiesLabel(row), dailiesTag(row));
}

/** Two lines about the camera: what was asked for and came, or what was asked for, and what came instead. */
function dailiesObeyed({ camera }) {
  if (!camera) return ["", ""];
  const { asked, got, obeyed, line } = camera;
  const good = ct("b", { class: "ct-good" }, "✓"),
    bad = ct("b", { class: "ct-bad" }, "✗");
  if (obeyed === "yes") return [[asked, " ", good], line];
  if (obeyed === "unreadable") return [[asked, " ", ct("b", {}, "?")], line || "can’t tell"];
  if (!obeyed) return [asked, got ? `got ${got}` : line];
  const part = ct("b", { class: "ct-weak" }, "✓ partly");
  return [`asked ${asked},`, [`got ${got} `, obeyed === "partly" ? part : bad]];
}

/** All that a cell shows, in words. */
function dailiesAloud(row) {
  const own = [row.accident ? "accident" : "", DAILIES_VERDICTS[row.verdict] ?? ""].filter(Boolean).join(", ");
  const camera = row.camera ?? {};
  const came = {
    yes: "obeyed",
    partly: "obeyed in part",
    no: "not obeyed",
    static: "not obeyed",
    unreadable: "can’t tell",
  };
  return [
    row.take,
    own || "not seen",
    row.reason,
    row.note ? `note: ${row.note}` : "",
    camera.asked ? `asked ${camera.asked}` : "",
    camera.got ? `got ${camera.got}` : "",
    camera.asked ? came[camera.obeyed] : "",
    row.seconds ? `${row.seconds.toFixed(1)} seconds` : "",
    ...(row.flags ?? []).map(([, said]) => said),
    ...(row.others ?? []).map(dailiesOther),
    row.folded ? `folded: ${row.folded}` : "",
    row.missing,
  ]
    .filter(Boolean)
    .join(", ");
}
const dailiesOther = ({ initials, verdict, accident }) =>
  [initials, DAILIES_VERDICTS[verdict], accident ? "accident" : ""].filter(Boolean).join(" ");

/** One cell, used again and again: `name` gives it another take, `paint` what is known about it. */
function dailiesCell(id, media) {
  const empty = ct("span", { class: "ct-none" }),
    image = ct("img", { alt: "", decoding: "async", draggable: "false", hidden: true }),
    strip = ct("div", { class: "ct-strip8", hidden: true }),
    line = ct("path", { d: "M0 9L16 0", "vector-effect": "non-scaling-stroke" }),
    struck = ct("svg", { class: "ct-struck", viewBox: "0 0 16 9", preserveAspectRatio: "none" }, line),
    others = ct("span", { class: "ct-others" }),
    flags = ct("span", { class: "ct-flags" }),
    length = ct("span", { class: "len" }),
    done = ct("i"),
    here = ct("b"),
    scrub = ct("div", { class: "ct-scrub", hidden: true }, done, here);
  const picture = ct("div", { class: "ct-pic" }, empty, image, strip, struck, others, flags, length, scrub);
  const caption = ct("div", { class: "ct-cap" }),
    first = ct("span"),
    second = ct("span", { class: "tiny" }),
    more = ct("p", { class: "tiny ct-more1" });
  const obeyed = ct("p", { class: "ct-obey two" }, first, second);
  const root = ct("div", { class: "ct-cell", role: "gridcell", id }, picture, caption, obeyed, more);
  let row = null,
    posterOf = "",
    stripOf = "";
  const missing = (why) => {
    image.hidden = true;
    posterOf = "";
    root.classList.remove("has-pic");
    root.classList.add("is-empty");
    empty.replaceChildren(ct("b", {}, row?.take ?? ""), why ? ` ${why}` : "");
  };
  const cell = {
    root,
    picture,
    label: "",
    get row() {
      return row;
    },
    name(label) {
      if (cell.label === label) return;
      cell.label = label;
      row = null;
      posterOf = stripOf = "";
      image.dailiesToken = null;
      image.hidden = true;
      image.removeAttribute("src");
      root.hidden = !label;
      root.classList.remove("is-empty", "has-pic");
      empty.replaceChildren(ct("b", {}, label));
      cell.rest();
    },
    paint(told) {
      if (row === told) return;
      row = told;
      root.setAttribute("aria-label", dailiesAloud(row));
      root.classList.toggle("isng", row.verdict === "ng");
      caption.replaceChildren(dailiesLabel(row), dailiesTag(row));
      const [above, below] = dailiesObeyed(row);
      first.replaceChildren(...[above].flat());
      second.replaceChildren(...[below].flat());
      second.className = row.camera && /^(partly|no|static)$/.test(row.camera.obeyed) ? "" : "tiny";
      others.replaceChildren(
        ...(row.others ?? []).map((one) => ct("span", { class: "ct-by", title: one.by }, dailiesOther(one))),
      );
      flags.textContent = (row.flags ?? []).map(([word]) => word).join(", ");
      flags.title = (row.flags ?? []).map(([, said]) => said).join(", ");
      more.textContent = row.folded ? `folded: ${row.folded}` : "";
      more.title = more.textContent;
      cell.rest();
      if (row.missing) missing(row.missing);
      else if (row.clip !== undefined && posterOf !== row.take) {
        posterOf = row.take;
        media.show(image, row, "poster", missing, () => {
          image.hidden = false;
          root.classList.remove("is-empty");
          root.classList.add("has-pic");
        });
      }
    },
    /** Show the take at this part of its length, 0 to 1. */
    scrub(part) {
      if (!row?.seconds || row.missing) return;
      const percent = `${(100 * part).toFixed(1)}%`;
      scrub.hidden = false;
      root.classList.add("is-scrubbed");
      done.style.width = here.style.left = percent;
      length.textContent = `${(part * row.seconds).toFixed(1)} / ${row.seconds.toFixed(1)}`;
      length.classList.add("up");
      const frame = Math.min(DAILIES_STRIP - 1, Math.floor(part * DAILIES_STRIP));
      strip.style.backgroundPositionX = `${(100 * frame) / (DAILIES_STRIP - 1)}%`;
      strip.hidden = stripOf !== `${row.take}!`;
      if (stripOf.startsWith(row.take)) return;
      stripOf = row.take;
      const loader = new Image();
      media.show(
        loader,
        row,
        "strip",
        () => {},
        (url) => {
          if (stripOf !== row?.take) return;
          stripOf += "!"; // it is here
          const shape = loader.naturalWidth / DAILIES_STRIP / loader.naturalHeight;
          strip.style.backgroundImage = `url("${url}")`;
          strip.style.aspectRatio = shape;
          strip.classList.toggle("wide", shape > 16 / 9);
          strip.hidden = scrub.hidden;
        },
      );
    },
    /** Back to the poster. */
    rest() {
      scrub.hidden = strip.hidden = true;
      length.classList.remove("up");
      root.classList.remove("is-scrubbed");
      length.textContent = row?.seconds ? row.seconds.toFixed(1) : "";
    },
  };
  return cell;
}
