// What every gate lets through, unit by unit, over the words: one strip a gate, one axis and one clock for all.
let content = null;
let clock = null;
let now = null;
const place = make("div");
const thinned = make("p", "seqdemo-fewer");

const picture = (width) => {
  const narrow = width < 640;
  const sizes = { narrow, side: narrow ? 0 : 184, plane: 168 };
  const axis = makeAxis(content.words, narrow ? 2 : sizes.side + 8, narrow ? width - 2 : width - sizes.plane - 16);
  const [strip, title] = [STRIP + (narrow ? 26 : 14), narrow ? 46 : 26];
  const height = axis.height + sum(content.models.map((model) => title + model.gates.length * strip));
  const sheet = makeSheet(width, height, fill(content.strings.label, { words: content.words.length, models: content.models.map((one) => one.name).join(", ") }));
  const names = axis.name(sheet, axis.height);
  const [shows, strips] = [[], []];
  let top = axis.height;
  for (const model of content.models) {
    drawn(sheet, "rect", { x: 0, y: top + 4, width: 4, height: title - 26 + model.gates.length * strip + 8, rx: 2, fill: shade(model.color) });
    write(sheet, model.name, 12, top + 17, { size: 14, weight: 700 });
    top += title;
    for (const gate of model.gates) {
      shows.push(drawStrip(sheet, axis, top, gate, sizes));
      strips.push({ model, gate, top });
      top += strip;
    }
  }
  const frame = drawn(sheet, "rect", { y: axis.height, height: height - axis.height, fill: "none", stroke: shade(colors.ink), "stroke-width": 1.5, rx: 3 });
  const point = (step) => {
    changed(frame, { x: axis.edges[step], width: axis.edges[step + 1] - axis.edges[step] });
    names.forEach((name, index) => name && changed(name, { "font-weight": index === step ? 700 : 400 }));
    shows.forEach((show) => show(step));
  };
  return { sheet, axis, point, strips };
};

const drawLight = () => {
  now = picture(view.clientWidth);
  place.replaceChildren(now.sheet);
  followPointer(now.sheet, now.axis, clock);
  thinned.textContent = content.strings.fewer;
  thinned.hidden = now.axis.every === 1;
  askStrips(now);
  now.point(atMost(clock.step, content.words));
};

const draw = () => {
  if (!content || !hasRoom()) return;
  zoomed.arrange(place, chartPlace, drawLight, drawCharts, content.strings);
};

const kept = () => ({
  name: "seqdemo-gates",
  title: content.question.text,
  sources: content.provenance.sources,
  caption: () => content.strings.table,
  selection: () => ({ step: String(clock.kept + 1) }),
  charts: () => (zoomed.on ? chartSheets(columnFigures) : null),
  pictures: (width) => {
    const made = picture(width);
    made.point(atMost(clock.kept, content.words));
    return [made.sheet];
  },
  sum: (row, step) => {
    const { model, gate, unit } = tableRows()[row];
    return sumOfGate(model, gate, step, unit);
  },
  parts: () => {
    const rows = tableRows();
    const places = rows.map((_, place) => place);
    const ofGate = (gate) => places.filter((place) => rows[place].gate === gate);
    const gates = content.models.flatMap((model) => model.gates.map((gate) => [`${model.name}, ${shortName(gate)}`, ofGate(gate)]));
    return [[content.strings.allGates, places.filter((place) => rows[place].unit === null)], ...gates];
  },
  table: () => [
    [content.strings.unit, ...content.words.map((word, step) => step + 1 + " " + word)],
    ...tableRows().map(({ model, gate, unit }) => [
      `${model.name}, ${shortName(gate)}, ${unit === null ? content.strings.meanOver : unit + 1}`,
      ...content.words.map((_, step) => (unit === null ? gate.means[step] : gate.values[step][unit]).toFixed(4)),
    ]),
  ],
});

const shortName = (gate) => gate.name.split(/:\s*|：/)[0];

// A row of the table for each row of pixels, in their order; above those of a gate its mean (unit: null).
const tableRows = () =>
  content.models.flatMap((model) => model.gates.flatMap((gate) => [null, ...gate.order].map((unit) => ({ model, gate, unit }))));

const unpackGate = (gate) => {
  const values = unpackRows(gate.values);
  return { ...gate, values, means: values.map((row) => sum(Array.from(row)) / row.length) };
};

const update = () => {
  content = readPayload();
  view.replaceChildren();
  now = null;
  if (!content) return;
  content.models = content.models.map((model) => ({ ...model, gates: model.gates.map(unpackGate) }));
  clock = clockOf("classify");
  zoomed.begin(content.strings);
  view.append(zoomed.bar, place, thinned, chartPlace, makeFolds(kept(), content.provenance, content.strings));
  clock.join(element, (step) => {
    if (!now || step >= content.words.length) return;
    now.point(step);
    pointCharts();
  });
  clock.open(content.text, content.words.length, readPlace(takeLink("step", content.question).get("step"), content.words.length));
  draw();
};

whenRoomChanges(draw);
watch("value", update);
update();
