// A beam's family tree: a column a step, the best on top; grey was given up, the thick line leads to the answer.
const [NODE, GAP, HEAD] = [30, 6, 22]; // pixels: height of a node, space below it, room for the numbers of the steps

// Each member with its place, its parent's place and all tokens up to it. The parent counts among the kept ones only.
const grownTree = (model) => {
  let kept = [null];
  return model.steps.map((members, step) => {
    const made = members.map(([token, parent, total, fate], place) => {
      const from = kept[parent];
      return { step, place, token, total, fate, from, tokens: [...(from ? from.tokens : []), token], best: model.best[step] === place };
    });
    kept = made.filter((one) => one.fate === "kept");
    return made;
  });
};

const textOf = (tokens) => tokens.filter((token) => token !== "</s>").join("").replace(/▁/g, " ").trim();

const drawTree = (sheet, columns, model, strings, width) => {
  const column = width / columns.length;
  const box = Math.max(14, column - 14);
  const x = (node) => node.step * column;
  const y = (node) => HEAD + node.place * (NODE + GAP);
  const stripe = drawn(sheet, "rect", { y: 0, width: column - 4, height: HEAD + Math.max(...columns.map((one) => one.length)) * (NODE + GAP), rx: 4, fill: shade(colors.ink), "fill-opacity": 0.07 });
  const lines = drawn(sheet, "g", { fill: "none" });
  const every = Math.ceil(26 / column);
  columns.forEach((_, step) => step % every || write(sheet, String(step + 1), step * column + box / 2, 14, { size: 11, anchor: "middle", color: colors.faint }));
  const nodes = columns.flat().map((node) => {
    const [left, top] = [x(node), y(node)];
    const given = node.fate === "pruned";
    if (node.from) {
      const [fromX, fromY, toY] = [x(node.from) + box, y(node.from) + NODE / 2, top + NODE / 2];
      node.line = drawn(lines, "path", {
        d: `M${rounded(fromX)} ${fromY}C${rounded(fromX + 8)} ${fromY} ${rounded(left - 8)} ${toY} ${rounded(left)} ${toY}`,
        stroke: shade(node.best ? model.color : given ? colors.grid : colors.faint), "stroke-width": node.best ? 4 : 1.2,
      });
    }
    const group = drawn(sheet, "g", { class: "seqdemo-node" });
    node.frame = drawn(group, "rect", {
      x: left, y: top, width: box, height: NODE, rx: node.fate === "ended" ? 14 : 4, stroke: shade(given ? colors.grid : model.color), "stroke-width": node.best ? 2.5 : 1,
      fill: shade(given ? colors.grid : model.color), "fill-opacity": given ? 0.35 : node.best ? 0.32 : 0.12, "stroke-dasharray": given ? "3 2" : "",
    });
    const color = given ? colors.faint : colors.ink;
    write(group, fitted(visible(node.token), box - 4, 12, node.best ? 700 : 400), left + box / 2, top + 13, { size: 12, anchor: "middle", weight: node.best ? 700 : 400, color });
    if (box >= 30) write(group, node.total.toFixed(2), left + box / 2, top + 25, { size: 10, anchor: "middle", color });
    drawn(group, "title", {}, nodeWords(node, strings));
    return { node, group };
  });
  return { nodes, mark: (step) => changed(stripe, { x: Math.min(step, columns.length - 1) * column - 5 }) };
};

const nodeWords = (node, strings) =>
  fill(strings.node, { step: node.step + 1, rank: node.place + 1, text: textOf(node.tokens) || visible(node.token), score: node.total.toFixed(4), fate: strings[node.best && node.fate === "ended" ? "answer" : node.fate] });
