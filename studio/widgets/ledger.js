// The ledger's page: the head, the bar of money, a row a take, and a card for each take that asks a person.
// Rows and cards stay in the page while their take does, so that a field, an open question and the focus outlive news.

const LEDGER_STEPS = 7;
const LEDGER_WAY = "planned → submitting → submitted → running → ready → downloading → done. Closing the notebook or the kernel loses nothing.";

/** How long ago, or how long it took: 0:48, 1:02:40, 3 days. */
function ledgerSince(us) {
  const s = Math.max(0, Math.floor(us / 1e6));
  if (s < 3600) return ctSpan(s);
  if (s < 86400) return `${Math.floor(s / 3600)}:${String(Math.floor(s / 60) % 60).padStart(2, "0")}:${String(s % 60).padStart(2, "0")}`;
  return s < 172800 ? "1 day" : `${Math.floor(s / 86400)} days`;
}

/** "about 2 min to go", while that lies ahead. */
function ledgerToGo(untilUs) {
  const s = untilUs / 1e6 - Date.now() / 1000;
  if (!untilUs || s <= 0) return "";
  if (s < 90) return `about ${Math.max(10, Math.round(s / 10) * 10)} s to go`;
  return s < 5400 ? `about ${Math.round(s / 60)} min to go` : `about ${Math.round(s / 3600)} h to go`;
}

/** When a request left, as the reader's clock shows it; with the day where that is not today. */
function ledgerLeft(us) {
  const at = new Date(us / 1000);
  const time = at.toLocaleTimeString("en-GB");
  return at.toDateString() === new Date().toDateString() ? time : `${time} on ${ctDay(us)}`;
}

/** Text, only where it is another one: a reader's selection and a screen reader's place stay. */
function ledgerSay(element, text) { if (element.textContent !== text) element.textContent = text; }

/** The card of an unknown take: what happened, and the four choices. `act` asks the kernel; `told` says what was done. */
function ledgerCard(take, act, told) {
  const why = ct("span"), hint = ct("p", { class: "sub" }), news = ct("p", { class: "sub news", role: "status" });
  const wrong = ct("div", { "data-wrong": `card:${take}` }), more = ct("div", { class: "ct-more", hidden: true });
  const next = ct("span", { class: "sub" });
  let ask = {}, sum = "", opened = null;

  const button = (words, does, rest = {}) => ct("button", { class: "ct-btn", type: "button", onclick: does, "aria-label": `${words}: ${take}`, ...rest }, words);
  const close = () => {
    more.hidden = true;
    opened?.setAttribute("aria-expanded", "false");
    opened?.focus();
    opened = null;
  };
  const open = (by, ...inside) => {
    if (opened === by) return close();
    opened?.setAttribute("aria-expanded", "false");
    opened = by;
    by.setAttribute("aria-expanded", "true");
    more.replaceChildren(...inside);
    more.hidden = false;
    more.querySelector("input, button")?.focus();
  };
  more.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.preventDefault(); close(); } });

  const look = button("Look up again", async () => { await act("look_again", { take }, wrong); });
  const adopt = button("Adopt job id…", () => {
    const field = ct("input", { class: "ct-field line", size: "40", autocomplete: "off", spellcheck: "false", onkeydown: (event) => { if (event.key === "Enter") go(); } });
    const go = async () => { if (await act("adopt", { take, job_id: field.value }, wrong) !== undefined) told(`${take} has its job again`); };
    open(adopt, ct("div", { class: "row wrap" }, ct("label", {}, `Job id of ${take}, from the page of ${ask.provider}`, field),
      button("Adopt", go), button("Leave it", close)));
  }, { "aria-expanded": "false" });
  const lost = button("Mark lost", () => {
    const other = ct("input", { class: "ct-field line", size: "8", inputmode: "decimal", placeholder: "0.00", "aria-label": "Another amount, US dollars",
      oninput: () => { choices[2].checked = true; } });
    const group = `ct-lost-${Math.random()}`;   // two views of one panel must not share it
    const choices = [["no", true], ["yes", false], ["other", false]].map(([value, checked]) => ct("input", { type: "radio", name: group, value, checked }));
    const go = async () => {
      const chosen = choices.find((choice) => choice.checked).value;
      const billed = chosen === "other" ? other.value : chosen === "yes";
      if (await act("lost", { take, billed }, wrong) !== undefined) told(`${take} is marked lost`);
    };
    open(lost,
      ct("fieldset", {}, ct("legend", {}, `Was ${take} charged for? The page of ${ask.provider} shows it.`),
        ct("label", {}, choices[0], "no"), ct("label", {}, choices[1], `yes, ${ask.sum}`),
        ct("span", { class: "row" }, ct("label", {}, choices[2], "another amount, $"), other),
        button("Mark lost", go, { "aria-label": `Mark ${take} lost` }), button("Leave it", close)));
  }, { "aria-expanded": "false" });
  const pay = button("Pay again…", async () => {
    if (opened === pay) { close(); return; }
    sum = await act("price_again", { take }, wrong);
    if (sum === undefined) return;
    const go = async () => {
      const made = await act("pay_again", { take, yes: sum }, wrong);
      if (made !== undefined) { close(); told(`${made} is bought in place of ${take}`); }
    };
    open(pay, ct("p", {}, `${take} may have been made and charged already. A new take costs ${sum} more: both may be charged.`),
      ct("div", { class: "row wrap" }, button(`Pay ${sum} again`, go), button("Leave it", close)));
  }, { "aria-expanded": "false" });
  const bar = ct("span", { class: "ct-bar" });
  const root = ct("div", { class: "ct-ask", role: "group", "aria-label": `What to do about ${take}` },
    ct("p", {}, ct("b", {}, `${take} may have been made and paid for. `), why), hint, news,
    ct("div", { class: "row wrap" }, look, adopt, lost, bar, pay, next), more, wrong);
  return {
    root,
    first: () => (ask.sound ? lost : look),
    draw(row) {
      ask = row.ask;
      const left = row.sent_us ? `The request left at ${ledgerLeft(row.sent_us)}: ` : "";
      ledgerSay(why, `${left}${ask.why}`);
      const job = ask.sound ? "a sound" : ask.seconds ? `a ${ask.seconds} s job` : "a job";
      const when = row.sent_us ? ` began at ${ctClock(row.sent_us)}` : " was begun";
      ledgerSay(hint, `It is not sent again by itself. ${ask.provider}’s own history shows whether ${job}${when}${ask.sound ? "." : "; if so, adopt its id."}`);
      ledgerSay(news, [ask.again && `Paid for again as ${ask.again}; this one may still be charged.`, ask.news].filter(Boolean).join(" "));
      ledgerSay(pay, `Pay again, ${ask.sum}…`);
      pay.setAttribute("aria-label", `Pay again, ${ask.sum}…: ${take}`);
      for (const choice of [look, adopt, bar, pay, next]) choice.hidden = ask.sound;
      ledgerSay(next, "asks once more; both may be charged");
    },
  };
}

/** One take: a row of the table, and its card's row while it asks. */
function ledgerRow(take, act, told) {
  const cell = (name) => ct("td", { class: name });
  const state = cell("state"), way = cell("mono"), model = cell("model"), since = cell("mono"), what = cell("sub what"), usd = cell("mono num"), money = cell("sub");
  const root = ct("tr", { "data-take": take }, ct("th", { scope: "row" }, ct("span", { class: "ct-take" }, take)), state, way, model, since, what, usd, money);
  let card = null, drawn = {};
  const step = (k) => (k < drawn.step || drawn.step === LEDGER_STEPS - 1 ? "d" : k === drawn.step ? "n" : "");
  return {
    root,
    get card() { return card; },
    draw(row) {
      drawn = row;
      const words = { done: [row.state, " ", ct("b", { class: "ct-good" }, "✓")], unknown: [ct("b", {}, row.state)] };
      for (const bad of ["refused", "failed"]) words[bad] = [ct("b", { class: "ct-bad" }, row.state)];
      state.replaceChildren(...(words[row.state] ?? [row.state]));
      way.replaceChildren(row.mark ? ct("span", { "aria-hidden": "true" }, `[ ${row.mark} ]`)
        : ct("span", { class: "ct-steps", "aria-hidden": "true" }, Array.from({ length: LEDGER_STEPS }, (_, k) => ct("i", { class: step(k) }))));
      for (const [place, text] of [[model, row.model], [what, row.what], [usd, row.usd], [money, row.money]]) ledgerSay(place, text);
      this.tick();
      root.classList.toggle("ask", Boolean(row.ask));
      if (row.ask && !card) {
        const inside = ledgerCard(take, act, told);
        card = { ...inside, row: ct("tr", { class: "card" }, ct("td", { colspan: "8" }, inside.root)) };
      }
      if (!row.ask && card) { card.row.remove(); card = null; }
      card?.draw(row);
    },
    tick() {
      const until = drawn.ended_us ?? Date.now() * 1000;
      ledgerSay(since, drawn.sent_us ? ledgerSince(until - drawn.sent_us) : "—");
    },
    parts() { return card ? [root, card.row] : [root]; },
    remove() { for (const part of this.parts()) part.remove(); },
  };
}

function ledgerMoney() {
  const read = ct("span", { class: "sub" }), caps = ct("span", { class: "end sub" }), bar = ct("div", { class: "ct-spend", role: "img" });
  const amounts = ct("ul", { class: "ct-amounts" }), over = ct("p", { class: "ct-wrong", hidden: true });
  const how = ct("p", { class: "sub", hidden: true, id: `ct-caps-${Math.random().toString(36).slice(2)}` },
    "Caps stand in film.toml under [budget]: film_usd for the film, day_usd for a day, call_usd for one call, each as text such as \"600.00\". Open the film again after a change.");
  const change = ct("button", { class: "ct-link", type: "button", "aria-expanded": "false", "aria-controls": how.id, onclick() {
    how.hidden = !how.hidden;
    change.setAttribute("aria-expanded", String(!how.hidden));
  } }, "change");
  const root = ct("div", { class: "ct-money" },
    ct("div", { class: "ct-lab" }, ct("h3", {}, "Money"), read, ct("span", { class: "end sub row" }, caps, change)), how, bar, amounts, over);
  return {
    root,
    draw(money) {
      ledgerSay(read, ["US dollars", money.read].filter(Boolean).join(", "));
      const named = [...(money.cap ? [["cap", money.cap]] : []), ...money.others];
      caps.replaceChildren(...(money.cap ? [] : ["no cap in film.toml · "]),
        ...named.flatMap(([name, usd]) => [`${name} `, ct("b", { class: "mono" }, usd), " · "]));
      bar.setAttribute("aria-label", `${money.parts.map(({ name, usd }) => `${name} ${usd}`).join(", ")}${money.cap ? `, of ${money.cap}` : ", no cap"}`);
      bar.replaceChildren(...money.parts.filter(({ name, percent }) => name !== "free" && percent !== "0").map(({ name, percent }) =>
        ct("i", { class: `some ${name}${name === "unknown" ? " ct-hatch" : ""}`, style: `width:${percent}%` })));
      amounts.replaceChildren(...money.parts.map(({ name, usd }) => ct("li", {},
        ct("i", { class: `${name}${name === "unknown" ? " ct-hatch" : ""}` }), `${name} `, ct("b", { class: "mono" }, usd))));
      over.hidden = !money.over;
      over.replaceChildren(ct("b", {}, "✗ "), money.over);
    },
  };
}

export default {
  render({ model, el }) {
    const panel = ctPanel({ model, el }, "Ledger", {}, [["Enter", "presses a button"], ["Esc", "leaves an open question"]]);
    const act = async (what, details, near) => {
      panel.clear();
      try { return (await panel.link.ask(what, details)).value; }
      catch (refused) { panel.fail(refused.message, near); return undefined; }
    };
    const title = ct("b"), counts = ct("span"), going = ct("span", { class: "sub" }), heading = ct("h2", { tabindex: "-1", style: "font-size:16px" }, "Ledger");
    const goOn = ct("button", { class: "ct-btn", type: "button", hidden: true, title: "Go on with what was under way when its kernel ended", async onclick() {
      const takes = await act("go_on", {});
      if (takes !== undefined) panel.say(`going on with ${takes} ${takes === 1 ? "take" : "takes"}`);
    } }, "Go on");
    const stop = ct("button", { class: "ct-btn", type: "button", title: "Cancel what is still planned; what was sent is finished and kept", async onclick() {
      const takes = await act("stop", {});
      if (takes !== undefined) panel.say(`${takes} planned ${takes === 1 ? "take is" : "takes are"} cancelled; what was sent is finished and kept`);
    } }, "Stop after these");
    const money = ledgerMoney(), empty = ct("p", { class: "sub" }, "No take was asked of a provider yet: film.generate(\"07A\") makes one.");
    const bodyRows = ct("tbody"), more = ct("p", { class: "sub", style: "margin-top:8px" });
    const heads = [["take", ""], ["state", ""], ["way", "ct-hush"], ["model", ""], ["since sent", ""], ["what is known", "ct-hush"], ["$", ""], ["money", "ct-hush"]];
    const table = ct("table", { class: "ct-ledger" }, ct("caption", { class: "ct-hush" }, "Takes"),
      ct("thead", {}, ct("tr", {}, heads.map(([name, hush]) => ct("th", { scope: "col", class: name === "$" ? "num" : "" }, hush ? ct("span", { class: hush }, name) : name)))), bodyRows);
    panel.body.append(
      ct("div", { class: "ct-head" }, heading, ct("p", {}, title, counts), ct("div", { class: "end row" }, going, goOn, stop)),
      ct("div", { class: "ct-body" }, money.root, empty, table, more, ct("p", { class: "tiny", style: "margin-top:12px" }, LEDGER_WAY)));

    const root = panel.root, rows = new Map();
    let state = null;
    const tick = () => {
      for (const row of rows.values()) row.tick();
      ledgerSay(going, ledgerToGo(state?.until_us));
    };
    /** The rows in their order, moving as few as need be: a field that is moved loses the focus. */
    const place = () => {
      const focused = document.activeElement;
      const within = bodyRows.contains(focused) ? focused : null;
      const wanted = state.rows.flatMap((row) => rows.get(row.take).parts());
      wanted.forEach((part, k) => { if (bodyRows.children[k] !== part) bodyRows.insertBefore(part, bodyRows.children[k] ?? null); });
      if (within?.isConnected && document.activeElement !== within) within.focus({ preventScroll: true });
    };
    panel.link.state("_state", (told) => {
      if (!told?.rows) return;
      state = told;
      ledgerSay(title, told.title);
      ledgerSay(counts, told.counts ? ` · ${told.counts}` : "");
      stop.disabled = told.planned === 0;
      goOn.hidden = !told.idle;
      money.draw(told.money);
      const held = bodyRows.contains(document.activeElement);
      const here = new Set(told.rows.map((row) => row.take));
      for (const [take, row] of rows) if (!here.has(take)) { row.remove(); rows.delete(take); }
      for (const row of told.rows) {
        if (!rows.has(row.take)) rows.set(row.take, ledgerRow(row.take, act, panel.say));
        rows.get(row.take).draw(row);
      }
      place();
      table.hidden = told.rows.length === 0;
      empty.hidden = told.rows.length > 0;
      ledgerSay(more, told.more);
      // the card that had the focus is decided and gone: go on with the next question, or at the head
      if (held && !root.contains(document.activeElement)) ([...rows.values()].find((row) => row.card)?.card.first() ?? heading).focus({ preventScroll: true });
      tick();
    });
    const timer = setInterval(tick, 1000);
    panel.link.ask("here").catch(() => {});
    return () => {
      clearInterval(timer);
      panel.link.ask("left").catch(() => {});
      panel.close();
    };
  },
};
