// Which heads are on: a click, a double click, a box, a number key. The last one cannot go off, and that is said.
const choose = (layer, head) => {
  const alone = state.on.size === 1;
  [state.layer, state.head] = [layer, head];
  if (alone) state.on.clear();
  state.on.add(nameOfHead(layer, head));
  draw();
};

const isolate = (layer, head) => {
  state.on = new Set([nameOfHead(layer, head)]);
  choose(layer, head);
};

const turn = (layer, head) => {
  const name = nameOfHead(layer, head);
  if (!state.on.has(name)) state.on.add(name);
  else if (state.on.size > 1) state.on.delete(name);
  else refused = content.strings.lastHead;
  if (state.on.size === 1 || !state.on.has(nameOfHead(state.layer, state.head))) [state.layer, state.head] = [...state.on][0].split(":").map(Number);
  draw();
};

const turnAll = () => {
  const all = headsOf(panel).filter(([layer]) => layer === state.layer).map((one) => nameOfHead(...one));
  const whole = all.every((name) => state.on.has(name));
  state.on = new Set(whole ? [nameOfHead(state.layer, state.head)] : [...state.on, ...all]);
  draw();
};

// A digit from anywhere on the page (clock.js). Returns whether there was something to switch.
const numberKey = (key) => {
  if (!content || !element.isConnected || !hasRoom()) return false;
  if (key === "0") turnAll();
  else if (Number(key) <= panel.shape[1]) turn(state.layer, Number(key) - 1);
  else {
    refused = fill(content.strings.noHead, { key, count: panel.shape[1] });
    draw();
  }
  return true;
};

// Within the view a check box may have the focus too, where digits mean nothing.
view.addEventListener("keydown", (event) => {
  if (event.target.matches("select, input[type=range]") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^[0-9]$/.test(event.key) && numberKey(event.key)) event.preventDefault();
});
