// Shared by all views: reading the payload, making elements, filling in strings, redrawing when the room changes.
const view = element.querySelector(".seqdemo-view");

// A lesson's payload brings the fields of a link along (step, head, switches) and goes by a clock of its own.
let lesson = null;
const altered = document.createElement("p"); // above a view of a run with changes: these are not the checkpoint's own answers
altered.className = "seqdemo-altered";
const readPayload = () => {
  if (window.seqdemoSum && element.contains(window.seqdemoSum.panel)) closeSum();
  const content = props.value ? JSON.parse(props.value) : null;
  altered.textContent = (content && content.changed && content.changed.words) || "";
  if (altered.textContent) view.before(altered);
  else altered.remove();
  lesson = (content && window.seqdemoSearch === undefined && content.lesson) || null;
  if (lesson !== null) content.text += "\n" + lesson; // the next step may be about the same words: a new place in time
  return content;
};

// An address of the app's own, also where it runs below another page's path.
const homeOf = (path) => ((window.gradio_config && window.gradio_config.root) || "").replace(/\/$/, "") + path;

// Every visitor's text goes through here: as text, never as HTML.
const make = (tag, className = "", text = "") => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
};

const makeButton = (text, action, className = "seqdemo-small") => {
  const button = make("button", className, text);
  button.type = "button";
  button.addEventListener("click", action);
  return button;
};

// One pass, so that a token which reads "{weight}" is shown and not filled in.
const fill = (template, values) => template.replace(/\{(\w+)\}/g, (hole, name) => (name in values ? values[name] : hole));

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const clamp = (number, low, high) => Math.min(high, Math.max(low, number));
const percent = (share) => (100 * share).toFixed(1) + "%";

// A letterless token (a blank, a line break) must be seen too.
const visible = (token) => (token.trim() ? token : "␣");

// Whether there is room to draw: a view that is hidden has no width, or a few pixels while its tab is laid out.
const hasRoom = () => view.clientWidth >= 60;

// Calls `draw` when the theme changes or the view gets another width, also when it was hidden until now.
const whenRoomChanges = (draw) => {
  let width = view.clientWidth;
  const sizes = new ResizeObserver(() => {
    if (!element.isConnected) return stop();
    if (view.clientWidth === width) return;
    width = view.clientWidth;
    if (width) requestAnimationFrame(draw);
  });
  const themes = new MutationObserver(() => (element.isConnected ? draw() : stop()));
  const stop = () => {
    sizes.disconnect();
    themes.disconnect();
  };
  sizes.observe(view);
  themes.observe(document.body, { attributes: true, attributeFilter: ["class"] });
};

// A check box with its words, the whole of it to click on.
const makeSwitch = (text, checked, change) => {
  const label = make("label", "seqdemo-switch");
  const box = make("input");
  box.type = "checkbox";
  box.checked = checked;
  box.addEventListener("change", () => change(box.checked));
  label.append(box, make("span", "", text));
  return label;
};

// A choice of a few, with its words before it. options: [[value, text], ...]
const makeSelect = (text, options, chosen, change) => {
  const label = make("label", "seqdemo-row", text);
  const select = make("select");
  for (const [value, name] of options) {
    const option = make("option", "", name);
    option.value = value;
    select.append(option);
  }
  select.value = chosen;
  select.setAttribute("aria-label", text);
  select.addEventListener("change", () => change(select.value));
  label.append(select);
  return label;
};
