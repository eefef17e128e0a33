// One translator at work: the source, lines to where the step looks, the target so far, how sure, and what else.
const LEAST = 0.02; // a smaller weight has no line: the legend says so
const [ARC, SURE, LIST] = [64, 46, 250]; // pixels: room for the lines, for the probabilities, for the alternatives

// Names of an axis with a patch behind each that can be filled.
const drawTokens = (sheet, axis, y) => {
  const patches = Array.from({ length: axis.count }, (_, index) =>
    drawn(sheet, "rect", { x: axis.edges[index] + 1, y: y - (axis.slanted ? 6 : 25), width: Math.max(1, axis.edges[index + 1] - axis.edges[index] - 2), height: axis.slanted ? 6 : 24, rx: 4, fill: shade(colors.grid), "fill-opacity": 0 })
  );
  return { patches, names: axis.name(sheet, y) };
};

const drawAlternatives = (sheet, box, model, content) => {
  const bars = drawn(sheet, "g");
  return (step) => {
    bars.replaceChildren();
    const { candidates, token, rank } = model.steps[step];
    write(bars, fitted(fill(content.strings.instead, { step: step + 1 }), box.width, 12), box.x, box.y + 10, { size: 12, color: colors.faint });
    candidates.forEach(([name, share], place) => {
      const y = box.y + 18 + place * 25;
      drawn(bars, "rect", { x: box.x, y, width: Math.max(1, (box.width - 60) * share), height: 21, rx: 3, fill: shade(model.color), "fill-opacity": 0.28 });
      write(bars, fitted(visible(name), box.width - 70, 14), box.x + 6, y + 15, { size: 14, weight: name === token ? 700 : 400 });
      if (clock.pickAlternative && name !== token) { // a click decodes on from there: edits_view.js
        const target = drawn(bars, "rect", { x: box.x, y, width: box.width, height: 21, rx: 3, fill: "transparent", class: "seqdemo-alternative" });
        target.addEventListener("click", (event) => {
          event.stopPropagation();
          clock.pickAlternative(model.key, step, name);
        });
      }
      const number = write(bars, share.toFixed(3), box.x + box.width, y + 15, { size: 13, anchor: "end", weight: name === token ? 700 : 400 });
      opensSum(number, () => sumOfToken(model, step, name, share));
    });
    if (rank === null) write(bars, fitted(fill(content.strings.beyond, { token, share: model.steps[step].probability.toFixed(3) }), box.width, 12), box.x, box.y + 32 + candidates.length * 25, { size: 12 });
  };
};

// How sure the model was of each token that it wrote; hollow where another was likelier at that step.
const drawSure = (sheet, axis, top, model) => {
  model.steps.forEach((step, index) => {
    const best = step.rank === 0;
    drawn(sheet, "rect", {
      x: axis.edges[index] + 2, width: Math.max(1, axis.edges[index + 1] - axis.edges[index] - 4), y: top + SURE * (1 - step.probability), height: Math.max(1, SURE * step.probability),
      fill: shade(model.color), "fill-opacity": best ? 0.7 : 0.12, stroke: shade(model.color), "stroke-dasharray": best ? "" : "3 2",
    });
  });
  drawn(sheet, "line", { x1: axis.left, x2: axis.right, y1: top + SURE, y2: top + SURE, stroke: shade(colors.grid) });
};

const drawBlock = (sheet, box, model, content) => {
  const narrow = box.width < 640;
  const right = narrow ? box.width - 2 : box.width - LIST - 24;
  const source = makeAxis(model.source, 2, right);
  const target = makeAxis(model.steps.map((step) => step.token), 2, right);
  const sourceY = box.y + source.height;
  const targetY = sourceY + (model.rows ? ARC : 6) + target.height;
  const read = drawTokens(sheet, source, sourceY);
  const written = drawTokens(sheet, target, targetY);
  const arcs = drawn(sheet, "g", { fill: "none", stroke: shade(model.color) });
  drawSure(sheet, target, targetY + 6, model);
  const frame = drawn(sheet, "rect", { y: targetY - (target.slanted ? 8 : 26), height: SURE + 8 + (target.slanted ? 8 : 26), fill: "none", stroke: shade(colors.ink), "stroke-width": 1.5, rx: 4 });
  const bottom = targetY + SURE + 10;
  const list = narrow ? { x: 2, y: bottom + 4, width: box.width - 4 } : { x: right + 24, y: box.y + 4, width: LIST };
  const say = drawAlternatives(sheet, list, model, content);
  const height = Math.max(bottom, list.y + 40 + 25 * 5) - box.y;
  const arc = (j, at, weight) => {
    const [x, y] = [source.middle(j), sourceY];
    const [toX, toY] = [target.middle(at), targetY - target.height + 4];
    drawn(arcs, "path", { d: `M${rounded(toX)} ${toY}C${rounded(toX)} ${toY - 36} ${rounded(x)} ${y + 40} ${rounded(x)} ${y}`, "stroke-width": 1 + 5 * weight, "stroke-opacity": 0.15 + 0.8 * weight });
  };
  const draw = (step) => {
    const at = Math.min(step, model.steps.length - 1);
    const column = model.rows ? model.pointed() : null; // a token of the source is pointed at: which steps look there?
    changed(frame, { x: target.edges[at], width: target.edges[at + 1] - target.edges[at] });
    written.names.forEach((name, index) => name && changed(name, { "font-weight": index === at ? 700 : 400, fill: shade(index > at ? colors.faint : colors.ink) }));
    const rows = model.rows && model.rows();
    arcs.replaceChildren();
    read.patches.forEach((patch, j) => changed(patch, { fill: shade(model.color), "fill-opacity": !rows ? 0 : column === null ? 0.6 * rows[at][j] : j === column ? 0.6 : 0 }));
    written.patches.forEach((patch, step) => changed(patch, { fill: shade(model.color), "fill-opacity": column === null ? 0 : 0.6 * rows[step][column] }));
    read.names.forEach((name, j) => name && changed(name, { "font-weight": j === column ? 700 : 400 }));
    const join = (j, step) => rows[step][j] >= LEAST && arc(j, step, rows[step][j]);
    if (rows && column === null) model.source.forEach((_, j) => join(j, at));
    else if (rows) model.steps.forEach((_, step) => join(column, step));
    say(at);
  };
  const stepAt = (x, y) => (y > targetY - target.height && y < bottom ? target.at(x) : null);
  const sourceAt = (x, y) => (model.rows && y > box.y && y <= sourceY + 4 ? source.at(x) : null);
  return { height, draw, stepAt, sourceAt, thinned: source.every > 1 || target.every > 1 };
};
