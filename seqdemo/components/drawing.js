// Shared by all views: making elements, filling in strings, and one plot that is kept and redrawn.
const view = element.querySelector(".seqdemo-view");

const readPayload = () => (props.value ? JSON.parse(props.value) : null);

// Every visitor's text goes through here: as text, never as HTML.
const make = (tag, className = "", text = "") => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
};

// One pass, so that a token which reads "{weight}" is shown and not filled in.
const fill = (template, values) => template.replace(/\{(\w+)\}/g, (hole, name) => (name in values ? values[name] : hole));

const isDark = () => document.body.classList.contains("dark");
const shade = (color) => (isDark() && darkColors[color]) || color;

// The figure with the colours of the theme. A string counts as a colour only below a key that says so.
const recolored = (value, isColor = false) => {
  if (typeof value === "string") return isColor ? shade(value) : value;
  if (Array.isArray(value)) return value.map((item) => recolored(item, isColor));
  if (!value || typeof value !== "object" || "bdata" in value || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, recolored(item, /color(scale)?$/.test(key))])
  );
};

const plain = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const unplain = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
const shortened = (text, most) => (Array.from(text).length > most ? Array.from(text).slice(0, most - 1).join("") + "…" : text);

// Names as many categories as there is room for. Returns [named, all].
const thinTicks = (axis, pixels, narrow) => {
  const names = axis.categoryarray;
  const size = names.length > 40 || narrow ? 11 : 13;
  const step = Math.max(1, Math.ceil((names.length * (size + 3)) / Math.max(pixels, 40)));
  const shown = names.filter((_, index) => index % step === 0);
  axis.tickmode = "array";
  axis.tickvals = shown;
  axis.ticktext = shown.map((name) => plain(shortened(unplain(name), narrow ? 12 : 18)));
  axis.tickfont = { size };
  return [shown.length, names.length];
};

// The legend stands above the plot and takes more lines on a phone. Returns whether the room had to change.
const makeHeadroom = (node, layout) => {
  const legend = node.querySelector("g.legend");
  const room = 8 + (legend && layout.showlegend ? Math.ceil(legend.getBoundingClientRect().height) : 0);
  if (layout.margin.t === room) return false;
  layout.margin.t = room;
  return true;
};

// A plot on one element: redrawn when the theme or the width changes, drawn late if it is hidden now.
const makePlot = (node, missing = () => "") => {
  let figure = null;
  let revision = 0;
  let drawn = 0;
  let turn = 0; // a drawing that was overtaken by a newer one must not finish
  let onThinned = null;
  const draw = async () => {
    let library;
    try {
      library = await window.seqdemoPlotly;
    } catch {
      node.textContent = missing();
      return;
    }
    const mine = ++turn;
    const width = node.clientWidth;
    drawn = figure && node.isConnected ? width : 0; // 0: still to be drawn, once there is room
    if (!drawn) return;
    const narrow = width < 520;
    const { data, layout } = recolored(figure);
    Object.assign(layout, { width, uirevision: revision, dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom" });
    layout.font.size = narrow ? 11 : layout.font.size;
    delete layout.title; // the view shows it as text, which wraps and can be read out
    for (const note of narrow ? layout.annotations || [] : []) note.font = { ...note.font, size: 11 };
    const thinned = {};
    for (const name of Object.keys(layout).filter((key) => /^[xy]axis/.test(key))) {
      const axis = layout[name];
      if (axis.title && axis.title.font) axis.title.font.size = layout.font.size;
      if (axis.type !== "category" || !axis.categoryarray || axis.showticklabels === false) continue;
      thinned[name] = thinTicks(axis, name[0] === "x" ? width - 120 : layout.height - 130, narrow);
    }
    layout.hoverlabel = { ...layout.hoverlabel, bgcolor: isDark() ? "#27272a" : "#ffffff", bordercolor: layout.font.color };
    layout.hoverlabel.font = { ...layout.hoverlabel.font, color: layout.font.color };
    const settings = { displayModeBar: false, displaylogo: false, responsive: false, typesetMath: false };
    await library.react(node, data, layout, settings);
    if (mine === turn && makeHeadroom(node, layout)) await library.react(node, data, layout, settings);
    if (mine === turn && onThinned) onThinned(thinned);
  };
  const sizes = new ResizeObserver(() => {
    if (!element.isConnected) return stop();
    if (node.clientWidth && node.clientWidth !== drawn) requestAnimationFrame(draw);
  });
  const themes = new MutationObserver(() => (element.isConnected ? draw() : stop()));
  const stop = () => {
    sizes.disconnect();
    themes.disconnect();
    if (window.Plotly) window.Plotly.purge(node);
  };
  sizes.observe(node);
  themes.observe(document.body, { attributes: true, attributeFilter: ["class"] });
  return {
    show: (next, { keep = false, thinned = null } = {}) => {
      figure = next;
      onThinned = thinned;
      if (!keep) revision += 1;
      node.style.minHeight = next.layout.height + "px";
      return draw();
    },
    clear: () => {
      figure = null;
      turn += 1;
      drawn = 0;
      node.style.minHeight = "";
      if (window.Plotly && node.data) window.Plotly.purge(node);
    },
    reset: () => {
      revision += 1;
      return draw();
    },
    // For a slide: with its title, always in the light colours, on white.
    save: async (title) => {
      const library = await window.seqdemoPlotly;
      const { width, height } = { width: Math.max(drawn, 720), height: figure.layout.height + 30 };
      const layout = { ...structuredClone(figure.layout), paper_bgcolor: "#ffffff", width, height };
      layout.title = { ...layout.title, text: plain(title) };
      await library.downloadImage({ data: figure.data, layout }, { format: "png", scale: 2, filename: title, width, height });
    },
  };
};

const makeButton = (text, action, className = "seqdemo-small") => {
  const button = make("button", className, text);
  button.type = "button";
  button.addEventListener("click", action);
  return button;
};

// Which checkpoint, how large, which digest: one line under every panel.
const makeSource = (parts) => {
  const line = make("p", "seqdemo-source");
  for (const part of parts) line.append(make("span", "", part));
  return line;
};
