// A training under way: a bar, a sentence, two small curves that grow, and the test part when it is over.
let content = null;
const [LEFT, TOP, FOOT, TALL] = [50, 12, 40, 150];
const said = make("p", "seqdemo-status");
const bar = make("progress");
const aloud = make("span", "seqdemo-told"); // read out when the stage changes, not at each step
aloud.setAttribute("role", "status");
aloud.style.cssText = "position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)";
const curves = make("div", "seqdemo-curves");
const end = make("div");
const below = make("div");
let stage = null;
let asked = null; // the settings and language that the folds below are made for

// One curve over the steps. lines: [{name, color, dash, points: [[step, value], ...]}]; high: the top, or null.
const curve = (width, title, lines, high) => {
  const wide = Math.max(220, width);
  const sheet = makeSheet(wide, TOP + TALL + FOOT + 20, title);
  const points = lines.flatMap((line) => line.points);
  const across = numberAxis([0, Math.max(1, content.steps)], { low: 0, count: 4 });
  const up = numberAxis([...points.map(([, value]) => value), high ?? 0, 0.1], { low: 0, count: 4 });
  const [x, y] = [(step) => LEFT + across.at(step) * (wide - LEFT - 12), (value) => TOP + TALL * (1 - up.at(value))];
  for (const tick of up.ticks) {
    drawn(sheet, "line", { x1: LEFT, x2: wide - 12, y1: y(tick), y2: y(tick), stroke: shade(colors.grid) });
    write(sheet, String(tick), LEFT - 6, y(tick) + 4, { size: 12, anchor: "end", color: colors.faint });
  }
  for (const tick of across.ticks) write(sheet, String(tick), x(tick), TOP + TALL + 16, { size: 12, anchor: "middle", color: colors.faint });
  write(sheet, content.strings.step, (LEFT + wide - 12) / 2, TOP + TALL + 34, { size: 12, anchor: "middle" });
  let at = LEFT;
  for (const line of lines) {
    const places = line.points.map(([step, value]) => [x(step), y(value)]);
    drawn(sheet, "path", { d: lineThrough(places), fill: "none", stroke: shade(line.color), "stroke-width": 2, "stroke-dasharray": line.dash });
    if (line.dots) drawn(sheet, "path", { d: dotsAt(places), stroke: shade(line.color), "stroke-width": 6, "stroke-linecap": "round" });
    drawn(sheet, "line", { x1: at, x2: at + 22, y1: TOP + TALL + 48, y2: TOP + TALL + 48, stroke: shade(line.color), "stroke-width": 2, "stroke-dasharray": line.dash });
    write(sheet, line.name, at + 28, TOP + TALL + 52, { size: 12 });
    at += measure(line.name, 12) + 48;
  }
  return sheet;
};

// The two drawings: [title, lines, top of the axis or null].
const parts = () => {
  const { strings } = content;
  return [
    [strings.loss, [
      { name: strings.batch, color: "#0066a8", dash: "", points: content.losses },
      { name: strings.devLoss, color: "#c04a00", dash: "7 4", points: content.devLoss, dots: true },
    ], null],
    [content.devTitle, [{ name: content.devTitle, color: "#007a5a", dash: "", points: content.dev, dots: true }], 1],
  ];
};

const began = () => content.stage !== "idle" && content.steps > 0;

const draw = () => {
  if (!content || !hasRoom()) return;
  curves.replaceChildren();
  if (!began()) return;
  const width = view.clientWidth >= 700 ? (view.clientWidth - 24) / 2 : view.clientWidth;
  for (const [title, lines, high] of parts()) {
    const place = make("div");
    place.append(make("h4", "seqdemo-heading", title), curve(width, title, lines, high));
    curves.append(place);
  }
};

const finish = () => {
  end.replaceChildren();
  const row = make("div", "seqdemo-row");
  row.append(makeLinkButton(content.question, { kept: 0, looks: () => ({ step: "" }) }, content.strings));
  if (content.test) {
    end.append(make("p", "seqdemo-status seqdemo-test", content.test.words));
    if (content.test.table) end.append(makeFold(content.strings.confusion, () => makeTable(content.test.table, content.strings.confusion)));
  }
  end.append(row);
};

// One row a step that has a point in a curve; where a curve has none there, a dash.
const kept = () => ({
  name: "seqdemo-training",
  title: content.title,
  sources: [],
  made: content.provenance.rows,
  caption: () => content.title,
  selection: () => ({}),
  pictures: (width) => parts().map(([title, lines, high]) => curve(width, title, lines, high)),
  table: () => {
    const lines = parts().flatMap(([, some]) => some);
    const steps = [...new Set(lines.flatMap((line) => line.points.map(([step]) => step)))].sort((one, other) => one - other);
    const at = (line, step) => (line.points.find(([one]) => one === step) || [])[1];
    const names = [`${content.strings.loss}, ${content.strings.batch}`, `${content.strings.loss}, ${content.strings.devLoss}`, content.devTitle];
    return [[content.strings.step, ...names], ...steps.map((step) => [step, ...lines.map((line) => at(line, step)?.toFixed(4) ?? "–")])];
  },
});

// The folds stay as they are while a training goes on: what is open stays open.
const keep = () => {
  const now = began() ? JSON.stringify([content.question, content.title]) : null;
  if (now === asked) return;
  asked = now;
  below.replaceChildren(...(now === null ? [] : [makeFolds(kept(), content.provenance, content.strings)]));
};

const update = () => {
  content = readPayload();
  if (!content) return view.replaceChildren();
  if (!said.isConnected) view.replaceChildren(said, bar, aloud, curves, end, below);
  said.textContent = content.status;
  said.classList.toggle("failed", content.stage === "failed");
  bar.hidden = content.stage === "idle" || content.stage === "failed";
  bar.setAttribute("aria-label", content.strings.progress);
  if (content.stage === "waiting" || content.stage === "starting") bar.removeAttribute("value");
  else [bar.max, bar.value] = [1, content.stage === "done" ? 1 : content.share];
  if (stage !== content.stage) aloud.textContent = content.status;
  stage = content.stage;
  draw();
  finish();
  keep();
};

whenRoomChanges(draw);
watch("value", update);
update();
