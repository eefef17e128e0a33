// Drawing with SVG: one element at a time, text that fits, lines and dots as single paths.
const SVG = "http://www.w3.org/2000/svg";

const drawn = (parent, tag, attributes = {}, text = "") => {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text) node.textContent = text;
  if (parent) parent.append(node);
  return node;
};

const changed = (node, attributes) => {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
};

const makeSheet = (width, height, label) =>
  drawn(null, "svg", {
    xmlns: SVG, width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label,
    "font-family": fontFamily, class: "seqdemo-sheet",
  });

const pen = document.createElement("canvas").getContext("2d");
const measure = (text, size = 13, weight = 400) => {
  pen.font = `${weight} ${size}px ${fontFamily}`;
  return pen.measureText(text).width;
};

// The text, or as much of it as there is room for.
const fitted = (text, room, size = 13, weight = 400) => {
  if (measure(text, size, weight) <= room) return text;
  const letters = Array.from(text);
  while (letters.length > 1 && measure(letters.join("") + "…", size, weight) > room) letters.pop();
  return letters.join("") + "…";
};

// Text broken into lines; Chinese may break between any two characters.
const wrapped = (text, room, size = 13) => {
  const lines = [""];
  for (const piece of text.match(/[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+/g) || []) {
    if (lines.at(-1) && measure(lines.at(-1) + piece.trimEnd(), size) > room) lines.push("");
    lines[lines.length - 1] += piece;
  }
  return lines.map((line) => line.trimEnd());
};

const write = (parent, text, x, y, { size = 13, weight = 400, color = colors.ink, anchor = "start", ...more } = {}) =>
  drawn(parent, "text", {
    x, y, "font-size": size, "font-weight": weight, fill: shade(color), "text-anchor": anchor, ...more,
  }, text);

const rounded = (number) => Math.round(10 * number) / 10;
const lineThrough = (points) => points.map(([x, y], index) => (index ? "L" : "M") + rounded(x) + " " + rounded(y)).join("");
const dotsAt = (points) => points.map(([x, y]) => `M${rounded(x)} ${rounded(y)}h0`).join("");
