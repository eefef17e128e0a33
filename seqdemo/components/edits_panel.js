// The panel of changes as a whole; each page gives it `draw`, `say`, `kept` and `buildTools`.

const nats = (number) => number.toFixed(4);
const signed = (number) => (number >= 0.00005 ? "+" : "") + nats(Math.abs(number) < 0.00005 ? 0 : number).replace("-", "−");

// The changes in force, each with its button to take it back.
const makeChips = () => {
  const bar = make("div", "seqdemo-chips");
  const list = make("ul", "seqdemo-chip-list");
  list.setAttribute("aria-label", content.strings.inForce);
  for (const { line, words } of content.items) {
    const item = make("li", "seqdemo-chip");
    const button = keyed(makeButton("×", () => takeBack(line), "seqdemo-cross"), "back " + line);
    button.setAttribute("aria-label", fill(content.strings.takeBack, { change: words }));
    button.title = button.getAttribute("aria-label");
    item.append(make("span", "", words), button);
    list.append(item);
  }
  const back = keyed(makeButton(content.strings.undo, undo), "undo");
  back.disabled = !past.length;
  const all = keyed(makeButton(content.strings.clear, () => askFor("")), "clear");
  all.disabled = !content.line;
  if (content.items.length) bar.append(list);
  if (content.items.length || past.length) bar.append(back, all);
  return bar;
};

// What is told of changes that do not fit, and of what cannot be computed.
const makeNotes = () => [
  ...(content.problem ? [make("p", "seqdemo-trouble", content.problem)] : []),
  ...content.told.map((words) => make("p", "seqdemo-dropped", words)),
];

const makeShowSwitch = () => {
  const box = makeSwitch(content.strings.showChanged, content.shown, (on) => {
    const rest = itemsOf(lineWanted()).filter((one) => one !== SHOWN);
    askFor((on ? [...rest, SHOWN] : rest).join(";"));
  });
  keyed(box.querySelector("input"), "shown");
  return box;
};

// The panel: what came of the changes, the changes, the tools to make more (a saved page has none), and the folds.
const drawPanel = (label, outcomes, canShow) => {
  view.setAttribute("role", "group");
  view.setAttribute("aria-label", label);
  const chips = makeChips();
  if (canShow) chips.append(makeShowSwitch());
  view.replaceChildren(...outcomes, ...makeNotes(), chips);
  if (window.seqdemoSearch === undefined) {
    tools = buildTools();
    view.append(tools.frame, status);
  } else {
    chips.querySelectorAll("button, label").forEach((one) => one.remove());
  }
  view.append(makeFolds(kept(), content.provenance, content.strings));
};

// A new answer. field: where a link keeps the changes; join(): what more the panel has to do with the page's clock.
const updatePanel = (page, field, join = () => {}) => {
  const before = content && content.text;
  content = readPayload();
  if (!content) {
    forget();
    view.replaceChildren();
    return;
  }
  if (before !== content.text) [past, ahead] = [[], null];
  if (before !== content.text || !waits()) forget();
  clock = clockOf(page);
  clock.changes = () => ({ [field]: content.line });
  clock.waitsForCell = () => openTool === "row" && !content.shown && element.isConnected;
  clock.pickCell = (cell) => {
    const wanted = !busy && clock.waitsForCell();
    if (wanted) setRow(cell);
    return wanted;
  };
  join();
  keepFocus(draw);
  if (!waits()) tell(say());
};
