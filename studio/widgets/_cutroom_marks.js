// What several parts of the cutting room draw alike: a label with its verdict; places drawn only when they change.

const CUTROOM_VERDICTS = { circle: "circled", hold: "hold", ng: "NG" };
const CUTROOM_RINGS = [
  "M9 7C25 1 58 -1 68 7C76 15 60 23 37 23.5C14 24 0 19 3 11.5C6 5 30 1 60 3.5",
  "M12 4C34 -2 66 1 70 9C73 18 54 24 32 24C10 23.5 -1 17 5 9C10 3 26 2 44 1",
  "M6 10C14 1 52 -2 66 5C78 12 66 22 42 24C18 25 -2 20 3 10C8 3 36 0 54 1.5",
];
const cutroomDrawn = new WeakMap();

/** Fill a place, but only when what it is drawn from has changed. */
function cutroomDraw(place, from, make) {
  const told = JSON.stringify(from ?? null);
  if (cutroomDrawn.get(place) === told) return false;
  cutroomDrawn.set(place, told);
  ctFill(place, make());
  return true;
}

/** A take's label with the hand-drawn circle around it or the line through it. */
function cutroomLabel(take, verdict) {
  const label = ct("span", { class: `ct-take${verdict === "ng" ? " ng" : ""}` }, take);
  if (verdict !== "circle") return label;
  label.classList.add("circled");
  const d = CUTROOM_RINGS[[...take].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 3];
  const ring = ct("path", { d, "vector-effect": "non-scaling-stroke" });
  label.append(ct("svg", { viewBox: "0 0 72 24", preserveAspectRatio: "none", "aria-hidden": "true" }, ring));
  return label;
}

/** The verdict as shape and word; a circle is drawn around the label, and its word is for those who do not see it. */
function cutroomVerdict(verdict) {
  const word = CUTROOM_VERDICTS[verdict];
  if (!word) return "";
  if (verdict === "circle") return ct("span", { class: "ct-hush" }, "circled, ");
  if (verdict !== "hold") return `${word} · `;
  const half = ct("path", { d: "M5 .7a4.3 4.3 0 0 0 0 8.6z", fill: "currentColor" });
  const ring = ct("circle", { cx: 5, cy: 5, r: 4.3, fill: "none", stroke: "currentColor", "stroke-width": 1.4 });
  const icon = { viewBox: "0 0 10 10", width: 10, height: 10, class: "ct-cr-shape", "aria-hidden": "true" };
  return [ct("svg", icon, ring, half), `${word} · `];
}

/** Wishes of one kind: one is on its way to Python; of those that wait, only the newest of each slot counts. */
function cutroomLatest(send, settled) {
  const waiting = new Map();
  let busy = false;
  return async function wish(value) {
    waiting.set(value.slot, value);
    if (busy) return;
    busy = true;
    for (let [next] = waiting; next; [next] = waiting) {
      waiting.delete(next[0]);
      await send(next[1]);
    }
    busy = false;
    settled();
  };
}

/** A button that does nothing for now; it keeps the focus, which `disabled` would let fall out of the panel. */
function cutroomRests(button, rests) {
  if (rests) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
}
