// The path of every model's state at a size to read: one plane a model, all at the same word.
let content = null;
let clock = null;
let now = null;
const place = make("div");
const TITLE = 26; // pixels above a plane
const FOOT = 50; // and below it

const picture = (width) => {
  const across = Math.max(1, Math.min(content.models.length, Math.floor((width + 24) / 360)));
  const size = (width - 24 * (across - 1)) / across;
  const tall = Math.min(260, 0.68 * size);
  const height = Math.ceil(content.models.length / across) * (TITLE + tall + FOOT);
  const sheet = makeSheet(width, height, fill(content.strings.label, { words: content.words.length, models: content.models.map((one) => one.name).join(", ") }));
  const planes = content.models.map((model, number) => {
    const box = { x: (number % across) * (size + 24) + 1, y: Math.floor(number / across) * (TITLE + tall + FOOT) + TITLE, width: size - 2, height: tall };
    drawn(sheet, "rect", { x: box.x, y: box.y - 20, width: 4, height: 14, rx: 2, fill: shade(model.color) });
    write(sheet, model.name, box.x + 12, box.y - 8, { size: 14, weight: 600 });
    const [first, second] = model.plane.explained.map((share) => (100 * share).toFixed(1));
    const below = (line, text) => write(sheet, fitted(text, size, 12), box.x, box.y + tall + 16 * line, { size: 12, color: colors.faint });
    below(1, fill(content.strings.axes, { first, second }));
    below(2, fill(content.strings.goesWith, { label: content.labels[model.plane.focus], correlation: model.plane.correlation.toFixed(2).replace("-", "−") }));
    return drawPlane(sheet, box, model, content);
  });
  return { sheet, planes, point: (step) => planes.forEach((plane) => plane.point(step)) };
};

// The dot nearest to the pointer, if it is near: [step] or null.
const stepNear = (event) => {
  const box = now.sheet.getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  let best = [18, null];
  for (const plane of now.planes) {
    plane.places.forEach(([one, other], step) => {
      const away = Math.hypot(one - x, other - y);
      if (away < best[0]) best = [away, step];
    });
  }
  return best[1];
};

const drawLight = () => {
  now = picture(view.clientWidth);
  place.replaceChildren(now.sheet);
  now.point(atMost(clock.step, content.words));
  now.sheet.addEventListener("pointermove", (event) => event.pointerType !== "touch" && clock.peek(stepNear(event)));
  now.sheet.addEventListener("pointerleave", () => clock.peek(null));
  now.sheet.addEventListener("click", (event) => {
    const step = stepNear(event);
    if (step === null) return;
    clock.pause();
    clock.set(step);
  });
};

const draw = () => {
  if (!content || !hasRoom()) return;
  zoomed.arrange(place, chartPlace, drawLight, drawCharts, content.strings);
};

const kept = () => ({
  name: "seqdemo-planes",
  title: content.question.text,
  sources: content.provenance.sources,
  caption: () => content.strings.table,
  selection: () => ({ step: String(clock.kept + 1) }),
  charts: () => (zoomed.on ? chartSheets(() => content.models.map((model, number) => [charts[number], pointedFigure(model, number)])) : null),
  pictures: (width) => {
    const made = picture(width);
    made.point(atMost(clock.kept, content.words));
    return [made.sheet];
  },
  table: () => [
    [content.strings.word, ...content.models.flatMap((model) => [1, 2].map((axis) => `${model.name}, PC ${axis}`))],
    ...content.words.map((word, step) => [step + 1 + " " + word, ...content.models.flatMap((model) => Array.from(model.plane.points[step], (value) => value.toFixed(3)))]),
  ],
});

const update = () => {
  content = readPayload();
  view.replaceChildren();
  now = null;
  if (!content) return;
  content.models = content.models.map((model) => ({ ...model, plane: unpackPlane(model.plane), focusTrack: unpack(model.focusTrack) }));
  clock = clockOf("classify");
  zoomed.begin(content.strings, chooseAxes());
  view.append(zoomed.bar, place, chartPlace, makeFolds(kept(), content.provenance, content.strings));
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
