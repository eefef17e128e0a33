// The tree of each translator's search. Arrow keys walk through it; Enter or a click decodes on from there.
let content = null;
let clock = null;
let drawnTrees = [];
let chosen = [0, 0, 0]; // tree, step, place: where the keyboard is
const said = make("p", "seqdemo-caption seqdemo-said");
said.setAttribute("role", "status");

// A saved page has no server, and a lesson no panel of changes: there the tree is only read.
const goesOn = () => lesson === null && window.seqdemoSearch === undefined;
const help = () => (goesOn() ? content.strings.help : content.strings.look);
const say = (node) => (said.textContent = node ? nodeWords(node, content.strings) : help());

const goOnFrom = (model, node) => {
  if (!clock.pickPath || !goesOn()) return;
  clock.pickPath(model.key, node.tokens);
};

// On the screen a column keeps its width and the frame scrolls; a picture takes the width that it is given.
const picture = (model, width, least = 0) => {
  const columns = grownTree(model);
  const wide = Math.max(width, least * columns.length);
  const height = HEAD + Math.max(...columns.map((one) => one.length)) * (NODE + GAP);
  const sheet = makeSheet(wide, height, fill(content.strings.label, { model: model.name, beam: model.beam, steps: columns.length }));
  return { sheet, columns, ...drawTree(sheet, columns, model, content.strings, wide) };
};

// From a node: to the one above or below in its column, to its parent, to its best child.
const neighbour = (columns, node, key) => {
  if (key === "ArrowUp" || key === "ArrowDown") return columns[node.step][node.place + (key === "ArrowUp" ? -1 : 1)];
  if (key === "ArrowLeft") return node.from;
  return (columns[node.step + 1] || []).find((one) => one.from === node) || columns[node.step + 1]?.[0];
};

const makeTree = (model, number) => {
  const made = picture(model, Math.max(120, view.clientWidth - 2), 72);
  const byNode = new Map(made.nodes.map(({ node, group }) => [node, group]));
  made.sheet.setAttribute("role", "group");
  const here = made.columns[chosen[0] === number ? Math.min(chosen[1], made.columns.length - 1) : 0];
  const first = here[Math.min(chosen[0] === number ? chosen[2] : 0, here.length - 1)];
  for (const { node, group } of made.nodes) {
    group.setAttribute("role", "button");
    group.setAttribute("tabindex", node === first ? "0" : "-1");
    group.setAttribute("aria-label", nodeWords(node, content.strings));
    group.addEventListener("pointerenter", () => say(node));
    group.addEventListener("focus", () => {
      say(node);
      chosen = [number, node.step, node.place];
    });
    group.addEventListener("click", () => goOnFrom(model, node));
    group.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        goOnFrom(model, node);
      }
      if (!event.key.startsWith("Arrow")) return;
      event.preventDefault();
      const next = neighbour(made.columns, node, event.key);
      if (!next) return;
      made.nodes.forEach((one) => one.group.setAttribute("tabindex", one.node === next ? "0" : "-1"));
      byNode.get(next).focus();
    });
  }
  made.sheet.addEventListener("pointerleave", () => say(null));
  const frame = make("div", "seqdemo-tree");
  frame.append(made.sheet);
  if (content.models.length > 1) frame.prepend(make("h3", "seqdemo-heading", model.name));
  return { ...made, frame };
};

const place = make("div");
const draw = () => {
  if (!content || !hasRoom()) return;
  const focused = place.contains(document.activeElement);
  drawnTrees = content.models.map(makeTree);
  place.replaceChildren(...drawnTrees.map((one) => one.frame));
  drawnTrees.forEach((one) => one.mark(clock.step));
  if (focused) place.querySelector('[tabindex="0"]').focus({ preventScroll: true });
};

const kept = () => ({
  name: "seqdemo-beam",
  title: content.title,
  sources: content.provenance.sources,
  caption: () => content.strings.table,
  selection: () => ({ step: String(clock.kept + 1) }),
  pictures: (width) => content.models.map((model) => picture(model, width, 44).sheet),
  table: () => [
    [content.strings.step, ...(content.models.length > 1 ? [content.strings.model] : []), content.strings.rank, content.strings.token, content.strings.beginning, content.strings.score, content.strings.outcome],
    ...content.models.flatMap((model) => grownTree(model).flat().map((node) => [
      node.step + 1, ...(content.models.length > 1 ? [model.name] : []), node.place + 1, visible(node.token), textOf(node.tokens), node.total.toFixed(5),
      content.strings[node.best && node.fate === "ended" ? "answer" : node.fate],
    ])),
  ],
});

const update = () => {
  content = readPayload();
  view.replaceChildren();
  if (!content) return;
  clock = clockOf("translate");
  clock.join(element, (step) => drawnTrees.forEach((one) => one.mark(step)));
  say(null);
  view.append(place, said, makeFolds(kept(), content.provenance, content.strings));
  draw();
};

whenRoomChanges(draw);
watch("value", update);
update();
