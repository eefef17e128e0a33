// All models read the same words at the same time: one axis, one clock, a row a model.
let content = null;
let clock = null;
let scrub = null;
const place = make("div", "seqdemo-place-of-sheet");
const thinned = make("p", "seqdemo-fewer");

const unpackModel = (model) => ({
  ...model,
  track: unpackRows(model.track).map((row) => Array.from(row)),
  plane: model.plane && unpackPlane(model.plane),
});

// What all models think after a step, in one sentence: for the slider, and for who cannot see the drawing.
const describe = (step) =>
  fill(content.strings.place, { step: step + 1, steps: content.words.length, word: content.words[step] }) + ". " +
  content.models.map((model) => {
    const shares = model.track[step];
    const winner = shares.indexOf(Math.max(...shares));
    return fill(content.strings.says, { model: model.name, label: content.labels[winner], share: percent(shares[winner]) });
  }).join(" ");

const sumOfClass = (model, step, label) => ({
  what: fill(content.strings.whatClass, { model: model.name, label: content.labels[label], word: visible(content.words[step]) }),
  shown: model.track[step][label],
  asked: { checkpoint: model.checkpoint, sort: "class", text: content.question.text, step, label },
});

const picture = (width) => {
  const narrow = width < 640;
  const sizes = { narrow, side: narrow ? width : 184, plane: 168 };
  const axis = makeAxis(content.words, narrow ? 2 : sizes.side + 8, narrow ? width - 2 : width - sizes.plane - 16);
  const row = ROW + (narrow ? 72 : 0);
  const height = axis.height + content.models.length * row;
  const sheet = makeSheet(width, height, fill(content.strings.label, { words: content.words.length, models: content.models.map((one) => one.name).join(", ") }));
  const ladder = makeLadder(content.labels.length === 2 ? content.scale : content.shades);
  const column = drawn(sheet, "rect", { y: 0, height, fill: shade(colors.ink), "fill-opacity": 0.09, rx: 3 });
  const names = axis.name(sheet, axis.height);
  const rows = content.models.map((model, number) => drawRow(sheet, axis, axis.height + number * row + 8, sizes, model, content, ladder));
  const future = drawn(sheet, "rect", { y: axis.height, height: height - axis.height, fill: shade(colors.paper), "fill-opacity": 0.62, "pointer-events": "none" });
  if (!narrow) write(sheet, content.strings.path, axis.right + 14, axis.height - 8, { size: 11, color: colors.faint });
  const point = (step) => {
    changed(column, { x: axis.edges[step], width: axis.edges[step + 1] - axis.edges[step] });
    changed(future, { x: axis.edges[step + 1], width: Math.max(0, axis.right - axis.edges[step + 1]) });
    names.forEach((name, index) => name && changed(name, { "font-weight": index === step ? 700 : 400, fill: shade(index > step ? colors.faint : colors.ink) }));
    rows.forEach((show) => show(step));
  };
  return { sheet, axis, point };
};

let now = null;
const draw = () => {
  if (!content || !hasRoom()) return;
  now = picture(view.clientWidth);
  place.replaceChildren(now.sheet);
  followPointer(now.sheet, now.axis, clock);
  thinned.textContent = content.strings.fewer;
  thinned.hidden = now.axis.every === 1;
  now.point(atMost(clock.step, content.words));
};

const kept = () => ({
  name: "seqdemo-reading",
  title: content.question.text,
  sources: content.provenance.sources,
  caption: () => fill(content.strings.table, { label: content.labels[content.focus] }),
  selection: () => ({ step: String(clock.kept + 1) }),
  pictures: (width) => {
    const made = picture(width);
    made.point(atMost(clock.kept, content.words));
    return [made.sheet];
  },
  sum: (step, column) => sumOfClass(content.models[column], step, content.focus),
  table: () => [
    [content.strings.word, ...content.models.map((model) => model.name)],
    ...content.words.map((word, step) => [step + 1 + " " + word, ...content.models.map((model) => model.track[step][content.focus].toFixed(4))]),
  ],
});

const update = () => {
  content = readPayload();
  view.replaceChildren();
  now = null;
  if (!content) return;
  content.models = content.models.map(unpackModel);
  clock = clockOf("classify");
  scrub = makeScrubBars(clock, content.strings, describe, (step) => content.words[step]);
  const legend = make("p", "seqdemo-caption", fill(content.strings.legend, { label: content.labels[content.focus] }));
  scrub.bar.append(legend, makeLinkButton(content.question, clock, content.strings));
  view.append(scrub.bar, place, thinned, makeFolds(kept(), content.provenance, content.strings));
  clock.join(element, (step) => {
    if (!content || step >= content.words.length) return;
    scrub.show(step);
    if (now) now.point(step);
  });
  clock.open(content.text, content.words.length, readPlace(takeLink("step", content.question).get("step"), content.words.length));
  draw();
  scrub.show(clock.step);
};

whenRoomChanges(draw);
watch("value", update);
update();
