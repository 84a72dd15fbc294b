// What all panels share: elements, messages by id, the keyboard guard, the error box, memory of what was typed.
// Joined before a panel's own text into one module (_panel.py). Text is always text here: nothing is parsed as HTML.

const CT_SILENT_MS = 2000; // after this a person is told that the kernel has not answered
const CT_TYPING_MS = 250; // a pause in typing, after which the kernel is asked
const CT_SVG = new Set(["svg", "path", "rect", "circle", "line", "text", "g"]);
const ctReducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** An element with attributes, listeners (onclick: f) and children; null and false children leave no trace. */
function ct(tag, attributes = {}, ...children) {
  const made = CT_SVG.has(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "value") made.value = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** What the pointer presses now, and what waits until it is let go: one for all panels of a page. */
function ctHand() {
  const key = Symbol.for("circletake.hand");
  if (globalThis[key]) return globalThis[key];
  const hand = { pressed: null, waiting: new Map() };
  const free = () => {
    hand.pressed = null;
    setTimeout(() => {
      const due = [...hand.waiting.values()]; // after the click that follows
      hand.waiting.clear();
      for (const fill of due) fill();
    });
  };
  addEventListener("pointerdown", (event) => (hand.pressed = event.target), true);
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, free, true);
  addEventListener("blur", free); // the window's own: an element's does not get here
  return (globalThis[key] = hand);
}
ctHand();

/**
 * Put new children into a place that stays, and the focus back on the child of the same data-key. A button that is
 * being pressed there is not taken away under the finger, or its click would be lost: the place waits. It is told
 * ("ct-filled") when they are there.
 */
function ctFill(place, ...children) {
  const hand = ctHand();
  hand.waiting.delete(place);
  if (hand.pressed && place.contains(hand.pressed)) {
    hand.waiting.set(place, () => ctFill(place, ...children));
    return;
  }
  const focused = place.contains(document.activeElement)
    ? document.activeElement.closest("[data-key]")?.dataset.key
    : null;
  place.replaceChildren(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  if (focused) place.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  place.dispatchEvent(new Event("ct-filled"));
}

/** What waits to be put there is not: something newer stands in the place. */
function ctStay(place) {
  ctHand().waiting.delete(place);
}

class CtRefused extends Error {} // the kernel's one sentence about a mistake

/** Questions to Python, each answered by its id. `state(name, act)` follows a trait; `close()` ends it all. */
function ctLink(model, { onSilence, onAnswer }) {
  const waiting = new Map(),
    followed = [];
  let next = 0;
  const heard = (message, buffers) => {
    const open = waiting.get(message?.id);
    if (!open) return;
    waiting.delete(message.id);
    clearTimeout(open.timer);
    onAnswer();
    if ("error" in message) open.reject(Object.assign(new CtRefused(message.error), { about: message.about ?? "" }));
    else open.resolve({ value: message.ok, buffers: buffers ?? [] });
  };
  model.on("msg:custom", heard);
  const cut = () => onSilence(true); // JupyterLab says so when a kernel restarts
  model.on("comm_live_update", cut);
  const ask = (what, details = {}) =>
    new Promise((resolve, reject) => {
      const id = `${++next}`;
      waiting.set(id, { resolve, reject, timer: setTimeout(() => onSilence(false), CT_SILENT_MS) });
      try {
        model.send({ id, do: what, ...details });
      } catch (error) {
        waiting.delete(id);
        onSilence(true);
        reject(error);
      }
    });
  return {
    ask,
    state(name, act) {
      const changed = () => act(model.get(name));
      model.on(`change:${name}`, changed);
      followed.push([`change:${name}`, changed]);
      changed();
    },
    close() {
      model.off("msg:custom", heard);
      model.off("comm_live_update", cut);
      for (const [event, act] of followed) model.off(event, act);
      for (const open of waiting.values()) clearTimeout(open.timer);
      waiting.clear();
    },
  };
}

/** A panel's frame: a named region that keeps its keys to itself, tells what happens, and shows what went wrong. */
function ctPanel({ model, el }, label, keys = {}, help = []) {
  const silence = ct("p", { class: "ct-silence", hidden: true });
  const polite = ct("p", { class: "ct-said", role: "status" });
  const assertive = ct("div", { role: "alert" });
  const body = ct("div", { class: "ct-panel" });
  const alike = document.querySelectorAll(`.ct[aria-label^="${label.replaceAll('"', "")}"]`).length; // landmarks have names of their own
  const root = ct(
    "section",
    { class: "ct", "aria-label": alike ? `${label} (${alike + 1})` : label, "data-lm-suppress-shortcuts": "true" },
    silence,
    body,
    ct("div", { class: "ct-foot" }, polite, assertive, ctHelp(help)),
  );
  el.append(root);
  const link = ctLink(model, {
    onSilence(gone) {
      silence.hidden = false;
      silence.textContent = gone
        ? "✗ The kernel was restarted or is gone. Nothing is lost: run this cell again, and the panel opens where it was."
        : "The kernel has not answered yet: it is busy, or it was restarted. What you typed stays; if it was restarted, run this cell again.";
    },
    onAnswer() {
      silence.hidden = true;
    },
  });
  ctKeepKeys(root, {
    "?": () => {
      const list = root.querySelector(".ct-help");
      list.open = !list.open;
      list.querySelector("summary").focus();
    },
    ...keys,
  });
  const fail = (sentence, near) => {
    const box = ct("p", { class: "ct-wrong" }, ct("b", {}, "✗ "), sentence);
    if (near) {
      near.replaceChildren(box);
      box.setAttribute("role", "alert");
    } else assertive.replaceChildren(box);
  };
  const clear = () => {
    assertive.replaceChildren();
    for (const near of root.querySelectorAll("[data-wrong]")) near.replaceChildren();
  };
  return {
    root,
    body,
    link,
    fail,
    clear,
    say(text) {
      polite.textContent = text;
    },
    /** Do something with the kernel; what it refuses is told under the thing it is about. */
    async act(what, details, near) {
      clear();
      try {
        return (await link.ask(what, details)).value;
      } catch (refused) {
        fail(refused.message, (refused.about && root.querySelector(`[data-wrong="${refused.about}"]`)) || near);
        return null;
      }
    },
    close() {
      link.close();
      root.remove();
    },
  };
}

/** The keys of a panel, folded; "?" opens them. */
function ctHelp(help) {
  const listed = [...help, ["Tab", "to the next group"], ["arrows", "inside a group"], ["Esc", "leaves the panel"]];
  return ct(
    "details",
    { class: "ct-help tiny" },
    ct("summary", {}, "keys ", ct("span", { class: "ct-key" }, "?")),
    ct(
      "p",
      { class: "row wrap" },
      listed.map(([key, does]) => ct("span", {}, ct("span", { class: "ct-key" }, key), " ", does)),
    ),
  );
}

/** No plain key of the panel reaches the notebook ("d d" deletes a cell); `keys` act where no text is typed. */
function ctKeepKeys(root, keys = {}) {
  root.addEventListener("keydown", (event) => {
    if (event.key === "Tab") return;
    event.stopPropagation();
    if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape") {
      event.target.blur();
      root.closest(".jp-Notebook")?.focus(); // the notebook's own keys again
      return;
    }
    if (event.target.matches("input, textarea, select, [contenteditable]")) return;
    if (event.key === " " && event.target.closest("button, summary, [role=option]")) return; // it presses these
    const act = keys[event.key] ?? keys[event.key.toLowerCase()];
    if (act && act(event) !== false) event.preventDefault();
  });
}

/** Arrows move the focus among the items of a group, of which one alone is in the tab order. */
function ctRoving(group, selector, columns = () => 1) {
  const items = () => [...group.querySelectorAll(selector)];
  const only = (one) => {
    for (const item of items()) item.tabIndex = item === one ? 0 : -1;
  };
  group.addEventListener("focusin", (event) => {
    const item = event.target.closest(selector);
    if (item) only(item);
  });
  group.addEventListener("keydown", (event) => {
    const all = items(),
      at = all.indexOf(event.target.closest(selector));
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns(), ArrowUp: -columns() }[event.key];
    const to = event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : step ? at + step : null;
    if (at < 0 || to === null || !all[to]) return;
    event.preventDefault();
    all[to].focus();
  });
  const settle = () => {
    const all = items();
    if (all.length && !all.some((item) => item.tabIndex === 0)) all[0].tabIndex = 0;
  };
  group.addEventListener("ct-filled", settle);
  return settle;
}

/** One of a few, as buttons side by side. */
function ctChoice(label, options, chosen, pick, names = {}) {
  const group = ct(
    "span",
    { class: "ct-seg", role: "radiogroup", "aria-label": label },
    options.map((option) =>
      ct(
        "button",
        {
          type: "button",
          role: "radio",
          "aria-checked": String(option === chosen),
          class: option === chosen ? "on" : "",
          tabindex: option === chosen ? "0" : "-1",
          "data-key": `${label}/${option}`,
          onclick: () => pick(option),
        },
        names[option] ?? option,
      ),
    ),
  );
  ctRoving(group, "button")();
  return group;
}

/** Call after a pause; `.now()` calls at once if a call is due. */
function ctLater(act, ms = CT_TYPING_MS) {
  let timer = null;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = null;
      act();
    }, ms);
  };
  later.now = () => {
    if (timer !== null) {
      clearTimeout(timer);
      timer = null;
      act();
    }
  };
  later.stop = () => {
    clearTimeout(timer);
    timer = null;
  };
  return later;
}

/** What was typed and not saved, kept in this page's memory only: it outlives a restarted kernel and a cell run again. */
function ctDrafts() {
  const key = Symbol.for("circletake.drafts");
  return (globalThis[key] ??= new Map());
}

const ctWho = (initials, name) => (initials ? ct("span", { class: "ct-by", title: name }, initials) : null);
const ctDay = (us) => new Date(us / 1000).toLocaleDateString("en-GB", { day: "numeric", month: "short" });
const ctClock = (us) => new Date(us / 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
const ctSpan = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
