// Every head of every layer in small, with what it does: a click enlarges, a double click isolates, a box switches.
const paintMap = (canvas, rows, ladder, top) => {
  canvas.width = rows[0].length;
  canvas.height = rows.length;
  const image = new ImageData(canvas.width, canvas.height);
  const pixels = image.data;
  let at = 0;
  for (const row of rows) {
    for (let x = 0; x < row.length; x += 1) {
      const color = rung(ladder, row[x] / top);
      [pixels[at], pixels[at + 1], pixels[at + 2], pixels[at + 3]] = [color[0], color[1], color[2], 255];
      at += 4;
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
};

// heads: [{layer, head, rows, role, best, figures, title}]; acts: {choose(layer, head), isolate(layer, head), turn(layer, head)}.
const makeHeadGrid = (panel, heads, acts, strings) => {
  const bar = make("div", "seqdemo-heads");
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", strings.heads);
  bar.style.setProperty("--heads", panel.shape[1]);
  const cells = heads.map((one) => {
    if (one.head === 0) bar.append(make("span", "seqdemo-layer", fill(strings.layer, { layer: one.layer + 1 })));
    const cell = make("div", "seqdemo-head");
    const button = makeButton("", () => acts.choose(one.layer, one.head), "seqdemo-thumbnail");
    button.addEventListener("dblclick", () => acts.isolate(one.layer, one.head));
    button.setAttribute("aria-label", one.title);
    button.title = one.title;
    const canvas = make("canvas");
    button.append(canvas);
    if (one.best) button.append(make("span", "seqdemo-star", "★")); // its title says in what
    const box = makeSwitch(one.role, false, () => acts.turn(one.layer, one.head));
    box.title = one.title;
    const check = box.querySelector("input");
    check.setAttribute("aria-label", fill(strings.turn, { layer: one.layer + 1, head: one.head + 1 }));
    cell.append(button, box, make("span", "seqdemo-figures", one.figures));
    bar.append(cell);
    return { ...one, button, canvas, check };
  });
  const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  bar.addEventListener("keydown", (event) => {
    const move = moves[event.key];
    const from = cells.find((one) => one.button === event.target);
    if (!move || !from) return;
    event.preventDefault();
    const [layers, count] = panel.shape;
    const [layer, head] = [(from.layer + move[0] + layers) % layers, (from.head + move[1] + count) % count];
    acts.choose(layer, head);
    cells.find((one) => one.layer === layer && one.head === head).button.focus();
  });
  return {
    bar,
    paint: (scale, topOf) => {
      const ladder = makeLadder(scale);
      for (const one of cells) paintMap(one.canvas, one.rows, ladder, topOf(one.rows));
    },
    // A band on every small map: the row or column that is looked at, from token to token of `count`.
    focus: (side, from, to, count) => {
      bar.dataset.side = side;
      bar.style.setProperty("--from", from / count);
      bar.style.setProperty("--part", (to - from) / count);
    },
    mark: (layer, head, on, colorOf) => {
      for (const one of cells) {
        const here = one.layer === layer && one.head === head;
        one.button.setAttribute("aria-pressed", String(here));
        one.button.tabIndex = here ? 0 : -1; // one stop for the Tab key, not one a head: arrows and numbers do the rest
        one.check.tabIndex = here ? 0 : -1;
        one.check.checked = on.has(one.layer + ":" + one.head);
        one.check.style.accentColor = shade(colorOf(one.layer, one.head));
      }
    },
  };
};
