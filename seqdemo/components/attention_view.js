// Kind tabs, a grid of small maps (rows are layers, columns are heads) and one large map.
const drawing = make("div", "seqdemo-plot");
const heading = make("h3", "seqdemo-heading");
const summary = make("p", "seqdemo-summary");
summary.setAttribute("aria-live", "polite");
const thinNote = make("p", "seqdemo-note");
const chooser = make("select");
const stretch = make("input");
stretch.type = "checkbox";
let content = null;
let chosen = { kind: 0, layer: 0, head: 0, row: 0 };
let weights = [];
let thumbnails = [];
const plot = makePlot(drawing, () => content.strings.missing);

const grid = () => content.grids[chosen.kind];
const shape = () => grid().weights.shape;
const rowsOf = (layer, head) => headRows(weights[chosen.kind], shape(), layer, head);
const headName = (layer, head) => fill(content.strings.head, { layer: layer + 1, head: head + 1 });

// Where the colours end: at 1, so that heads can be compared, or at the largest weight of this head.
const colorTop = (rows) => (stretch.checked ? Math.max(...rows.map((row) => Math.max(...row)), 1e-4) : 1);

const describeRow = () => {
  const row = rowsOf(chosen.layer, chosen.head)[chosen.row];
  const order = Array.from(row.keys()).sort((one, other) => row[other] - row[one]).slice(0, 3);
  const items = order.map((column) => fill(content.strings.item, { key: grid().keys[column], weight: row[column].toFixed(4) }));
  summary.textContent = fill(content.strings.strongest, {
    layer: chosen.layer + 1, head: chosen.head + 1, row: chosen.row + 1,
    query: grid().queries[chosen.row], list: items.join(content.strings.separator),
  });
  chooser.value = String(chosen.row);
};

const showThinned = (axes) => {
  const cut = Object.values(axes).find(([named, all]) => named < all);
  thinNote.hidden = !cut;
  if (cut) thinNote.textContent = fill(content.strings.thinned, { shown: cut[0], total: cut[1] });
};

const drawHead = (keep) => {
  const [, , rows, columns] = shape();
  const name = headName(chosen.layer, chosen.head);
  const figure = structuredClone(grid().figure);
  figure.data[0].z = rowsOf(chosen.layer, chosen.head);
  const top = colorTop(figure.data[0].z);
  figure.data[0].zmax = top;
  figure.data[0].colorbar.tickvals = [0, top / 2, top];
  if (rows > 40 || columns > 40) Object.assign(figure.data[0], { xgap: 0, ygap: 0 });
  figure.layout.height = Math.max(280, Math.min(110 + rows * 24, rows > 40 ? 640 : 480));
  heading.textContent = grid().name + " · " + name;
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", fill(content.strings.heatmap, {
    kind: grid().name, layer: chosen.layer + 1, head: chosen.head + 1, rows, columns,
  }));
  for (const item of thumbnails) {
    const here = item.layer === chosen.layer && item.head === chosen.head;
    item.button.setAttribute("aria-pressed", String(here));
    item.button.tabIndex = here ? 0 : -1;
  }
  plot.show(figure, { keep, thinned: showThinned }).then(() => {
    if (!drawing.on || drawing.dataset.listening) return;
    drawing.dataset.listening = "yes";
    drawing.on("plotly_hover", (event) => {
      chosen.row = event.points[0].pointNumber[0];
      describeRow();
    });
  });
  describeRow();
};

const choose = (layer, head, focus = false) => {
  const [layers, heads] = shape();
  chosen.layer = (layer + layers) % layers;
  chosen.head = (head + heads) % heads;
  drawHead(true);
  if (focus) thumbnails.find((item) => item.layer === chosen.layer && item.head === chosen.head).button.focus();
};

const step = (by) => {
  const [layers, heads] = shape();
  const place = (chosen.layer * heads + chosen.head + by + layers * heads) % (layers * heads);
  choose(Math.floor(place / heads), place % heads);
};

const paintThumbnails = () => {
  const ladder = makeLadder(content.scale);
  for (const item of thumbnails) {
    const rows = rowsOf(item.layer, item.head);
    paint(item.canvas, rows, ladder, colorTop(rows));
  }
};

const makeThumbnails = () => {
  const [layers, heads] = shape();
  const bar = make("div", "seqdemo-heads");
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", content.strings.heads);
  bar.style.setProperty("--heads", heads);
  thumbnails = [];
  for (let layer = 0; layer < layers; layer += 1) {
    bar.append(make("span", "seqdemo-layer", fill(content.strings.layer, { layer: layer + 1 })));
    for (let head = 0; head < heads; head += 1) {
      const button = makeButton("", () => choose(layer, head), "seqdemo-thumbnail");
      button.setAttribute("aria-label", headName(layer, head));
      button.title = headName(layer, head);
      const canvas = make("canvas");
      button.append(canvas);
      thumbnails.push({ layer, head, button, canvas });
      bar.append(button);
    }
  }
  const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  bar.addEventListener("keydown", (event) => {
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    choose(chosen.layer + move[0], chosen.head + move[1], true);
  });
  return bar;
};

const makeTabs = () => {
  const bar = make("div", "seqdemo-kinds");
  bar.setAttribute("role", "tablist");
  bar.setAttribute("aria-label", content.strings.kinds);
  content.grids.forEach((item, number) => {
    const tab = makeButton(item.name, () => open(number, true), "seqdemo-kind");
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-selected", String(number === chosen.kind));
    tab.tabIndex = number === chosen.kind ? 0 : -1;
    bar.append(tab);
  });
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    open((chosen.kind + by + content.grids.length) % content.grids.length, true);
  });
  return bar;
};

const makeRowChooser = () => {
  chooser.replaceChildren(
    ...grid().queries.map((query, row) => {
      const option = make("option", "", row + 1 + ". " + query);
      option.value = String(row);
      return option;
    })
  );
  const label = make("label", "seqdemo-row", content.strings.row);
  label.append(chooser);
  return label;
};

const open = (kind, focus = false) => {
  chosen.kind = kind;
  const [layers, heads, rows] = shape();
  chosen = { kind, layer: Math.min(chosen.layer, layers - 1), head: Math.min(chosen.head, heads - 1), row: Math.min(chosen.row, rows - 1) };
  const panel = make("div", "seqdemo-panel");
  const choice = make("div", "seqdemo-choice");
  const steps = make("div", "seqdemo-tools");
  const several = layers * heads > 1; // a single head needs no choosing
  if (several) {
    steps.append(makeButton(content.strings.previous, () => step(-1)), makeButton(content.strings.next, () => step(1)));
  }
  steps.append(makeButton(content.strings.save, () => plot.save(heading.textContent)));
  const stretching = make("label", "seqdemo-row");
  stretching.append(stretch, make("span", "", content.strings.stretch));
  const small = makeThumbnails();
  if (several) choice.append(small, make("p", "seqdemo-note", content.strings.help));
  choice.append(steps, stretching);
  const reading = make("div", "seqdemo-reading");
  reading.append(heading, drawing, thinNote, makeRowChooser(), summary);
  if (content.note) reading.append(make("p", "seqdemo-note", content.note));
  panel.append(choice, reading);
  const parts = [make("p", "seqdemo-about", grid().about), panel];
  if (content.grids.length > 1) {
    parts.unshift(makeTabs());
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-label", grid().name);
  }
  view.replaceChildren(...parts);
  paintThumbnails();
  drawHead(false);
  if (focus && content.grids.length > 1) view.querySelectorAll('[role="tab"]')[kind].focus();
};

const update = () => {
  content = readPayload();
  if (!content) {
    plot.clear();
    delete drawing.dataset.listening;
    view.replaceChildren();
    return;
  }
  weights = content.grids.map((item) => unpack(item.weights));
  chosen = { ...chosen, kind: Math.min(chosen.kind, content.grids.length - 1), row: 0 };
  view.setAttribute("role", "group");
  view.setAttribute("aria-label", content.strings.label);
  open(chosen.kind);
};

stretch.addEventListener("change", () => {
  paintThumbnails();
  drawHead(true);
});
chooser.addEventListener("change", () => {
  chosen.row = Number(chooser.value);
  describeRow();
});
new MutationObserver((_, observer) => {
  if (!element.isConnected) observer.disconnect();
  else if (content) paintThumbnails();
}).observe(document.body, { attributes: true, attributeFilter: ["class"] });
watch("value", update);
update();
