// What stands around the maps: tabs for model and kind, the head grid, the switches, the table twin.
const makeTabs = () => {
  const bar = make("div", "seqdemo-kinds");
  bar.setAttribute("role", "tablist");
  bar.setAttribute("aria-label", content.strings.kinds);
  content.panels.forEach((one, number) => {
    const tab = makeButton(one.title, () => openPanel(number, true), "seqdemo-kind");
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-selected", String(one === panel));
    tab.tabIndex = one === panel ? 0 : -1;
    bar.append(tab);
  });
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    openPanel((content.panels.indexOf(panel) + by + content.panels.length) % content.panels.length, true);
  });
  return bar;
};

const makeSwitches = () => {
  const bar = make("div", "seqdemo-switches");
  const turned = (name) => (value) => {
    state[name] = value;
    peeked = null;
    draw();
    if (name === "stretch") grid.paint(content.scale, topOf);
  };
  const several = panel.shape[0] * panel.shape[1] > 1;
  const strings = content.strings;
  const measures = [["raw", strings.raw], ...(canWeigh(panel) ? [["norms", strings.norms]] : []), ...(canRoll(panel) ? [["rollout", strings.rollout]] : [])];
  if (measures.length > 1) bar.append(makeSelect(strings.measure, measures, state.measure, turned("measure")));
  if (panel.inputs) {
    bar.append(makeSelect(strings.readAt, [["output", strings.atOutput], ["input", strings.atInput]], state.atInput ? "input" : "output", (value) => turned("atInput")(value === "input")));
  }
  if (several) bar.append(makeSwitch(strings.mean, state.mean, turned("mean")));
  if (panel.marks.length) bar.append(makeSwitch(strings.hide, state.hide, turned("hide")));
  if (panel.merges) bar.append(makeSwitch(strings.merge, state.merge, turned("merge")));
  bar.append(makeSwitch(strings.stretch, state.stretch, turned("stretch")));
  const masses = [1, 0.95, 0.9, 0.75, 0.5].map((one) => [String(one), one === 1 ? strings.all : percent(one).replace(".0", "")]);
  bar.append(makeSelect(strings.mass, masses, String(state.mass), (value) => turned("mass")(Number(value))));
  return bar;
};

const kept = () => ({
  name: "seqdemo-attention",
  get title() { return heading.textContent; },
  told: () => [heading.textContent, note.textContent].filter(Boolean),
  get sources() {
    const mine = content.provenance.sources.filter((one) => one.checkpoint === panel.checkpoint);
    return mine.length ? mine : content.provenance.sources;
  },
  caption: () => heading.textContent,
  selection: () => ({ step: String(clock.kept + 1), ...writeLooks(panel, state) }),
  charts: () => (zoomed.on ? chartSheets(() => [[chart, framedFigure()]]) : null),
  pictures: (width) => {
    const [shown, made] = [now, picture(width)];
    now = made;
    showFocus();
    now = shown;
    return [made.sheet];
  },
  sum: sumOfCell,
  table: () => [
    [content.strings.corner, ...now.map.keys.map((token, place) => place + 1 + " " + visible(token))],
    ...now.map.rows.map((row, index) => [index + 1 + " " + visible(now.map.queries[index]), ...Array.from(row, (weight) => weight.toFixed(4))]),
  ],
});

const openPanel = (number, focus = false, changes = {}) => {
  panel = content.panels[number];
  panel.values ||= unpackShares(panel.weights); // the other kinds wait until they are opened
  const [layers, heads] = panel.shape;
  const good = "layer" in changes ? [changes.layer, changes.head] : goodHead(panel);
  Object.assign(state, { layer: good[0], head: good[1], on: new Set([nameOfHead(...good)]), mean: false, measure: "raw" }, changes);
  peeked = null;
  choice.replaceChildren();
  grid = makeHeadGrid(panel, headsOf(panel).map((one) => aboutHead(...one)), { choose, isolate, turn }, content.strings);
  grid.paint(content.scale, topOf);
  if (layers * heads > 1) choice.append(grid.bar, make("p", "seqdemo-note", content.strings.help));
  choice.append(makeSwitches());
  folds = makeFolds(kept(), content.provenance, content.strings);
  place.replaceChildren(heading, armed, zoomed.bar, rowChoice, summary, note, said);
  const body = make("div", "seqdemo-panel");
  body.append(choice, place);
  zoomed.begin(content.strings);
  const about = make("p", "seqdemo-about", panel.about);
  if (content.absent) about.append(" " + content.absent);
  const parts = [about, body, folds];
  if (content.panels.length > 1) {
    parts.unshift(makeTabs());
    body.setAttribute("role", "tabpanel");
    body.setAttribute("aria-label", panel.title);
  }
  view.replaceChildren(...parts);
  draw();
  if (focus && content.panels.length > 1) view.querySelectorAll('[role="tab"]')[number].focus();
};

const update = () => {
  const before = panel && content && { text: content.text, model: panel.model, kind: panel.kind, heads: panel.shape.slice(0, 2).join() };
  content = readPayload();
  now = null;
  view.replaceChildren();
  if (!content) return;
  if (!content.panels.length) { // nobody on show has attention: said, and nothing to look at
    view.append(make("p", "seqdemo-about", content.absent));
    content = null;
    return;
  }
  for (const one of content.panels) one.shape = one.weights.shape;
  clock = clockOf(content.clock);
  view.setAttribute("role", "group");
  view.setAttribute("aria-label", content.strings.label);
  clock.join(element, () => !peeked && showFocus());
  const first = content.clock === "translate" ? 0 : null;
  clock.open(content.text, content.steps, readPlace(takeLink("step", content.question).get("step"), content.steps) ?? first);
  clock.numberKey = numberKey;
  clock.looks = () => writeLooks(panel, state);
  const wanted = readLooks(takeLink("looks", content.question), content.panels);
  unusable = wanted.unusable;
  if (wanted.row !== null) content.panels[wanted.panel].row = wanted.row;
  const again = before ? content.panels.findIndex((one) => one.model === before.model && one.kind === before.kind) : -1;
  // The same words once more, in another language or with a change: the same head stays on show.
  const same = again >= 0 && content.text === before.text && content.panels[again].shape.slice(0, 2).join() === before.heads;
  const { layer, head, on, mean, measure } = state;
  openPanel(wanted.panel ?? Math.max(0, again), false, same && wanted.panel === null ? { layer, head, on, mean, measure } : wanted.changes);
};

whenRoomChanges(() => {
  if (!content) return;
  grid.paint(content.scale, topOf);
  draw();
});
watch("value", update);
update();
