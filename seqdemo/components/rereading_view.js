// Change a word, a unit or a row of attention of the classifiers, and see what becomes of each class.
const shareRows = () =>
  content.models.filter((one) => one.after).map((model) => ({
    model,
    cells: content.labels.map((_, label) => [model.before[label], model.after[label], model.after[label] - model.before[label]]),
    verdicts: [model.before, model.after].map((shares) => content.labels[shares.indexOf(Math.max(...shares))]),
  }));

const points = (share) => (share >= 0.0005 ? "+" : share <= -0.0005 ? "−" : "±") + Math.abs(100 * share).toFixed(1);

const outcomeTable = (digits = null) => [
  [content.strings.model, content.strings.verdict, ...content.labels.map((label) => fill(content.strings.ofClass, { label }))],
  ...shareRows().map(({ model, cells, verdicts }) => [
    model.name,
    verdicts[0] === verdicts[1] ? verdicts[0] : verdicts.join(" → "),
    ...cells.map(([before, after, change]) => (digits === null ? `${percent(before)} → ${percent(after)} (${points(change)})` : [before, after, change].map((one) => one.toFixed(digits)).join(" "))),
  ]),
];

const kept = () => ({
  name: "seqdemo-changes",
  title: content.title,
  sources: content.provenance.sources,
  caption: () => content.strings.caption,
  selection: () => ({ reedits: content.line }),
  pictures: (width) => {
    const rows = outcomeTable();
    const lines = [...(content.newText ? [content.newText] : []), ...content.items.map((one) => "· " + one.words)];
    const sheet = makeSheet(width, 22 * (rows.length + lines.length) + 8, content.strings.caption);
    lines.forEach((text, number) => write(sheet, fitted(text, width, 14), 0, 18 + 22 * number, { size: 14 }));
    rows.forEach((row, number) => row.forEach((text, column) =>
      write(sheet, fitted(text, width / row.length - 8, 13), (column * width) / row.length, 18 + 22 * (lines.length + number), { size: 13, weight: number ? 400 : 600 })
    ));
    return [sheet];
  },
  table: () => outcomeTable(4),
});

const say = () =>
  content.problem ||
  shareRows().map(({ model, cells, verdicts }) =>
    fill(content.strings.reads, { model: model.name, before: verdicts[0], after: verdicts[1], label: content.labels[content.focus], change: points(cells[content.focus][2]) })
  ).join(" ");

// A hidden unit, held at a value after every word.
const held = { unit: 1, value: 0 };
const hasUnits = (model) => model.units > 0;
const buildUnits = () => {
  const model = modelNow(hasUnits);
  held.unit = Math.min(held.unit, model.units);
  const line = make("form", "seqdemo-row seqdemo-form");
  const number = (name, text, low, high, step) => {
    const label = make("label", "seqdemo-row", text);
    const box = keyed(make("input", "seqdemo-number"), "held " + name);
    Object.assign(box, { type: "number", min: low, max: high, step, value: held[name], required: true });
    box.setAttribute("aria-label", text);
    box.addEventListener("change", () => (held[name] = Number(box.value)));
    label.append(box);
    return label;
  };
  line.addEventListener("submit", (event) => {
    event.preventDefault();
    const start = `unit:${model.key}.${held.unit},`;
    addChange(start + Number(held.value.toFixed(3)), (old) => old.startsWith(start));
  });
  line.append(
    number("unit", fill(content.strings.unit, { units: model.units }), 1, model.units, 1), number("value", content.strings.value, -1, 1, "any"),
    keyed(make("button", "seqdemo-small", content.strings.hold), "hold")
  );
  return [...makeModelChoice(hasUnits), line, make("p", "seqdemo-caption", content.strings.aboutUnits)];
};

const buildTools = () => {
  const list = [{ key: "words", name: content.strings.wordTool, build: makeWordTool(content.sourceWords, true) }];
  if (content.models.some(hasUnits)) list.push({ key: "units", name: content.strings.unitTool, build: buildUnits });
  if (content.models.some(hasHeads)) list.push({ key: "heads", name: content.strings.heads, build: buildHeads });
  if (content.models.some(hasRows)) list.push({ key: "row", name: content.strings.rowTool, build: buildRow });
  return makeTools(list);
};

const makeOutcomes = () => [
  ...(content.newText ? [make("p", "seqdemo-outcome", content.newText)] : []),
  makeTable(outcomeTable(), content.strings.caption),
];

const draw = () => {
  const reread = shareRows().length > 0;
  drawPanel(content.strings.about, reread ? makeOutcomes() : [], reread);
};

const update = () => updatePanel("classify", "reedits", () => {
  content.strings.aboutHide = content.strings.aboutHidden; // a classifier reads <unk> where a word is hidden
  content.strings.showChanged = content.strings.showReread;
  clock.holdUnit = (key, unit, value) => { // another panel found a unit worth holding
    const start = `unit:${key}.${unit},`;
    addChange(start + value, (old) => old.startsWith(start));
    view.scrollIntoView({ block: "nearest" });
  };
});

watch("value", update);
update();
