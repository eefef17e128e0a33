// The tools of the translator's panel: heads, one row of attention, the words of the source, how the translation begins.
let chosenModel = null;
const modelNow = () => content.models.find((one) => one.key === chosenModel) || content.models[0];

// Heads of each kind as small keys to press; arrows move, Space or Enter switches.
const buildHeads = () => {
  const model = modelNow();
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
    box.append(make("p", "seqdemo-caption", grid.name), table);
    return box;
  });
  const row = make("div", "seqdemo-all-heads");
  row.append(...parts);
  return [row, make("p", "seqdemo-caption", content.strings.aboutHeads)];
};

// One row of one head: by choice here, or by a click on a cell of the map further down.
const rowPlace = { kind: null, layer: 0, head: 0, query: 0, key: 0 };
const setRow = ({ model, kind, layer, head, query, key }) => {
  const grid = content.models.find((one) => one.key === model).grids.find((one) => one.kind === kind);
  const start = `row:${model}.${kind}.${layer + 1}.${head + 1}.${query + 1}.`;
  addChange(`${start}${key + 1},${spelled(grid.queries[query])},${spelled(grid.keys[key])}`, (old) => old.startsWith(start));
};

const buildRow = () => {
  const model = modelNow();
  const grid = model.grids.find((one) => one.kind === rowPlace.kind) || model.grids.find((one) => one.kind === "cross") || model.grids[0];
  Object.assign(rowPlace, { kind: grid.kind, layer: Math.min(rowPlace.layer, grid.layers - 1), head: Math.min(rowPlace.head, grid.heads - 1) });
  rowPlace.query = Math.min(rowPlace.query, grid.queries.length - 1);
  const seen = grid.kind === "decoder_self" ? rowPlace.query + 1 : grid.keys.length; // a step looks back only
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
  return [line, make("p", "seqdemo-caption", content.strings.aboutRow)];
};

// Decode on from another token of the clock's step, or from a beginning that is typed.
const isBeginning = (item) => item.startsWith("begin:") || item.startsWith("prefix:");
const beginFrom = (key, step, token) => {
  const model = content.models.find((one) => one.key === key);
  const written = [...model.steps.slice(0, step).map(([one]) => one), token].map(spelled);
  addChange(["begin:" + key, content.madeFor, ...written].join(","), isBeginning);
};

const buildBeginning = () => {
  const model = modelNow();
  const step = Math.min(clock.step, model.steps.length - 1);
  const [written, candidates] = model.steps[step];
  const row = make("div", "seqdemo-words");
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", fill(content.strings.instead, { step: step + 1, token: visible(written) }));
  row.append(make("span", "seqdemo-caption", row.getAttribute("aria-label")));
  candidates.filter(([token]) => token !== written).forEach(([token, share], place) => {
    const button = keyed(makeButton(`${visible(token)} ${share.toFixed(3)}`, () => beginFrom(model.key, step, token)), "instead " + place);
    row.append(button);
  });
  const form = make("form", "seqdemo-row seqdemo-form");
  const box = keyed(make("input"), "prefix");
  box.type = "text";
  box.maxLength = 300;
  box.lang = content.target;
  box.placeholder = content.strings.typed;
  box.setAttribute("aria-label", content.strings.typed);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (box.value.trim()) addChange("prefix:" + spelled(box.value.trim()), isBeginning);
  });
  form.append(box, keyed(make("button", "seqdemo-small", content.strings.goOn), "goOn"));
  return [row, form, make("p", "seqdemo-caption", content.strings.aboutBeginning)];
};

const buildTools = () => {
  const model = modelNow();
  const list = [{ key: "words", name: content.strings.words, build: makeWordTool(model.words, "") }];
  if (model.grids.some((grid) => grid.kind === "encoder_self")) {
    list.push({ key: "heads", name: content.strings.heads, build: buildHeads }, { key: "row", name: content.strings.rowTool, build: buildRow });
  }
  list.push({ key: "beginning", name: content.strings.beginning, build: buildBeginning });
  return makeTools(list);
};
