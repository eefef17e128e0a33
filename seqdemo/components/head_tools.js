// Tools for what goes on inside: heads to switch off, one row of attention to set, and whose they are.
let chosenModel = null;
const hasHeads = (model) => model.grids.some((grid) => grid.kind !== "pooling");
const hasRows = (model) => hasHeads(model) || model.grids.some((grid) => grid.kind === "pooling");
const modelNow = (able = () => true) => {
  const models = content.models.filter(able);
  return models.find((one) => one.key === chosenModel) || models[0];
};

// Whose inside is changed, where several models on show can be changed in this way.
const makeModelChoice = (able = () => true) => {
  const models = content.models.filter(able);
  if (models.length < 2) return [];
  const choice = makeSelect(content.strings.model, models.map((one) => [one.key, one.name]), modelNow(able).key, (value) => {
    chosenModel = value;
    keepFocus(tools.show);
  });
  keyed(choice.querySelector("select"), "model");
  return [choice];
};

// Heads of each kind as small keys to press; arrows move, Space or Enter switches.
const buildHeads = () => {
  const model = modelNow(hasHeads);
  const parts = model.grids.map((grid) => {
    const box = make("div", "seqdemo-kind-of-heads");
    const table = make("div", "seqdemo-head-keys");
    table.setAttribute("role", "toolbar");
    table.setAttribute("aria-label", grid.name);
    table.style.setProperty("--heads", grid.heads);
    const keys = [];
    for (let layer = 0; layer < grid.layers; layer += 1) {
      for (let head = 0; head < grid.heads; head += 1) {
        const item = `off:${model.key}.${grid.kind}.${layer + 1}.${head + 1}`;
        const off = itemsOf(content.line).includes(item);
        const button = keyed(makeButton(`${layer + 1}.${head + 1}`, () => (off ? takeBack(item) : addChange(item)), "seqdemo-head-key"), item);
        button.setAttribute("aria-pressed", String(off));
        button.setAttribute("aria-label", fill(content.strings.isOff, { kind: grid.name, layer: layer + 1, head: head + 1 }));
        button.title = button.getAttribute("aria-label");
        button.tabIndex = keys.length ? -1 : 0;
        keys.push(button);
      }
    }
    table.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -grid.heads, ArrowDown: grid.heads }[event.key];
      const at = keys.indexOf(event.target);
      if (!by || at < 0) return;
      event.preventDefault();
      keys[(at + by + keys.length) % keys.length].focus();
    });
    table.append(...keys);
    box.append(make("p", "seqdemo-caption", content.models.length > 1 ? `${model.name} · ${grid.name}` : grid.name), table);
    return box;
  });
  const row = make("div", "seqdemo-all-heads");
  row.append(...parts);
  return [...makeModelChoice(hasHeads), row, make("p", "seqdemo-caption", content.strings.aboutHeads)];
};

// One row of one head: by choice here, or by a click on a cell of the map further down.
const rowPlace = { kind: null, layer: 0, head: 0, query: 0, key: 0 };
const setRow = ({ model, kind, layer, head, query, key }) => {
  const owner = content.models.find((one) => one.key === model);
  if (!owner || !hasRows(owner)) return;
  const grid = owner.grids.find((one) => one.kind === kind);
  const start = `row:${model}.${kind}.${layer + 1}.${head + 1}.${query + 1}.`;
  addChange(`${start}${key + 1},${spelled(grid.queries[query])},${spelled(grid.keys[key])}`, (old) => old.startsWith(start));
};

const buildRow = () => {
  const model = modelNow(hasRows);
  const grid = model.grids.find((one) => one.kind === rowPlace.kind) || model.grids.find((one) => one.kind === "cross") || model.grids[0];
  Object.assign(rowPlace, { kind: grid.kind, layer: Math.min(rowPlace.layer, grid.layers - 1), head: Math.min(rowPlace.head, grid.heads - 1) });
  rowPlace.query = Math.min(rowPlace.query, grid.queries.length - 1);
  const seen = ["decoder_self", "pooling"].includes(grid.kind) ? rowPlace.query + 1 : grid.keys.length; // a step looks back only
  rowPlace.key = Math.min(rowPlace.key, seen - 1);
  const chosen = (name) => (value) => {
    rowPlace[name] = name === "kind" ? value : Number(value);
    keepFocus(tools.show);
  };
  const numbers = (count) => Array.from({ length: count }, (_, place) => [String(place), String(place + 1)]);
  const named = (names) => names.map((token, place) => [String(place), `${place + 1}. ${visible(token)}`]);
  const select = (name, text, options) => {
    const made = makeSelect(text, options, String(rowPlace[name]), chosen(name));
    keyed(made.querySelector("select"), "row " + name);
    return made;
  };
  const line = make("div", "seqdemo-row seqdemo-form");
  const set = keyed(makeButton(content.strings.setRow, () => setRow({ model: model.key, ...rowPlace })), "set");
  line.append(
    select("kind", content.strings.kind, model.grids.map((one) => [one.kind, one.name])), select("layer", content.strings.layer, numbers(grid.layers)), select("head", content.strings.head, numbers(grid.heads)),
    select("query", content.strings.row, named(grid.queries)), select("key", content.strings.key, named(grid.keys.slice(0, seen))), set
  );
  return [...makeModelChoice(hasRows), line, make("p", "seqdemo-caption", content.strings.aboutRow)];
};
