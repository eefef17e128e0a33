// The state of a view as part of the page's address: what a link asks for, and the link to what is shown now.
// An exported page has no address of its own: it brings what it asks for along.
const search = new URLSearchParams(window.seqdemoSearch ?? location.search);

// What the link asks for, if it is about this text and nobody has taken it yet; else an empty question.
const takeLink = (name, question) => {
  if (lesson !== null) return new URLSearchParams(lesson);
  window.seqdemoTaken ||= new Set();
  const about = ["tab", "task", "text", "pair", "sentence"].every((part) => !search.has(part) || !(part in question) || search.get(part) === question[part]);
  if (!about || window.seqdemoTaken.has(name)) return new URLSearchParams();
  window.seqdemoTaken.add(name);
  return search;
};

// "3" -> 2 (a place counted from 0), null where it is no place among `count`.
const readPlace = (text, count) => (/^[0-9]{1,4}$/.test(text || "") && Number(text) >= 1 && Number(text) <= count ? Number(text) - 1 : null);

const SWITCHES = ["mean", "hide", "merge", "stretch", "atInput"];
const MASSES = [1, 0.95, 0.9, 0.75, 0.5];

// Which panel, head, row and switches: {map, row, on, switches, mass} of the address. The clock's step says the row of a panel that is timed.
const writeLooks = (panel, state) => ({
  map: [panel.model, panel.kind, state.layer + 1, state.head + 1].join("."),
  row: panel.row && !panel.timed ? String(panel.row + 1) : "",
  on: [...state.on].map((name) => name.split(":").map((part) => Number(part) + 1).join(".")).sort().join(","),
  switches: [...SWITCHES.filter((name) => state[name]), ...(state.measure === "raw" ? [] : [state.measure])].join(","),
  mass: state.mass < 1 ? String(state.mass) : "",
});

// The reverse: {panel (its number or null), row (or null), changes, unusable: [names of fields that could not be used]}.
const readLooks = (wanted, panels) => {
  const [changes, unusable] = [{}, []];
  const [model, kind, layer, head] = (wanted.get("map") || "").split(".");
  const panel = panels.findIndex((one) => one.model === model && one.kind === kind);
  const shape = panel < 0 ? [0, 0] : panels[panel].shape;
  const place = [readPlace(layer, shape[0]), readPlace(head, shape[1])];
  if (wanted.get("map") && (panel < 0 || place.includes(null))) unusable.push("map");
  else if (panel >= 0) [changes.layer, changes.head] = place;
  const row = panel >= 0 && !panels[panel].timed ? readPlace(wanted.get("row"), shape[2]) : null;
  if (wanted.get("row") && row === null) unusable.push("row");
  const on = (wanted.get("on") || "").split(",").filter(Boolean).map((name) => name.split(".").map((part, axis) => readPlace(part, shape[axis] ?? 0)));
  if (on.some((pair) => pair.length !== 2 || pair.includes(null))) unusable.push("on");
  else if (on.length) changes.on = new Set(on.map((pair) => pair.join(":")));
  for (const name of (wanted.get("switches") || "").split(",").filter(Boolean)) {
    if (SWITCHES.includes(name)) changes[name] = true;
    else if ((name === "rollout" && (panel < 0 || canRoll(panels[panel]))) || (name === "norms" && panel >= 0 && panels[panel].lengths)) changes.measure = name;
    else unusable.push("switches");
  }
  const mass = wanted.get("mass");
  if (mass && !MASSES.includes(Number(mass))) unusable.push("mass");
  else if (mass) changes.mass = Number(mass);
  return { panel: panel < 0 ? null : panel, row, changes, unusable };
};

// The address of what a tab shows now. question: what was asked of the server; clock: step, and what else is chosen.
const addressOf = (question, clock) => {
  const parts = {
    ...question,
    step: String(clock.kept + 1),
    ...(clock.looks ? clock.looks() : {}),
    ...(clock.changes ? clock.changes() : {}),
    ...(clock.reasons ? clock.reasons() : {}),
    charts: [...(window.seqdemoZoomed || [])].sort().join(","),
  };
  const query = new URLSearchParams(Object.entries(parts).filter(([, value]) => value !== "" && value !== null));
  for (const kept of ["hide", "__theme"]) if (search.get(kept)) query.set(kept, search.get(kept));
  return new URL("?" + query, location.href).href;
};

const makeLinkButton = (question, clock, strings) => {
  if (window.seqdemoSearch !== undefined) return make("span"); // a saved page has no address of its own
  const told = make("span", "seqdemo-told");
  told.setAttribute("role", "status");
  const button = makeButton(strings.link, async () => {
    const address = addressOf(question, clock);
    history.replaceState(null, "", address);
    try {
      await navigator.clipboard.writeText(address);
      told.textContent = strings.copied;
    } catch {
      told.textContent = strings.inAddress; // no clipboard without https or permission: the address line has it
    }
    // It stays until the next thing is done: on a busy machine a clock would take it away before it is seen.
    const gone = new AbortController();
    const over = () => { told.textContent = ""; gone.abort(); };
    for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, over, { signal: gone.signal, capture: true });
  });
  const place = make("span", "seqdemo-row");
  place.append(button, told);
  return place;
};
