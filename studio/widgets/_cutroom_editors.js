// Who a cut is handed to: each editor with the list that it opens and what that list cannot carry of this cut.

const CUTROOM_LIMITS = 40; // sentences that are listed
let cutroomEditorsMade = 0;

/** {root, draw(editors), preset}: the preset that is chosen. */
function cutroomEditors() {
  const group = `ct-cr-editor${++cutroomEditorsMade}`;
  const root = ct("div", { class: "ct-cr-editors", role: "radiogroup", "aria-label": "Written for" });
  const part = { root, preset: "everything" };
  const opened = new Set(); // the presets whose sentences are unfolded: they stay so when the list is drawn anew

  const cannot = ({ preset, editor, opens, otherwise, cannot }) => {
    if (!opens) return ct("p", { class: "tiny" }, `every list: ${otherwise.join(", ")}`);
    const count = cannot.length;
    const words = !count
      ? "everything comes across"
      : count === 1
        ? "1 thing does not come across"
        : `${count} things do not come across`;
    const other = otherwise.length ? ct("p", {}, `if it will not open: ${otherwise.join(", or ")}`) : null;
    if (!count && !other) return ct("p", { class: "tiny" }, words);
    return ct(
      "details",
      {
        class: "tiny",
        open: opened.has(preset),
        "data-preset": preset,
      },
      ct("summary", { "aria-label": `${editor}: ${words}`, "data-key": `cannot/${preset}` }, words),
      ct(
        "ul",
        {},
        cannot.slice(0, CUTROOM_LIMITS).map((sentence) => ct("li", {}, sentence)),
        count > CUTROOM_LIMITS ? ct("li", {}, `and ${count - CUTROOM_LIMITS} more: cut.limits() has all`) : null,
      ),
      other,
    );
  };
  const remember = () => {
    for (const { open, dataset } of root.querySelectorAll("details")) {
      if (open) opened.add(dataset.preset);
      else opened.delete(dataset.preset);
    }
  };
  part.draw = (editors) => {
    remember(); // now: "toggle" is told later, when others may be drawn
    cutroomDraw(root, editors, () =>
      editors.map((each) =>
        ct(
          "div",
          { class: "ct-cr-editor" },
          ct(
            "label",
            { class: "row" },
            ct("input", {
              type: "radio",
              name: group,
              "data-key": `editor/${each.preset}`,
              checked: each.preset === part.preset,
              onchange: () => (part.preset = each.preset),
            }),
            ct("span", { class: "grow" }, each.editor),
            ct("span", { class: "mono nowrap" }, each.opens || "all"),
          ),
          cannot(each),
        ),
      ),
    );
  };
  return part;
}
