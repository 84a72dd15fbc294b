// The desk's right side: what each chosen model will get, what was changed on the way, notes, the price, versions.

const DESK_PARTS = { camera: "cam", portals: "cam", continuity: "con", style: "sty" };
const DESK_LOUD = { dropped: "ct-bad", snapped: "ct-weak", clamped: "ct-weak", doubt: "ct-weak" };

/** One model's request: the sentence with its marks, the facts, and what was changed on the way. */
function deskRequest(desk, request, chosen) {
  const sure = request.price !== null;
  const marked = (marks) => marks.map((mark) => ct("sup", {}, ct("span", { class: "ct-hush" }, "note "), String(mark)));
  const pieces = request.pieces.map((piece) => [
    ct(piece.struck ? "del" : "span", { class: DESK_PARTS[piece.part] ?? "" }, piece.text),
    marked(piece.marks),
    " ",
  ]);
  const title = `What ${request.title} will get`;
  return ct(
    "div",
    { class: "ct-request", role: "group", "aria-label": title },
    ct(
      "div",
      { class: "ct-lab" },
      ct("h3", {}, title),
      ct(
        "span",
        { class: "end row" },
        desk.models.length > 1
          ? ct(
              "button",
              {
                type: "button",
                class: "ct-btn small",
                "aria-pressed": String(chosen),
                "data-key": `use/${request.name}`,
                onclick: () => desk.chooseModel(request.name),
              },
              chosen ? "makes the takes" : "use this one",
            )
          : null,
        desk.models.length > 1
          ? ct(
              "button",
              {
                type: "button",
                class: "ct-btn small",
                "aria-label": `Do not show ${request.title}`,
                "data-key": `hide/${request.name}`,
                onclick: () => desk.showModels(desk.models.filter((name) => name !== request.name)),
              },
              "×",
            )
          : null,
      ),
    ),
    request.error
      ? ct("p", { class: "ct-wrong" }, ct("b", {}, "✗ "), request.error)
      : [
          ct("p", { class: "ct-sent" }, pieces),
          ct(
            "p",
            { class: "tiny ct-legend" },
            ct("span", { class: "cam" }, "camera"),
            " · scene · ",
            ct("span", { class: "con" }, "continuity"),
            " · ",
            ct("span", { class: "sty" }, "style"),
            " · ",
            ct("span", { class: "mono" }, request.characters),
            " characters",
          ),
          ct(
            "dl",
            { class: "ct-facts ct-sentfacts" },
            request.facts.map(([name, before, now, marks]) => [
              ct("dt", {}, name),
              ct(
                "dd",
                { class: before ? "" : "mono" },
                before ? [ct("del", {}, before), " ", ct("b", {}, `→ ${now}`)] : now,
                marked(marks),
              ),
            ]),
          ),
          ct(
            "div",
            { class: "ct-lab ct-changed" },
            ct("h3", {}, request.changes.length ? "Changed on the way" : "Nothing is changed on the way"),
            ct("span", { class: "end tiny" }, request.changes.length ? String(request.changes.length) : ""),
          ),
          ct(
            "ul",
            { class: "ct-notes" },
            request.changes.map((change) =>
              ct(
                "li",
                {},
                ct("span", { class: "mono" }, String(change.number)),
                ct("span", { class: `ct-tag ${DESK_LOUD[change.kind] ?? ""}` }, change.kind),
                ct("span", {}, change.sentence),
              ),
            ),
          ),
          sure ? null : ct("p", { class: "ct-wrong" }, ct("b", {}, "? "), request.no_price),
        ],
  );
}

function deskRequests(desk) {
  const blocks = ct("div", {}),
    notes = ct("ul", { class: "ct-notes" }),
    noted = ct("span", { class: "end tiny" });
  const add = ct("select", {
    class: "ct-select",
    "aria-label": "Show another model beside it",
    onchange: () => {
      if (add.value) desk.showModels([...desk.models, add.value]);
      add.value = "";
    },
  });
  return {
    element: [
      ct(
        "div",
        { class: "ct-sect" },
        blocks,
        ct("div", { class: "row ct-another" }, add),
        ct("div", { "data-wrong": "request" }),
      ),
      ct("div", { class: "ct-sect" }, ct("div", { class: "ct-lab" }, ct("h3", {}, "Notes"), noted), notes),
    ],
    options() {
      ctFill(
        add,
        ct("option", { value: "" }, "+ another model"),
        desk.state.models
          .filter((name) => !desk.models.includes(name))
          .map((name) => ct("option", { value: name }, name.replace("/", " · "))),
      );
    },
    draw(looked) {
      ctFill(
        blocks,
        looked.requests.map((request) => deskRequest(desk, request, request.name === desk.model)),
        looked.requests.length || !desk.models.length
          ? null
          : ct(
              "p",
              { class: "sub" },
              "Nothing is written yet. Write the scene or choose a move: what each model will get stands here then.",
            ),
      );
      noted.textContent = looked.findings.length ? `${looked.findings.length}, none stops you` : "";
      ctFill(
        notes,
        looked.findings.length
          ? looked.findings.map((found) =>
              ct(
                "li",
                {},
                ct("span", { class: "mono", "aria-hidden": "true" }, "!"),
                ct("span", { class: "ct-tag ct-weak" }, found.kind),
                ct(
                  "span",
                  {},
                  found.sentence,
                  found.reason
                    ? [
                        " ",
                        ct(
                          "details",
                          { class: "ct-why tiny" },
                          ct("summary", { "data-key": `why/${found.kind}/${found.words}` }, "why"),
                          found.reason,
                          found.source ? ` (${found.source}${found.checked_on ? `, ${found.checked_on}` : ""})` : "",
                        ),
                      ]
                    : null,
                ),
              ),
            )
          : ct("li", { class: "ct-none" }, "nothing to think about"),
      );
    },
  };
}

/** Takes, seconds, what they cost, and the one black button. */
function deskPay(desk) {
  const number = ct("output", { class: "mono", "aria-live": "off" });
  const step = (by) => {
    desk.takes = Math.min(200, Math.max(1, desk.takes + by));
    desk.lookNow();
    draw();
  };
  const seconds = ct("input", {
    class: "ct-field line",
    type: "number",
    min: "0.5",
    max: "60",
    step: "0.5",
    "aria-label": "Seconds of a take",
    oninput: () => {
      const value = Number(seconds.value);
      if (value > 0) {
        desk.seconds = value;
        desk.look();
      }
    },
  });
  const go = ct("button", { type: "button", class: "ct-btn main", onclick: () => desk.generate() });
  const stop = ct(
    "button",
    { type: "button", class: "ct-btn", hidden: true, onclick: () => desk.act("stop", {}, "pay") },
    "Stop after these",
  );
  const resume = ct(
    "button",
    { type: "button", class: "ct-btn", hidden: true, onclick: () => desk.act("resume", {}, "pay") },
    "Go on with them",
  );
  const price = ct("p", {}),
    spent = ct("p", { class: "sub" }),
    progress = ct("progress", { max: "1", value: "0", hidden: true, "aria-label": "Takes made" });
  const running = ct("p", { class: "sub" }),
    beginning = deskBeginning(desk);
  function draw() {
    number.textContent = String(desk.takes);
    if (document.activeElement !== seconds) seconds.value = String(desk.seconds);
    const request = desk.looked?.requests.find((each) => each.name === desk.model);
    const busy = Boolean(desk.progress.running);
    go.textContent = `Generate ${desk.takes} ${desk.takes === 1 ? "take" : "takes"}`;
    go.disabled = busy || !request || Boolean(request.error) || request.price === null;
    ctFill(
      price,
      request?.price
        ? [
            ct(
              "b",
              {},
              `${desk.takes} ${desk.takes === 1 ? "take" : "takes"} · ${request.made} · `,
              ct("span", { class: "nowrap" }, request.total),
            ),
            ct(
              "span",
              { class: "sub" },
              ` (${request.price.how ? `${request.price.how}; ` : ""}price read ${request.price.read_on})`,
            ),
          ]
        : "",
    );
    spent.textContent = desk.state.money_said + (desk.progress.total ? "" : " · nothing sent yet");
    stop.hidden = !busy;
    stop.disabled = Boolean(desk.progress.stopping);
    progress.hidden = !busy;
    progress.max = desk.progress.total || 1;
    progress.value = (desk.progress.total || 0) - (desk.progress.left || 0);
    running.textContent = desk.progress.said ?? desk.state.under_way_said;
    resume.hidden = busy || !desk.state.under_way_said;
    beginning.draw();
  }
  return {
    element: ct(
      "div",
      { class: "ct-pay" },
      ct(
        "div",
        { class: "row wrap" },
        ct("span", { class: "sub" }, "takes"),
        ct(
          "span",
          { class: "ct-seg", role: "group", "aria-label": "Number of takes" },
          ct("button", { type: "button", "aria-label": "One take fewer", onclick: () => step(-1) }, "−"),
          number,
          ct("button", { type: "button", "aria-label": "One take more", onclick: () => step(1) }, "+"),
        ),
        ct("label", { class: "row sub" }, "of", seconds, "s"),
        ct("span", { class: "end row" }, stop, go),
      ),
      beginning.element,
      price,
      spent,
      progress,
      ct("div", { class: "row wrap" }, running, resume),
      ct("div", { "data-wrong": "pay" }),
    ),
    draw,
  };
}

/** The newest takes of the shot as posters; one plays where it stands. */
function deskTakes(desk) {
  const strip = ct("div", { class: "ct-desktakes" }),
    said = ct("span", { class: "end tiny" });
  const pictures = new Map();
  const made = new Map();
  const show = async (take, figure) => {
    const old = figure.querySelector("video");
    if (old) {
      URL.revokeObjectURL(old.src);
      old.remove();
      return;
    }
    for (const other of strip.querySelectorAll("video")) {
      URL.revokeObjectURL(other.src);
      other.remove();
    }
    const answer = await desk.panel.link.ask("clip", { take: take.label }).catch((refused) => {
      desk.panel.fail(refused.message);
      return null;
    });
    if (!answer) return;
    const video = ct("video", { loop: true, playsinline: true, "aria-label": `Take ${take.label}` });
    video.muted = true;
    video.src = URL.createObjectURL(new Blob(answer.buffers, { type: "video/mp4" }));
    figure.querySelector(".ct-still").append(video);
    video.play().catch(() => {
      video.controls = true;
    });
  };
  const poster = async (take, image) => {
    if (!pictures.has(take.label)) {
      pictures.set(
        take.label,
        desk.panel.link
          .ask("poster", { take: take.label })
          .then((answer) =>
            answer.buffers.length ? URL.createObjectURL(new Blob(answer.buffers, { type: "image/jpeg" })) : "",
          )
          .catch(() => ""),
      );
    }
    const url = await pictures.get(take.label);
    if (url) image.src = url;
  };
  function figure(take) {
    const image = ct("img", { alt: "" });
    const whole = ct(
      "div",
      { class: "ct-desktake" },
      take.clip
        ? ct(
            "button",
            {
              type: "button",
              class: "ct-still",
              "aria-label": `Play ${take.label}`,
              "data-key": `take/${take.label}`,
              onclick: () => show(take, whole),
            },
            image,
          )
        : ct("div", { class: "ct-still mono" }, take.label),
      ct("p", { class: "row" }, ct("span", { class: "ct-take" }, take.label), ct("span", { class: "tiny" }, take.said)),
    );
    if (take.clip) poster(take, image);
    return whole;
  }
  return {
    element: ct("div", { class: "ct-sect" }, ct("div", { class: "ct-lab" }, ct("h3", {}, "Takes"), said), strip),
    draw() {
      said.textContent = desk.state.takes_said;
      const keys = desk.state.takes.map((take) => `${take.label} ${take.clip}`);
      for (const key of [...made.keys()]) if (!keys.includes(key)) made.delete(key);
      desk.state.takes.forEach((take, k) => {
        if (!made.has(keys[k])) made.set(keys[k], figure(take));
        made.get(keys[k]).querySelector(".tiny").textContent = take.said;
      });
      const order = keys.map((key) => made.get(key));
      if (order.some((figure, k) => strip.children[k] !== figure) || strip.children.length !== order.length)
        ctFill(strip, order);
    },
    async close() {
      for (const url of pictures.values()) {
        const known = await url;
        if (known) URL.revokeObjectURL(known);
      }
    },
  };
}

/** The versions, of which two are compared word by word. */
function deskVersions(desk) {
  const cells = ct("div", {
    class: "ct-vers",
    role: "listbox",
    "aria-label": "Versions: choose one to compare with the newest",
  });
  const said = ct("span", { class: "sub" }),
    changes = ct("dl", { class: "ct-facts ct-diff" });
  const back = ct("button", { type: "button", class: "ct-link end", onclick: () => desk.bringBack(chosen) });
  let chosen = 0;
  ctRoving(cells, ".ct-ver");
  const compare = async (version) => {
    chosen = version;
    draw();
    const answer = version ? await desk.act("compare", { old: version, new: desk.state.version }, "words") : null;
    ctFill(
      changes,
      answer
        ? answer.parts.map(([part, runs]) => [
            ct("dt", {}, part),
            ct(
              "dd",
              {},
              runs.map(([kind, text]) => [ct({ added: "ins", removed: "del" }[kind] ?? "span", {}, text), " "]),
            ),
          ])
        : "",
    );
    said.textContent = answer ? answer.said : "";
  };
  function draw() {
    const versions = desk.state.versions;
    ctFill(
      cells,
      versions.map((each) => {
        const newest = each.version === desk.state.version;
        return ct(
          "button",
          {
            type: "button",
            role: "option",
            tabindex: "-1",
            class: `ct-ver${newest ? " b" : each.version === chosen ? " a" : ""}`,
            "data-key": `version/${each.version}`,
            "aria-selected": String(newest || each.version === chosen),
            disabled: false,
            onclick: () => {
              if (!newest) compare(each.version);
            },
          },
          ct(
            "span",
            {},
            ct("b", { class: "mono" }, `v${each.version}`),
            " ",
            ct("span", { class: "tiny" }, each.initials),
          ),
          ct("span", { class: "tiny" }, ctDay(each.at_us)),
          ct("span", { class: "tiny" }, each.said),
        );
      }),
    );
    back.textContent = `bring back v${chosen}`;
    back.hidden = !chosen || chosen === desk.state.version;
  }
  return {
    element: ct(
      "div",
      { class: "ct-sect" },
      ct("div", { class: "ct-lab" }, ct("h3", {}, "Versions")),
      cells,
      ct("div", { class: "ct-lab ct-compared" }, said, back),
      changes,
    ),
    draw() {
      const others = desk.state.versions.filter((each) => each.version !== desk.state.version);
      if (!others.some((each) => each.version === chosen)) compare(others.at(-1)?.version ?? 0);
      else compare(chosen);
    },
  };
}
