// What becomes of a class as words go, and as they alone are left: an explanation's order beside random orders.
const [CURVE_LEFT, CURVE_TOP, CURVE_TALL, CURVE_FOOT] = [40, 26, 150, 42];

// One chart. curve: {title, values, chance, spread}; look: {color, dash}.
const drawCurve = (sheet, box, curve, look) => {
  const last = curve.values.length - 1;
  const x = (count) => box.x + CURVE_LEFT + (count / last) * (box.width - CURVE_LEFT - 8);
  const y = (share) => CURVE_TOP + CURVE_TALL * (1 - share);
  write(sheet, fitted(curve.title, box.width, 13, 600), box.x, 14, { weight: 600 });
  for (const share of [0, 0.5, 1]) {
    drawn(sheet, "line", { x1: x(0), x2: x(last), y1: y(share), y2: y(share), stroke: shade(colors.grid) });
    write(sheet, percent(share).replace(".0", ""), x(0) - 5, y(share) + 4, { size: 12, anchor: "end", color: colors.faint });
  }
  for (const count of roundTicks(0, last, Math.min(last, 6)).filter(Number.isInteger)) write(sheet, String(count), x(count), y(0) + 16, { size: 12, anchor: "middle", color: colors.faint });
  write(sheet, fitted(content.strings.countAxis, box.width - CURVE_LEFT, 12), (x(0) + x(last)) / 2, y(0) + 34, { size: 12, anchor: "middle" });
  const points = (values) => Array.from(values, (value, count) => [x(count), y(clamp(value, 0, 1))]);
  const edge = (sign) => points(curve.chance.map((value, count) => value + sign * curve.spread[count]));
  drawn(sheet, "path", { d: lineThrough([...edge(1), ...edge(-1).reverse()]) + "Z", fill: shade(colors.faint), "fill-opacity": 0.16 });
  drawn(sheet, "path", { d: lineThrough(points(curve.chance)), fill: "none", stroke: shade(colors.faint), "stroke-width": 2, "stroke-dasharray": "5 4" });
  drawn(sheet, "path", { d: lineThrough(points(curve.values)), fill: "none", stroke: shade(look.color), "stroke-width": 2.5 });
  if (last <= 40) drawn(sheet, "path", { d: dotsAt(points(curve.values)), stroke: shade(look.color), "stroke-width": 6, "stroke-linecap": "round" });
  const hair = drawn(sheet, "line", { y1: y(1), y2: y(0), stroke: shade(colors.ink), "stroke-dasharray": "2 3" });
  return { show: (count) => changed(hair, { x1: x(count), x2: x(count) }), countAt: (px) => Math.round(((px - x(0)) / (x(last) - x(0))) * last), box };
};

// Both charts, side by side where there is room.
const drawCurves = (method, chance, model, width, about) => {
  const beside = width >= 620;
  const wide = beside ? (width - 28) / 2 : width;
  const tall = CURVE_TOP + CURVE_TALL + CURVE_FOOT;
  const sheet = makeSheet(width, (beside ? tall : 2 * tall + 8) + 20, about);
  const parts = ["deletion", "insertion"].map((name, number) => {
    const group = drawn(sheet, "g", beside ? {} : { transform: `translate(0 ${number * (tall + 8)})` });
    const curve = { title: content.strings[name], values: method[name], chance: chance[name], spread: chance[name + "Deviation"] };
    return drawCurve(group, { x: beside ? number * (wide + 28) : 0, width: wide }, curve, model);
  });
  const foot = Number(sheet.getAttribute("height")) - 5;
  drawn(sheet, "line", { x1: 2, x2: 26, y1: foot - 4, y2: foot - 4, stroke: shade(model.color), "stroke-width": 2.5 });
  write(sheet, method.name, 32, foot, { size: 13 });
  const at = 32 + measure(method.name) + 22;
  drawn(sheet, "line", { x1: at, x2: at + 24, y1: foot - 4, y2: foot - 4, stroke: shade(colors.faint), "stroke-width": 2, "stroke-dasharray": "5 4" });
  write(sheet, fitted(content.strings.chance, width - at - 34), at + 30, foot, { size: 13 });
  return {
    sheet,
    show: (count) => parts.forEach((part) => part.show(count)),
    countAt: (px) => {
      const part = beside && px >= wide + 14 ? parts[1] : parts[0];
      return clamp(part.countAt(px), 0, method.deletion.length - 1);
    },
  };
};
