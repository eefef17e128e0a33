// Change a word, a unit or a row of attention of the classifiers, and see what becomes of each class.
const shareRows = () =>
  content.models.filter((one) => one.reread).map((model) => ({
    model,
    cells: content.labels.map((_, label) => [model.before[label], model.reread.after[label], model.reread.after[label] - model.before[label]]),
    logs: content.labels.map((_, label) => model.reread.logs.map((row) => row[label])).map(([before, after]) => [before, after, after - before]),
    verdicts: [model.before, model.reread.after].map((shares) => content.labels[shares.indexOf(Math.max(...shares))]),
  }));

const points = (share) => (share >= 0.0005 ? "+" : share <= -0.0005 ? "−" : "±") + Math.abs(100 * share).toFixed(1);

const outcomeTable = () => [
  [content.strings.model, content.strings.verdict, ...content.labels.map((label) => fill(content.strings.ofClass, { label })), fill(content.strings.logOf, { label: content.labels[content.focus] })],
  ...shareRows().map(({ model, cells, logs, verdicts }) => [
    model.name,
    verdicts[0] === verdicts[1] ? verdicts[0] : verdicts.join(" → "),
    ...cells.map(([before, after, change]) => `${percent(before)} → ${percent(after)} (${points(change)})`),
    logs.slice(content.focus, content.focus + 1).map(([before, after, change]) => `${nats(before)} → ${nats(after)} (${signed(change)})`)[0],
  ]),
];

// Every number: of each class after the last word, and of the class in focus after each word.
const wholeTable = () => {
  const { strings, labels, focus } = content;
  const [before, after, change] = [strings.asItWas, strings.withChanges, strings.change];
  const six = (number) => (number === null ? "" : number.toFixed(6));
  return [
    [strings.model, strings.ofWhich, strings.word, strings.wordNow, before, after, change, ...[before, after, change].map((name) => `${strings.logarithm}, ${name}`), ...[before, after].map((name) => `${strings.verdict}, ${name}`)],
    ...shareRows().flatMap(({ model, cells, logs, verdicts }) => [
      ...labels.map((label, number) => [model.name, label, strings.wholeText, strings.wholeText, ...cells[number].map(six), ...logs[number].map(six), ...verdicts]),
      ...comparedPlaces(model).map(({ old, now, words, before, after }) => {
        const read = words.at(-1).text;
        const shares = [before, after].map((one) => (one === null ? null : one.share));
        return [
          model.name, labels[focus], old === null ? "–" : `${old + 1} ${content.words[old]}`, now === null ? "–" : `${now + 1} ${read}`,
          ...shares.map(six), six(shares.includes(null) ? null : shares[1] - shares[0]), "", "", "", ...[before, after].map((one) => (one === null ? "" : labels[one.verdict])),
        ];
      }),
    ]),
  ];
};

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
    return [sheet, ...shareRows().map(({ model }) => drawCompared(model, width).sheet)];
  },
  table: wholeTable,
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

// The two texts, where they differ, with what differs marked.
const makeTexts = ({ reread }) => {
  if (!content.newText) return [];
  const differ = reread.places.filter(([old, now]) => old === null || now === null || content.words[old] !== reread.words[now]);
  const of = (column) => new Set(differ.map((pair) => pair[column]).filter((place) => place !== null));
  const sides = make("div", "seqdemo-sides");
  const side = (title, text) => {
    const box = make("div", "seqdemo-side");
    box.append(make("p", "seqdemo-caption", title), text);
    sides.append(box);
  };
  side(content.strings.original, makeMarked(content.title, content.words, of(0), "seqdemo-gone"));
  side(content.strings.changed, makeMarked(content.newText, reread.words, of(1), "seqdemo-fresh"));
  return [sides];
};

let compared = []; // the drawings of what is read after each word, before and after
const makeOutcomes = (models) => {
  const label = content.labels[content.focus];
  const parts = models.map((model) => {
    const part = make("section", "seqdemo-beside");
    const made = drawCompared(model, view.clientWidth);
    followWords(made, clock);
    compared.push(made);
    if (content.models.length > 1) part.append(make("h3", "seqdemo-heading", model.name));
    part.append(made.sheet);
    return part;
  });
  const caption = make("p", "seqdemo-caption", `${fill(content.strings.wordByWord, { label })} ${content.strings.turnedMark}`);
  return [...makeTexts(models[0]), makeTable(outcomeTable(), content.strings.caption), caption, ...parts];
};

const draw = () => {
  if (!content || !hasRoom()) return;
  compared = [];
  const models = content.models.filter((one) => one.reread);
  drawPanel(content.strings.about, models.length ? makeOutcomes(models) : [], models.length > 0);
  point(clock.step);
};
const point = (step) => compared.forEach((one) => one.point(step));

const update = () => updatePanel("classify", "reedits", () => {
  for (const { reread } of content.models) if (reread) reread.shares = reread.shares.map(unpack);
  clock.join(element, (step) => content && point(step));
  content.strings.aboutHide = content.strings.aboutHidden; // a classifier reads <unk> where a word is hidden
  content.strings.showChanged = content.strings.showReread;
  clock.holdUnit = (key, unit, value) => { // another panel found a unit worth holding
    const start = `unit:${key}.${unit},`;
    addChange(start + value, (old) => old.startsWith(start));
    view.scrollIntoView({ block: "nearest" });
  };
});

whenRoomChanges(() => content && keepFocus(draw));
watch("value", update);
update();
