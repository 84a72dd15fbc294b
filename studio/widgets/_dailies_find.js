// What is shown: words and fields typed, chips of them, a select for each field with its counts, the order, and views.

const DAILIES_FIELDS = ["shot", "provider", "model", "verdict", "move", "obeyed", "reason"];
const DAILIES_QUICK = [
  ["All", ""],
  ["Not seen", "seen:no"],
  ["Circled", "verdict:circle"],
  ["Accidents", "accident:yes"],
  ["Disagree", "disagree:yes"],
];

/** A query's parts as they were typed: words, "words in quotes", field:value, field:"a value". */
const dailiesParts = (query) => query.match(/(?:[^\s"]+|"[^"]*"?)+/g) ?? [];
/** A part from a chip, whose value is as it is written; "-" alone leaves out a text. */
const dailiesPart = ([field, value]) => (/[^-]/.test(field) ? `${field}:${value}` : field + value);
const dailiesQuoted = (value) => (/[\s",<>=]/.test(value) ? `"${value.replaceAll('"', "")}"` : value);

/** The bar of the search. `changed({query, sort, unfold})` asks for another list; `leave()` goes back to the sheet. */
function dailiesFind({ changed, leave }) {
  const now = { query: "", sort: "shot", unfold: false };
  let chips = [],
    state = null;
  const field = ct("input", {
    class: "ct-bare-field grow",
    type: "text",
    "aria-label": "Search takes",
    placeholder: "id, word, reason, seed…",
    autocomplete: "off",
    spellcheck: "false",
    oninput: () => {
      now.query = field.value;
      typed();
    },
    onkeydown: (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      typed.now();
      leave();
    },
  });
  const typed = ctLater(() => changed({ ...now }));
  const shown = ct("span", { class: "ct-chips" }),
    selects = ct("span", { class: "ct-facets" }),
    said = ct("span", { class: "sub" }),
    folded = ct("button", { class: "ct-link", type: "button", hidden: true, "aria-pressed": "false", onclick: unfold }),
    views = ct("span", { class: "ct-seg", role: "group", "aria-label": "Views" }),
    wrong = ct("div", { "data-wrong": "search" });
  const order = ct("select", {
    class: "ct-select small",
    "aria-label": "Order",
    onchange: () => ask({ sort: order.value }),
  });
  const search = { class: "ct-field row ct-search" },
    slash = ct("span", { class: "ct-key", "aria-hidden": "true" }, "/");
  const root = ct(
    "div",
    { class: "ct-find", role: "search" },
    ct(
      "div",
      { class: "row wrap" },
      ct("label", search, slash, field),
      shown,
      selects,
      views,
      folded,
      ct("span", { class: "row end" }, said, order),
    ),
    wrong,
  );

  function ask(change) {
    typed.stop();
    Object.assign(now, change);
    field.value = now.query;
    changed({ ...now });
  }
  function unfold() {
    ask({ unfold: !now.unfold });
  }
  const without = (at) =>
    chips
      .filter((_, each) => each !== at)
      .map(dailiesPart)
      .join(" ");
  const words = ([name, value]) =>
    [name.startsWith("-") ? "without" : "", name.replace("-", ""), value].filter(Boolean).join(" ");
  const chip = (each, at) => {
    const drop = ct(
      "button",
      {
        class: "x",
        type: "button",
        "aria-label": `Drop ${words(each)}`,
        "data-key": `chip/${at}`,
        onclick: () => ask({ query: without(at) }),
      },
      "×",
    );
    return ct("span", { class: "ct-chip on" }, words(each), drop);
  };
  const select = (name) => {
    const facets = state?.facets?.[name] ?? [];
    if (!facets.length || chips.some(([used]) => used === name)) return null;
    const pick = ct(
      "select",
      {
        class: "ct-select small",
        "aria-label": name,
        "data-key": `facet/${name}`,
        onchange: () => {
          const { value } = pick;
          pick.value = "";
          if (value) ask({ query: [...dailiesParts(now.query), `${name}:${dailiesQuoted(value)}`].join(" ") });
        },
      },
      ct("option", { value: "" }, `${name}: all`),
      facets.map(([value, count]) => ct("option", { value }, `${value} (${count})`)),
    );
    return pick;
  };
  const draw = () => {
    ctFill(shown, chips.map(chip));
    ctFill(selects, DAILIES_FIELDS.map(select));
    const parts = dailiesParts(now.query);
    ctFill(
      views,
      DAILIES_QUICK.map(([name, query]) => {
        const on = query ? parts.includes(query) : !DAILIES_QUICK.some(([, each]) => each && parts.includes(each));
        const others = parts.filter((part) => !DAILIES_QUICK.some(([, each]) => each === part));
        const onclick = () => ask({ query: [...others, query].filter(Boolean).join(" ") });
        const looks = { type: "button", class: on ? "on" : "", "aria-pressed": String(on), "data-key": `view/${name}` };
        return ct("button", { ...looks, onclick }, name);
      }),
    );
  };
  return {
    root,
    field,
    wrong,
    now,
    /** The facets and the orders of this film. */
    follow(told) {
      const same = JSON.stringify([told.facets, told.sorts]) === JSON.stringify([state?.facets, state?.sorts]);
      state = told;
      if (same) return;
      ctFill(
        order,
        (told.sorts ?? []).map(([key, words]) => ct("option", { value: key }, words)),
      );
      order.value = now.sort;
      draw();
    },
    /** What a list answered. */
    told(list, focused) {
      chips = list.chips ?? [];
      said.textContent = list.said;
      const many = list.folded?.length ?? 0;
      folded.hidden = !many && !now.unfold;
      folded.setAttribute("aria-pressed", String(now.unfold));
      folded.textContent = now.unfold ? "fold doubles and dead clips" : `${many} folded`;
      folded.title = (list.folded ?? [])
        .slice(0, 12)
        .map(([take, why]) => `${take}: ${why}`)
        .join("\n");
      if (document.activeElement !== field) field.value = now.query = list.query ?? now.query;
      order.value = now.sort;
      draw();
    },
    put: ask,
    search() {
      field.focus();
      field.select();
    },
    /** The sentence for a list without takes, with what drops the query. */
    nothing() {
      const all = { class: "ct-btn", type: "button", "data-key": "drop", onclick: () => ask({ query: "" }) };
      const drops = chips.length > 1 ? chips : [];
      const more = folded.hidden || now.unfold ? "" : ` ${folded.textContent}.`;
      return [
        ct("p", {}, "No take is found by ", ct("b", { class: "mono" }, now.query.trim()), `.${more}`),
        ct(
          "p",
          { class: "row wrap" },
          ct("button", all, chips.length > 1 ? "Drop all of it" : "Drop it"),
          drops.map((each, at) =>
            ct(
              "button",
              { class: "ct-btn", type: "button", onclick: () => ask({ query: without(at) }) },
              `Drop ${words(each)}`,
            ),
          ),
        ),
      ];
    },
    close: () => typed.stop(),
  };
}
