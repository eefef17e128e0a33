// What every panel of changes shares: asking for a change, taking it back, and keeping the keyboard's place meanwhile.
let content = null;
let clock = null;
let tools = null;
let past = []; // lines of changes as they were before each change
let ahead = null; // where undo wants to go: not a new step of the past
let wanted = null; // the line that was wished last, until it is answered
let sent = null; // the line whose answer is on its way
let busy = false;
const status = make("p", "seqdemo-caption");
status.setAttribute("role", "status");

// Read out to who cannot see the panel; shown to all only while something is under way.
const tell = (words, seen = false) => {
  status.textContent = words;
  status.classList.toggle("seqdemo-spoken", !seen);
};

const spelled = (word) => word.replace(/[%,;]/g, encodeURIComponent);
const itemsOf = (line) => line.split(";").filter(Boolean);
const SHOWN = "show:changed";

// Ask the server for the run with these changes. A saved page has no server. One question at a time is on its way;
// what is wished meanwhile waits, and the last wish wins.
const lineWanted = () => wanted ?? content.line;
const waits = () => wanted !== null && wanted !== sent;
const askFor = (line) => {
  if (window.seqdemoSearch !== undefined || line === lineWanted()) return;
  if (line === ahead) ahead = null;
  else past.push(lineWanted());
  wanted = line;
  tell(content.strings.working, true);
  if (!busy) send();
};

// What takes seconds (all explanations put to the test, other attention weights) waits in a line of its own.
const isLong = (line) => /^[a-z0-9-]+\.(words|weights)(\.|$)/.test(line);

const send = () => {
  [busy, sent] = [true, wanted];
  if (isLong(sent)) trigger("long", { line: sent });
  else trigger("again", { line: sent });
};

const forget = () => ([wanted, sent] = [null, null]);
view.addEventListener("seqdemo-answered", () => { // see resources.py
  busy = false;
  if (waits()) return send();
  forget();
  if (content && status.textContent === content.strings.working) tell(""); // the same answer again
});

// One change more; `instead` tells which of the old ones it replaces.
const addChange = (item, instead = () => false) =>
  askFor([...itemsOf(lineWanted()).filter((old) => old !== item && !instead(old)), item].sort((one, two) => (one === SHOWN) - (two === SHOWN)).join(";"));

const takeBack = (item) => {
  const left = itemsOf(lineWanted()).filter((old) => old !== item);
  askFor(left.filter((one) => one !== SHOWN).length ? left.join(";") : "");
};

const undo = () => {
  ahead = past.pop();
  askFor(ahead);
};

// A button whose place the keyboard finds again after the panel was drawn anew.
const keyed = (node, key) => {
  node.dataset.key = key;
  return node;
};

const keepFocus = (draw) => {
  const key = view.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  draw();
  if (!key) return;
  const again = view.querySelector(`[data-key="${CSS.escape(key)}"]`) || view.querySelector("[data-key=undo]:enabled") || view.querySelector("[role=tab][tabindex='0']");
  if (again) again.focus({ preventScroll: true });
};

// Tools one beside the other, one open at a time. tools: [{key, name, build}, ...]
let openTool = null;
const makeTools = (tools) => {
  const frame = make("div", "seqdemo-tools");
  const bar = make("div", "seqdemo-kinds");
  bar.setAttribute("role", "tablist");
  bar.setAttribute("aria-label", content.strings.tools);
  const body = make("div", "seqdemo-tool");
  body.setAttribute("role", "tabpanel");
  if (!tools.some((one) => one.key === openTool)) openTool = tools[0].key;
  const show = () => {
    bar.querySelectorAll("[role=tab]").forEach((tab, number) => {
      const here = tools[number].key === openTool;
      tab.setAttribute("aria-selected", String(here));
      tab.tabIndex = here ? 0 : -1;
    });
    const tool = tools.find((one) => one.key === openTool);
    body.setAttribute("aria-label", tool.name);
    body.replaceChildren(...tool.build());
  };
  const open = (key) => {
    openTool = key;
    show();
    if (clock) clock.refresh(); // a map of attention says whether a cell is waited for
  };
  for (const { key, name } of tools) {
    const tab = keyed(makeButton(name, () => open(key), "seqdemo-kind"), "tool " + key);
    tab.setAttribute("role", "tab");
    bar.append(tab);
  }
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const at = tools.findIndex((one) => one.key === openTool);
    open(tools[(at + by + tools.length) % tools.length].key);
    bar.querySelector("[aria-selected=true]").focus();
  });
  show();
  frame.append(bar, body);
  return { frame, show };
};

// A word of the source: replace it, take it out, hide it. words: [{first, last, token, text}, ...]
let chosenWord = 0;
const makeWordTool = (words, canHide) => () => {
  chosenWord = Math.min(chosenWord, words.length - 1);
  const word = words[chosenWord];
  const place = word.first === word.last ? String(word.first + 1) : `${word.first + 1}-${word.last + 1}`;
  const here = (item) => item.startsWith(`word:${place},`) || item.startsWith(`hide:${place},`);
  const row = make("div", "seqdemo-words");
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", content.strings.words);
  words.forEach((one, number) => {
    const button = keyed(makeButton(one.text, () => {
      chosenWord = number;
      keepFocus(tools.show);
    }), "word " + number);
    button.setAttribute("aria-pressed", String(number === chosenWord));
    row.append(button);
  });
  const form = make("form", "seqdemo-row seqdemo-form");
  const box = keyed(make("input"), "by");
  box.type = "text";
  box.maxLength = 100;
  box.setAttribute("aria-label", fill(content.strings.inPlaceOf, { word: word.text }));
  box.placeholder = fill(content.strings.inPlaceOf, { word: word.text });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (box.value.trim()) addChange(`word:${place},${spelled(word.token)},${spelled(box.value.trim())}`, here);
  });
  const replace = keyed(make("button", "seqdemo-small", content.strings.replace), "replace");
  const out = keyed(makeButton(fill(content.strings.takeOut, { word: word.text }), () => addChange(`word:${place},${spelled(word.token)},`, here)), "out");
  const hide = keyed(makeButton(fill(content.strings.hide, { word: word.text }), () => addChange(`hide:${place},${spelled(word.token)}`, here)), "hide");
  form.append(box, replace, out, ...(canHide ? [hide] : []));
  return [row, form, make("p", "seqdemo-caption", canHide ? content.strings.aboutHide : content.strings.aboutOut)];
};
