// Charts to zoom, to pan and to hover, drawn by Plotly. The library comes from our own address, after the page is there.
// A page that was saved has no server to fetch from: it keeps the light drawing.
const canZoom = () => window.seqdemoSearch === undefined;

const fetchPlotly = () =>
  (window.seqdemoPlotly ||= new Promise((resolve, reject) => {
    const script = make("script");
    script.src = homeOf(plotlyPath);
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      window.seqdemoPlotly = null;
      script.remove();
      reject(new Error(script.src));
    };
    document.head.append(script);
  }));

// Once the page has been drawn and rests, the file is fetched into the browser's cache; it runs when a chart needs it.
const fetchEarly = () => {
  if (window.seqdemoEarly || !canZoom() || (navigator.connection && navigator.connection.saveData)) return;
  window.seqdemoEarly = true;
  const ask = () => {
    const hint = make("link");
    Object.assign(hint, { rel: "prefetch", as: "script", href: homeOf(plotlyPath) });
    document.head.append(hint);
  };
  setTimeout(() => (window.requestIdleCallback || setTimeout)(ask), 2500);
};

// As figures/theme.py does it: a little HTML in a label is shown, not obeyed; no two labels of an axis are alike.
const plainText = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const axisLabels = (tokens) => {
  const [seen, taken] = [new Map(), new Set()];
  return tokens.map(visible).map((token) => {
    let name = "";
    do {
      seen.set(token, (seen.get(token) || 0) + 1);
      name = seen.get(token) === 1 ? token : `${token} (${seen.get(token)})`;
    } while (taken.has(name));
    taken.add(name);
    return plainText(name);
  });
};

// A copy of a frame in the colours of the page's theme; arrays of numbers are left as they are.
const inTheme = (part) => {
  if (typeof part === "string") return shade(part);
  if (Array.isArray(part)) return typeof part.at(-1) === "number" ? part : part.map(inTheme);
  return part && part.constructor === Object ? Object.fromEntries(Object.entries(part).map(([name, value]) => [name, inTheme(value)])) : part;
};

// The colour that the page has behind an element.
const paperOf = (node) => {
  for (let at = node; at; at = at.parentElement) {
    const color = getComputedStyle(at).backgroundColor;
    if (color && color !== "transparent" && !/, 0\)$/.test(color)) return color;
  }
  return shade(colors.paper);
};

const chartConfig = (strings, flat) => ({
  displaylogo: false, displayModeBar: true, doubleClick: "reset", scrollZoom: false, locale: "page",
  modeBarButtonsToRemove: ["sendChartToCloud"],
  modeBarButtons: [flat ? ["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d"] : ["zoom3d", "pan3d", "tableRotation", "resetCameraDefault3d"]],
  locales: {
    page: {
      dictionary: {
        Zoom: strings.zoom, Pan: strings.pan, "Zoom in": strings.zoomIn, "Zoom out": strings.zoomOut, "Reset axes": strings.reset,
        "Turntable rotation": strings.rotate, "Reset camera to default": strings.reset, "Double-click to zoom back out": strings.doubleClick,
      },
      format: {},
    },
  },
});

// One Plotly chart with our marks above it. acts: {hover(point), leave(), click(point), place(node) -> marks in pixels}.
const makeChart = (className = "") => {
  const whole = make("div", "seqdemo-chart " + className);
  const [node, marks] = [make("div"), make("div", "seqdemo-marks")];
  whole.append(node, marks);
  let acts = {};
  let drawn = null;
  const place = () => {
    const layout = node._fullLayout;
    if (!layout || !acts.place) return marks.replaceChildren();
    const { l, t, w, h } = layout._size;
    Object.assign(marks.style, { left: l + "px", top: t + "px", width: w + "px", height: h + "px" });
    marks.replaceChildren(...acts.place(layout).map(({ text = "", kind, ...box }) => {
      const mark = make("div", "seqdemo-mark " + kind, text);
      for (const [name, value] of Object.entries(box)) mark.style[name] = typeof value === "number" ? value + "px" : value;
      return mark;
    }));
  };
  const listen = () => {
    node.on("plotly_hover", ({ points }) => acts.hover && acts.hover(points[0]));
    node.on("plotly_unhover", () => acts.leave && acts.leave());
    node.on("plotly_click", ({ points }) => acts.click && acts.click(points[0]));
    node.on("plotly_relayouting", () => marks.replaceChildren());
    node.on("plotly_afterplot", place);
  };
  return {
    whole, place, node,
    get drawn() { return drawn; },
    draw: async (figure, { strings, flat = true, ...given }) => {
      const plotly = await fetchPlotly();
      if (!whole.isConnected) return;
      const first = !node.on;
      acts = given;
      await plotly.react(node, figure.data, { ...figure.layout, hovermode: "closest", dragmode: flat ? "zoom" : "turntable" }, chartConfig(strings, flat));
      if (first) listen();
      drawn = figure;
      place();
    },
    end: () => window.Plotly && window.Plotly.purge(node),
  };
};

// What charts show now, zoomed and turned as they are, in the colours of a light page, as sheets for a picture.
// build() -> [[chart, figure], ...]; the sizes are those of the page.
const chartSheets = async (build) => {
  onPaper = true;
  let pairs;
  try {
    pairs = build();
  } finally {
    onPaper = false;
  }
  const sheets = [];
  for (const [chart, { data, layout }] of pairs) {
    const [seen, shown] = [chart.node._fullLayout, { ...layout, paper_bgcolor: "#ffffff" }];
    const flat = !seen.scene;
    for (const name of Object.keys(layout)) if (/^[xy]axis\d*$/.test(name)) shown[name] = { ...layout[name], range: [...seen[name].range], autorange: false };
    if (!flat) shown.scene = { ...layout.scene, camera: seen.scene.camera };
    const [width, height] = [seen.width, seen.height];
    const href = await window.Plotly.toImage({ data, layout: shown }, { format: flat ? "svg" : "png", width, height, scale: flat ? 1 : 2 });
    const sheet = makeSheet(width, height, "");
    drawn(sheet, "image", { width, height, href });
    sheets.push(sheet);
  }
  return sheets;
};

// Light drawing or zoomable chart: a button that says which, the same choice for every text, part of the link.
const makeZoomChoice = (redraw) => {
  const name = (view.closest(".block[id]") || {}).id || "view"; // as the page calls the view; inside, ids are Gradio's and change
  const on = (window.seqdemoZoomed ||= new Set((search.get("charts") || "").split(",").filter((one) => /^[a-z-]{1,30}$/.test(one))));
  const told = make("span", "seqdemo-told");
  told.setAttribute("role", "status");
  const bar = make("div", "seqdemo-zoombar");
  let button = null;
  const failed = (strings) => {
    on.delete(name);
    told.textContent = strings.noChart;
    show();
    redraw();
  };
  const show = () => button && button.setAttribute("aria-pressed", String(on.has(name)));
  return {
    bar,
    get on() { return canZoom() && on.has(name); },
    has: (form) => on.has(`${name}-${form}`), // another form of the chart, part of the link too
    choose: (form, wanted) => {
      on[wanted ? "add" : "delete"](`${name}-${form}`);
      if (wanted) on.add(name); // who asks for it wants to see it
      show();
    },
    // strings: of the payload; more: what else stands beside the button while the chart is on.
    begin: (strings, ...more) => {
      button = makeButton(strings.zoomable, () => {
        if (!on.delete(name)) on.add(name);
        show();
        redraw();
      });
      button.classList.add("seqdemo-toggle");
      bar.replaceChildren(button, ...more, told);
      bar.hidden = !canZoom();
      show();
      fetchEarly();
    },
    // light, heavy: places; the light drawing stays until the chart is there.
    arrange: (light, heavy, drawLight, drawHeavy, strings) => {
      const charts = canZoom() && on.has(name);
      if (!charts || !light.hidden) {
        light.hidden = false;
        drawLight();
      }
      heavy.hidden = !charts;
      if (charts) drawHeavy().then(() => (light.hidden = on.has(name)), () => on.has(name) && failed(strings));
    },
    failed,
  };
};
