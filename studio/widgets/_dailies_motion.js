// Measured motion: the four axes over time, the asked path pale behind, hatched where the picture gives no answer.

const DAILIES_AXES = [
  ["pan", "5 3", "var(--ct-ink-2)", 1.2],
  ["tilt", "1.5 2.5", "var(--ct-ink-3)", 1.4],
  ["zoom", null, "var(--ct-ink)", 1.8],
  ["roll", "7 2 1.5 2", "var(--ct-ink-3)", 1.2],
];

/** A plot as { svg, at(seconds) }, which moves its line. */
function dailiesMotion(measured) {
  const [left, right, top, foot] = [26, 210, 8, 92];
  const { times, rates, asked, seconds } = measured;
  const value = (row, axis) => (Number.isFinite(row?.[axis]) ? row[axis] : null);
  const all = [...rates, ...(asked ?? [])].flatMap((row) => DAILIES_AXES.map((_, axis) => value(row, axis) ?? 0));
  const [step, low, high] = dailiesScale(Math.min(...all, -2), Math.max(...all, 6));
  const x = (at) => left + (Math.min(seconds, Math.max(0, at)) / (seconds || 1)) * (right - left);
  const y = (rate) => foot - ((rate - low) / (high - low)) * (foot - top);
  const line = (rows, axis) => {
    let pen = "M";
    return rows
      .map((row, index) => {
        const rate = value(row, axis);
        if (rate === null) {
          pen = "M";
          return "";
        }
        const drawn = `${pen}${x(times[index]).toFixed(1)} ${y(rate).toFixed(1)}`;
        pen = "L";
        return drawn;
      })
      .join("");
  };
  const ticks = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high + step / 100; tick += step) ticks.push(Math.round(tick));
  const every = Math.max(1, Math.ceil(seconds / 6));
  const clock = [];
  for (let second = 0; second <= seconds + 0.01; second += every) clock.push(second);
  const gaps = dailiesGaps(times, rates, seconds);
  const head = ct("path", { class: "ct-playhead", stroke: "var(--ct-ink)", "stroke-dasharray": "1 2" });
  const svg = ct(
    "svg",
    { class: "ct-plot", viewBox: "0 0 266 112", role: "img", "aria-label": dailiesMotionSaid(measured, gaps) },
    ticks.map((tick) => [
      ct("path", { d: `M${left} ${y(tick)}H${right}`, stroke: "var(--ct-rule)" }),
      ct("text", { class: "m", x: left - 5, y: y(tick) + 3.5, "text-anchor": "end" }, String(tick)),
    ]),
    clock.map((second, index) =>
      ct(
        "text",
        { class: "m", x: x(second), y: 108, "text-anchor": "middle" },
        index === clock.length - 1 ? `${second}s` : String(second),
      ),
    ),
    gaps.map(([from, to]) => dailiesHatch(x(from), x(to), top, foot)),
    (asked ? DAILIES_AXES : []).map(([name], axis) =>
      asked.some((row) => Math.abs(value(row, axis) ?? 0) > 0.5)
        ? ct("path", {
            class: "ct-askedpath",
            "data-axis": name,
            d: line(asked, axis),
            fill: "none",
            stroke: "var(--ct-wire)",
            "stroke-width": "5",
          })
        : null,
    ),
    DAILIES_AXES.map(([name, dashes, stroke, width], axis) =>
      ct("path", {
        class: "ct-axis",
        "data-axis": name,
        d: line(rates, axis),
        fill: "none",
        stroke,
        "stroke-width": width,
        "stroke-dasharray": dashes,
      }),
    ),
    dailiesAxisNames(rates, value, y, right, top, foot),
    head,
  );
  const at = (second) => head.setAttribute("d", `M${x(second).toFixed(1)} ${top - 2}V${foot + 2}`);
  at(0);
  return { svg, at };
}

/** Steps of 1, 2 or 5 tens, at most four of them. */
function dailiesScale(low, high) {
  const rough = (high - low) / 4,
    ten = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(
    1,
    [1, 2, 5, 10].map((times) => times * ten).find((each) => each >= rough),
  );
  return [step, low, high];
}

/** Where no axis could be read: [from, to] in seconds. */
function dailiesGaps(times, rates, seconds) {
  const gaps = [];
  rates.forEach((row, index) => {
    if (row?.some?.((rate) => Number.isFinite(rate))) return;
    const from = index ? (times[index - 1] + times[index]) / 2 : 0;
    const to = index + 1 < times.length ? (times[index] + times[index + 1]) / 2 : seconds;
    const last = gaps.at(-1);
    if (last && last[1] >= from - 1e-6) last[1] = to;
    else gaps.push([from, to]);
  });
  return gaps;
}

function dailiesHatch(x0, x1, y0, y1) {
  const lines = [],
    height = y1 - y0;
  for (let x = x0 - height + 5; x < x1; x += 5) {
    const from = Math.max(x, x0),
      to = Math.min(x + height, x1);
    lines.push(`M${from.toFixed(1)} ${(y1 - (from - x)).toFixed(1)}L${to.toFixed(1)} ${(y1 - (to - x)).toFixed(1)}`);
  }
  return ct(
    "g",
    { class: "ct-gap" },
    ct("rect", { x: x0, y: y0, width: Math.max(0, x1 - x0), height, fill: "var(--ct-well)" }),
    ct("path", { d: lines.join(""), stroke: "var(--ct-edge)", fill: "none", "stroke-width": ".8" }),
  );
}

/** The name of each line at its end, with a piece of it; names that would touch are moved apart. */
function dailiesAxisNames(rates, value, y, right, top, foot) {
  const ends = DAILIES_AXES.map(([name, dashes, stroke, width], axis) => {
    const last = rates.findLast((row) => value(row, axis) !== null);
    return last ? { name, dashes, stroke, width, y: y(value(last, axis)) } : null;
  })
    .filter(Boolean)
    .sort((one, other) => one.y - other.y);
  ends.forEach((end, index) => (end.y = Math.max(end.y, index ? ends[index - 1].y + 11 : top + 4)));
  for (let index = ends.length - 1; index >= 0; index--)
    ends[index].y = Math.min(ends[index].y, index + 1 < ends.length ? ends[index + 1].y - 11 : foot + 4);
  return ends.map((end) => [
    ct("path", {
      d: `M${right + 5} ${end.y}h14`,
      stroke: end.stroke,
      "stroke-width": end.width,
      "stroke-dasharray": end.dashes,
    }),
    ct(
      "text",
      { x: right + 23, y: end.y + 3.5, class: end.name === "zoom" ? "strong" : null },
      end.name === "roll" ? "roll °" : end.name,
    ),
  ]);
}

/** The plot in words. */
function dailiesMotionSaid(measured, gaps) {
  const { rates, seconds } = measured;
  const most = DAILIES_AXES.map(([name], axis) => [
    name,
    rates.reduce((far, row) => (Math.abs(row?.[axis] ?? 0) > Math.abs(far) ? row[axis] : far), 0),
  ]);
  const round = (rate) => Math.abs(rate).toFixed(Math.abs(rate) < 10 ? 1 : 0);
  const unit = (name) => (name === "roll" ? "degrees a second" : "percent a second");
  const moves = most
    .filter(([, rate]) => Math.abs(rate) >= 2)
    .sort(([, one], [, other]) => Math.abs(other) - Math.abs(one))
    .map(([name, rate]) => `${name} reaches ${rate < 0 ? "minus " : ""}${round(rate)} ${unit(name)}`);
  const still = most.filter(([, rate]) => Math.abs(rate) < 2).map(([name]) => name);
  if (still.length) moves.push(`${still.join(", ")} ${still.length > 1 ? "stay" : "stays"} under 2`);
  const unread = gaps.map(([from, to]) => `cannot be read from ${from.toFixed(1)} to ${to.toFixed(1)} s`);
  return `Measured motion over ${seconds.toFixed(1)} seconds: ${[...moves, ...unread].join("; ")}`;
}

/** The plot with its words, or why there is none. */
function dailiesMeasured(measured, row, motion) {
  const [mark, looks, word] = DAILIES_OBEYED[measured ? measured.obeyed : row.camera.obeyed] ?? [];
  const { asked, got, line } = row.camera;
  const words = asked ? `asked ${asked}${got ? `, got ${got}` : ""}` : got;
  const by = measured && measured.by && measured.by !== "studio" ? `, says ${measured.by}` : "";
  return [
    ct(
      "div",
      { class: "ct-lab" },
      ct("h3", {}, "Measured motion"),
      ct("span", { class: "end tiny" }, measured ? "% of the frame a second" : "not measured"),
    ),
    motion?.svg,
    ct(
      "p",
      { class: "sub" },
      measured?.sentence || [words, line].filter(Boolean).join(" · ") || "no camera was asked for",
      " ",
      mark ? ct("b", { class: looks }, mark, mark === "✓" && looks === "ct-good" ? "" : ` ${word}`) : null,
      by,
    ),
    measured && measured.segments.length > 1
      ? ct(
          "p",
          { class: "tiny" },
          measured.segments
            .map(([move, from, to]) => `${move.replaceAll("_", " ")} ${from.toFixed(1)}–${to.toFixed(1)} s`)
            .join(", "),
        )
      : null,
  ];
}
