// The desk's words: a list of words between commas as chips, and the continuity as cards.

/** Words between commas as chips: each can be rewritten in place, taken out, or followed by another. */
function deskWords(label, change) {
  const row = ct("div", { class: "row wrap ct-words", role: "group", "aria-label": label });
  let words = [],
    gone = false,
    editing = null;
  const write = (next) => {
    words = next.map((word) => word.trim()).filter(Boolean);
    change(words.join(", "));
    draw();
  };
  const field = (at, text) => {
    const input = ct("input", {
      class: "ct-chip ct-typing",
      value: text,
      size: String(Math.max(10, text.length + 1)),
      "data-key": `${label}/typing`,
      "aria-label": at < words.length ? `${label}: ${text}` : `Another word of ${label}`,
      onkeydown: (event) => {
        if (event.key === "Enter") {
          event.preventDefault();
          done(true);
        } else if (event.key === "Escape") {
          event.preventDefault();
          done(false);
        }
      },
      onblur: () => {
        if (editing !== null) done(true);
      },
    });
    const done = (keep) => {
      editing = null;
      const next = [...words];
      if (keep) next.splice(at, 1, ...input.value.split(","));
      if (keep && next.join() !== words.join()) write(next);
      else draw();
      (row.querySelector(`[data-key="${CSS.escape(`${label}/${at}`)}"]`) ?? row.querySelector(".add"))?.focus();
    };
    return input;
  };
  function draw() {
    ctFill(
      row,
      words.map((word, at) =>
        editing === at
          ? field(at, word)
          : ct(
              "span",
              { class: `ct-chip${gone ? " gone" : ""}` },
              ct(
                "button",
                {
                  type: "button",
                  class: "ct-bare",
                  "data-key": `${label}/${at}`,
                  "aria-label": `${word}${gone ? ", dropped" : ""}: change it`,
                  onclick: () => {
                    editing = at;
                    draw();
                    row.querySelector("input")?.focus();
                  },
                  onkeydown: (event) => {
                    if (event.key === "Delete" || event.key === "Backspace") {
                      event.preventDefault();
                      out(at);
                    }
                  },
                },
                word,
              ),
              ct(
                "button",
                {
                  type: "button",
                  class: "x",
                  tabindex: "-1",
                  "aria-label": `Take out ${word}`,
                  onclick: () => out(at),
                },
                "×",
              ),
            ),
      ),
      editing === words.length
        ? field(words.length, "")
        : ct(
            "button",
            {
              type: "button",
              class: "ct-chip add",
              "data-key": `${label}/add`,
              "aria-label": `Add a word to ${label}`,
              onclick: () => {
                editing = words.length;
                draw();
                row.querySelector("input")?.focus();
              },
            },
            "+",
          ),
    );
  }
  const out = (at) => {
    write(words.filter((_, k) => k !== at));
    row.querySelector(".add")?.focus();
  };
  draw();
  return {
    row,
    set(text, dropped) {
      const next = text
        .split(",")
        .map((word) => word.trim())
        .filter(Boolean);
      if (editing === null && (next.join() !== words.join() || gone !== dropped)) {
        words = next;
        gone = dropped;
        draw();
      }
    },
  };
}

/** Continuity: cards that are on or off for this shot; where there is none, four lines in one's own words. */
function deskContinuity(desk) {
  const cards = ct("div", { class: "ct-cards" }),
    lines = ct("div", { class: "ct-lines" }),
    form = ct("form", { class: "ct-newcard", hidden: true });
  const said = ct("span", { class: "sub" });
  const everywhere = ct("button", {
    type: "button",
    class: "ct-link end",
    onclick: () => desk.act("use_in_scene", { names: desk.fields.cards }, "continuity"),
  });
  const own = Object.fromEntries(
    ["who", "age", "time", "place"].map((name) => [
      name,
      ct("input", {
        class: "ct-field line",
        "aria-label": `Continuity: ${name}`,
        maxlength: "8000",
        oninput: (event) => desk.change("continuity", { ...desk.fields.continuity, [name]: event.target.value }),
      }),
    ]),
  );
  lines.append(
    ...Object.entries(own).map(([name, input]) =>
      ct("label", { class: "row" }, ct("span", { class: "sub" }, name), input),
    ),
  );
  const kind = ct(
    "select",
    { class: "ct-select", "aria-label": "Kind of card" },
    ["person", "place", "time", "style"].map((each) => ct("option", {}, each)),
  );
  const name = ct("input", { class: "ct-field line", "aria-label": "Name of the card", placeholder: "her" });
  const words = ct("input", {
    class: "ct-field line grow",
    "aria-label": "Words of the card",
    placeholder: "red hair in a loose braid, denim jacket",
  });
  const year = ct("input", {
    class: "ct-field line",
    "aria-label": "Year",
    placeholder: "born, or the year",
    inputmode: "numeric",
    size: "12",
  });
  form.append(kind, name, words, year, ct("button", { class: "ct-btn small" }, "Keep this card"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const kept = await desk.act(
      "card",
      { kind: kind.value, name: name.value, words: words.value, year: year.value },
      "continuity",
    );
    if (kept) {
      form.hidden = true;
      desk.useCards([...desk.fields.cards, kept.name]);
      opener.focus();
    }
  });
  const opener = ct(
    "button",
    {
      type: "button",
      class: "ct-chip add",
      "aria-expanded": "false",
      onclick: () => {
        form.hidden = !form.hidden;
        opener.setAttribute("aria-expanded", String(!form.hidden));
        if (!form.hidden) name.focus();
      },
    },
    "+ new card",
  );
  const toggle = (card) => {
    const used = desk.fields.cards;
    desk.useCards(used.includes(card.name) ? used.filter((each) => each !== card.name) : [...used, card.name]);
  };
  return {
    element: ct(
      "div",
      { class: "ct-sect" },
      ct("div", { class: "ct-lab" }, ct("h3", {}, "Continuity"), said, everywhere),
      cards,
      lines,
      form,
      ct("div", { "data-wrong": "continuity" }),
    ),
    draw() {
      const used = desk.fields.cards,
        known = desk.state.cards.filter((card) => card.kind !== "style");
      known.sort((a, b) => Number(used.includes(b.name)) - Number(used.includes(a.name)));
      said.replaceChildren(
        used.length
          ? "each worded once, reused to the letter"
          : known.length
            ? "no card chosen: in your own words"
            : "in your own words",
      );
      everywhere.textContent = `use in all of scene ${desk.state.scene}`;
      everywhere.hidden = !used.length;
      lines.hidden = used.length > 0;
      for (const [part, input] of Object.entries(own))
        if (document.activeElement !== input) input.value = desk.fields.continuity[part] ?? "";
      ctFill(
        cards,
        known.map((card) =>
          ct(
            "button",
            {
              type: "button",
              class: `ct-card${used.includes(card.name) ? " on" : ""}`,
              "aria-pressed": String(used.includes(card.name)),
              "data-key": `card/${card.name}`,
              onclick: () => toggle(card),
            },
            ct("b", {}, desk.titles[card.name] ?? card.name),
            ct("span", {}, card.words),
          ),
        ),
        opener,
      );
    },
  };
}
