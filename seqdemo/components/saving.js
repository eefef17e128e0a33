// To keep and to show: the drawing as SVG or PNG, the view as a page that needs no network, its numbers as CSV or JSON.
const offer = (name, kind, parts) => {
  const anchor = make("a");
  anchor.href = URL.createObjectURL(new Blob(parts, { type: kind }));
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 10_000);
};

// What is shown and where the numbers come from, a line each: switches, changes in force, checkpoints with their hash, or
// what measured them beforehand.
const origins = (kept) => [
  ...(kept.told ? kept.told().map((line) => [line]) : []),
  ...(content.changed ? [[content.changed.words]] : []),
  ...kept.sources.map(({ checkpoint, sha256 }) => [checkpoint, "SHA-256", sha256]),
  ...(kept.made || []),
];
const selected = (kept) => ({ ...kept.selection(), ...(content.changed ? content.changed.fields : {}) });
const valueOf = (kept) => (kept.value ? kept.value() : props.value);

// Several sheets below one another on white paper, with a title above and where they come from below.
const onOnePaper = (kept) => {
  onPaper = true;
  try {
    const sheets = kept.pictures(1180);
    const size = (sheet, name) => Number(sheet.getAttribute(name));
    const width = Math.max(1180, ...sheets.map((sheet) => size(sheet, "width"))) + 40;
    const height = 44 + sum(sheets.map((sheet) => size(sheet, "height") + 12)) + 22 * origins(kept).length;
    const paper = makeSheet(width, height, kept.title);
    drawn(paper, "rect", { width, height, fill: "#ffffff" });
    write(paper, fitted(kept.title, 1180, 17, 600), 20, 26, { size: 17, weight: 600 });
    let y = 44;
    for (const sheet of sheets) {
      changed(sheet, { x: 20, y });
      paper.append(sheet);
      y += size(sheet, "height") + 12;
    }
    origins(kept).forEach((line, number) => write(paper, fitted(line.join("  "), width - 40, 12), 20, y + 14 + 20 * number, { size: 12, color: colors.faint }));
    return { paper, width, height };
  } finally {
    onPaper = false;
  }
};

// Where zoomable charts stand in place of the light drawing, the picture is of them.
const pictured = async (kept) => {
  const sheets = kept.charts ? await kept.charts() : null;
  return onOnePaper(sheets ? { ...kept, pictures: () => sheets } : kept);
};

const saveSvg = async (kept, name) => offer(name, "image/svg+xml", [new XMLSerializer().serializeToString((await pictured(kept)).paper)]);

const savePng = async (kept, name) => {
  const { paper, width, height } = await pictured(kept);
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(paper)], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = make("canvas");
  [canvas.width, canvas.height] = [2 * width, 2 * height];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  canvas.toBlob((picture) => offer(name, "image/png", [picture]));
};

const cell = (text) => (/[",\n\r]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text);
// A spreadsheet runs what begins like a formula: a visitor's word must not.
const harmless = (text) => (/^[=+\-@\t]/.test(text) && !/^-?[0-9.]+$/.test(text) ? "'" + text : text);

const asCsv = (kept) =>
  [
    ...origins(kept).map((line) => ["#", ...line]),
    ...kept.table(),
  ].map((row) => row.map((text) => cell(harmless(String(text)))).join(",")).join("\r\n") + "\r\n";

const asJson = (kept) =>
  JSON.stringify({ title: kept.title, about: origins(kept), sources: kept.sources, selection: selected(kept), table: kept.table(), payload: JSON.parse(valueOf(kept)) }, null, 1);

// The view's own script and payload in one file: it opens without a server and draws the same numbers.
const asPage = (kept) => {
  const quiet = (value) => JSON.stringify(value).replace(/</g, "\\u003c");
  const style = "#view {" + styleText + "} body { margin: 16px; font-family: " + fontFamily + "; --body-background-fill: #ffffff; } body.dark { background: #0b0f19; --body-background-fill: #0b0f19; }";
  const start = `window.seqdemoSearch = ${quiet(new URLSearchParams(selected(kept)).toString())};
if (matchMedia("(prefers-color-scheme: dark)").matches) document.body.classList.add("dark");
(${wholeScript})(document.getElementById("view"), () => {}, { value: ${quiet(valueOf(kept))} }, {}, null, () => {});`;
  const title = make("title", "", kept.title);
  return `<!doctype html>\n<html lang="${document.documentElement.lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
${new XMLSerializer().serializeToString(title)}<style>${style}</style></head><body>
<div id="view"><div class="seqdemo-view"></div></div>
<script>${start}</` + `script></body></html>\n`;
};

// kept: {name, title, sources, made (lines of words, optional), told() -> lines that say what is shown (optional), value() -> payload (optional), pictures(width) -> sheets, charts() -> sheets or null (optional), table() -> rows with their head, selection() -> {name: text}}
const makeSaving = (kept, strings) => {
  const menu = make("details", "seqdemo-fold seqdemo-saving");
  menu.append(make("summary", "", strings.save));
  const list = make("div", "seqdemo-kinds");
  const kinds = {
    PNG: () => savePng(kept, kept.name + ".png"),
    SVG: () => saveSvg(kept, kept.name + ".svg"),
    HTML: () => offer(kept.name + ".html", "text/html", [asPage(kept)]),
    CSV: () => offer(kept.name + ".csv", "text/csv", ["\ufeff", asCsv(kept)]),
    JSON: () => offer(kept.name + ".json", "application/json", [asJson(kept)]),
  };
  for (const [kind, act] of Object.entries(kinds)) list.append(makeButton(kind, act));
  menu.append(list);
  return menu;
};
