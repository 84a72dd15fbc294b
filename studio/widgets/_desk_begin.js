// What the next takes begin with: the last frame of the shot before in an endless zoom, or the first of another take.


/** {element, draw}: sets `desk.begin` and `desk.beginsAs`, of which one alone holds. */
function deskBeginning(desk) {
  const last = ct("input", {
    type: "checkbox",
    onchange: () => {
      desk.begin = last.checked;
      if (desk.begin) desk.beginsAs = "";
      draw();
      desk.lookNow();
    },
  });
  const said = ct("span", {}),
    row = ct("label", { class: "row sub", hidden: true }, last, said);
  const list = ct("datalist", { id: `ct-begin-${Math.random().toString(36).slice(2)}` });
  const take = ct("input", {
    class: "ct-field line mono ct-begintake",
    "aria-label": "Begin with the first frame of a take",
    placeholder: "a take",
    list: list.id,
    autocomplete: "off",
    spellcheck: "false",
    onchange: () => {
      desk.beginsAs = take.value.trim();
      if (desk.beginsAs) desk.begin = false;
      draw();
      desk.lookNow();
    },
  });
  function draw() {
    const { chain, takes } = desk.state;
    row.hidden = !chain;
    if (chain) {
      said.textContent = chain.said;
      last.disabled = !chain.take;
      last.checked = Boolean(chain.take) && desk.begin;
    }
    if (document.activeElement !== take) take.value = desk.beginsAs;
    const labels = takes.filter(({ clip }) => clip).map(({ label }) => label);
    if (list.dataset.labels === labels.join()) return;
    list.dataset.labels = labels.join();
    list.replaceChildren(...labels.map((label) => ct("option", { value: label })));
  }
  return {
    element: [row, ct("label", { class: "row sub" }, "begin with the first frame of", take), list],
    draw,
  };
}
