// The translation in large type, and how it came about: one block a model, all at the same step.
let content = null;
let clock = null;
let scrub = null;
let blocks = [];

const longest = () => Math.max(...content.models.map((model) => model.steps.length));

const describe = (step) =>
  content.models.map((model) => {
    const at = model.steps[Math.min(step, model.steps.length - 1)];
    const list = at.candidates.map(([name, share]) => fill(content.strings.item, { token: visible(name), share: share.toFixed(3) })).join(content.strings.separator);
    return fill(content.strings.says, { model: model.name, step: step + 1, token: visible(at.token), share: at.probability.toFixed(3), list });
  }).join(" ");

// The attention row that is painted: what the attention view has chosen, else the mean of the last layer.
const rowsOf = (model) => {
  const light = clock.spotlight || content.light;
  const mine = light && light.model === model.key && light.text === content.text && light.rows.length === model.steps.length;
  return { rows: mine ? light.rows : model.cross, name: mine ? light.name : model.heads === 1 ? content.strings.onlyHead : content.strings.lastLayer };
};

// The token of this model's source that is pointed at, here or in a map of attention; null for none.
const sourceOf = (model) => model.source.join("\n");
const pointedIn = (model) => (clock.source && clock.source.source === sourceOf(model) ? clock.source.index : null);

const sumOfToken = (model, step, token, share) => ({
  what: fill(content.strings.whatToken, { token: visible(token), step: step + 1 }),
  shown: share,
  asked: { checkpoint: model.checkpoint, sort: "token", text: content.sentence, beam: Number(content.question.beam), step, token },
});

const makeBlock = (model) => {
  const part = make("section", "seqdemo-translated");
  const head = make("div", "seqdemo-head-line");
  if (content.models.length > 1) head.append(make("h3", "seqdemo-heading", model.name));
  const text = make("p", "seqdemo-translation", model.translation);
  text.lang = content.target;
  head.append(text, make("p", "seqdemo-score", model.score));
  const place = make("div");
  const legend = make("p", "seqdemo-caption");
  part.append(head, place, legend);
  const block = { part, model, place, legend, drawn: null };
  block.picture = (width) => {
    const sheet = makeSheet(width, 10, fill(content.strings.label, { model: model.name, steps: model.steps.length }));
    const shown = { ...model, rows: model.cross ? () => rowsOf(model).rows : null, pointed: () => pointedIn(model) };
    const made = drawBlock(sheet, { x: 0, y: 0, width }, shown, content);
    changed(sheet, { height: Math.ceil(made.height), viewBox: `0 0 ${width} ${Math.ceil(made.height)}` });
    return { sheet, ...made };
  };
  return block;
};

const listen = ({ model, drawn: { sheet, stepAt, sourceAt } }) => {
  const under = (find) => (event) => {
    const box = sheet.getBoundingClientRect();
    return find(event.clientX - box.left, event.clientY - box.top);
  };
  const [stepUnder, sourceUnder] = [under(stepAt), under(sourceAt)];
  const pointSource = (event) => {
    const index = sourceUnder(event);
    clock.peekSource(index === null ? null : { source: sourceOf(model), index });
  };
  sheet.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch") return;
    clock.peek(stepUnder(event));
    pointSource(event);
  });
  sheet.addEventListener("pointerleave", () => {
    clock.peek(null);
    clock.peekSource(null);
  });
  sheet.addEventListener("click", (event) => {
    pointSource(event); // a finger does not hover
    const step = stepUnder(event);
    if (step === null) return;
    clock.pause();
    clock.set(step);
  });
};

const aboutLines = (model) => {
  if (!model.cross) return content.strings.noLines;
  const [column, least] = [pointedIn(model), percent(LEAST).replace(".0", "")];
  const told = { map: rowsOf(model).name, least };
  return column === null ? fill(content.strings.lines, told) : fill(content.strings.seenBy, { ...told, token: visible(model.source[column]) });
};

const show = (step) => {
  scrub.show(step);
  for (const block of blocks) {
    if (block.drawn) block.drawn.draw(step);
    block.legend.textContent = [content.strings.sure, aboutLines(block.model), ...(block.drawn && block.drawn.thinned ? [content.strings.fewer] : [])].join(" ");
  }
};

const draw = () => {
  if (!content || !hasRoom()) return;
  for (const block of blocks) {
    block.drawn = block.picture(view.clientWidth);
    block.place.replaceChildren(block.drawn.sheet);
    listen(block);
  }
  show(clock.step);
};

const kept = () => ({
  name: "seqdemo-steps",
  title: content.models.map((model) => model.translation).join("  |  "),
  sources: content.provenance.sources,
  caption: () => content.strings.table,
  selection: () => ({ step: String(clock.kept + 1) }),
  value: () => {
    const light = clock.spotlight && { ...clock.spotlight, rows: clock.spotlight.rows.map((row) => Array.from(row, (one) => Number(one.toFixed(5)))) };
    return JSON.stringify({ ...JSON.parse(props.value), light });
  },
  pictures: (width) =>
    blocks.map((block) => {
      const made = block.picture(width);
      made.draw(clock.kept);
      return made.sheet;
    }),
  sum: (row) => {
    const places = content.models.flatMap((model) => model.steps.map((step, index) => [model, index, step]));
    const [model, index, step] = places[row];
    return sumOfToken(model, index, step.token, step.probability);
  },
  table: () => [
    [content.strings.model, content.strings.step, content.strings.token, content.strings.probability, content.strings.alternatives],
    ...content.models.flatMap((model) => model.steps.map((step, index) => [
      model.name, index + 1, visible(step.token), step.probability.toFixed(4),
      step.candidates.map(([name, share]) => `${visible(name)} ${share.toFixed(4)}`).join(content.strings.separator),
    ])),
  ],
});

const update = () => {
  content = readPayload();
  view.replaceChildren();
  blocks = [];
  if (!content) return;
  for (const model of content.models) if (model.cross) model.cross = unpackRows(model.cross);
  clock = clockOf("translate");
  const tokenAt = (step) => visible(content.models[0].steps[Math.min(step, content.models[0].steps.length - 1)].token);
  scrub = makeScrubBars(clock, content.strings, describe, tokenAt);
  blocks = content.models.map(makeBlock);
  scrub.bar.append(makeLinkButton(content.question, clock, content.strings));
  view.append(scrub.bar, ...blocks.map((block) => block.part), makeFolds(kept(), content.provenance, content.strings));
  clock.join(element, (step) => content && step < longest() && show(step));
  clock.open(content.text, longest(), readPlace(takeLink("step", content.question).get("step"), longest()) ?? 0);
  draw();
};

whenRoomChanges(draw);
watch("value", update);
update();
