// One gate as a strip: a row a unit, a column a word, the mean as a line, and how the units' values lie at a step.
const STRIP = 54; // pixels of a strip
const BINS = 12; // of the small histogram at its right

// The strip as pixels: rows are units in the order of the payload, columns are words.
const paintStrip = (gate, axis) => {
  const units = gate.values[0].length;
  const small = make("canvas");
  [small.width, small.height] = [gate.values.length, units];
  const ladder = makeLadder(gate.scale);
  const image = new ImageData(small.width, small.height);
  gate.values.forEach((row, time) =>
    gate.order.forEach((unit, place) => {
      const color = rung(ladder, (row[unit] - gate.low) / (gate.high - gate.low));
      image.data.set([...color, 255], 4 * (place * small.width + time));
    })
  );
  small.getContext("2d").putImageData(image, 0, 0);
  const wide = make("canvas");
  [wide.width, wide.height] = [Math.max(1, Math.round(axis.right - axis.left)), units];
  const pencil = wide.getContext("2d");
  pencil.imageSmoothingEnabled = false;
  gate.values.forEach((_, time) => {
    const [from, to] = [axis.edges[time] - axis.left, axis.edges[time + 1] - axis.left];
    pencil.drawImage(small, time, 0, 1, units, Math.round(from), 0, Math.max(1, Math.round(to) - Math.round(from)), units);
  });
  return wide.toDataURL();
};

// How many units have which value at the step that is shown, and their mean.
const drawHistogram = (sheet, box, gate) => {
  const ladder = makeLadder(gate.scale);
  const bars = Array.from({ length: BINS }, (_, bin) =>
    drawn(sheet, "rect", { x: box.x + (bin * box.width) / BINS, width: box.width / BINS - 1, fill: css(rung(ladder, (bin + 0.5) / BINS)), stroke: shade(colors.faint), "stroke-width": 0.5 })
  );
  write(sheet, String(gate.low.toFixed(2) * 1), box.x, box.y + box.height + 11, { size: 11, color: colors.faint });
  write(sheet, String(gate.high.toFixed(2) * 1), box.x + box.width, box.y + box.height + 11, { size: 11, color: colors.faint, anchor: "end" });
  const mean = write(sheet, "", box.x + box.width / 2, box.y + box.height + 11, { size: 11, anchor: "middle" });
  return (step) => {
    const counts = Array(BINS).fill(0);
    for (const value of gate.values[step]) counts[clamp(Math.floor((BINS * (value - gate.low)) / (gate.high - gate.low)), 0, BINS - 1)] += 1;
    const most = Math.max(...counts);
    bars.forEach((bar, bin) => changed(bar, { y: box.y + box.height * (1 - counts[bin] / most), height: (box.height * counts[bin]) / most }));
    mean.textContent = fill(content.strings.mean, { mean: gate.means[step].toFixed(2) });
  };
};

const drawStrip = (sheet, axis, top, gate, sizes) => {
  const [name, about] = gate.name.split(/:\s*|：/);
  write(sheet, name, 12, sizes.narrow ? top - 5 : top + 14, { size: 13, weight: 600 });
  if (!sizes.narrow) wrapped(about || "", sizes.side - 18, 12).slice(0, 3).forEach((line, number) => write(sheet, line, 12, top + 29 + 14 * number, { size: 12, color: colors.faint }));
  drawn(sheet, "image", { x: axis.left, y: top, width: axis.right - axis.left, height: STRIP, preserveAspectRatio: "none", href: paintStrip(gate, axis), style: "image-rendering: pixelated" });
  const y = (value) => top + STRIP * (1 - (value - gate.low) / (gate.high - gate.low));
  const line = lineThrough(gate.means.map((mean, step) => [axis.middle(step), y(mean)]));
  for (const [color, width] of [[colors.paper, 4], [colors.ink, 1.8]]) drawn(sheet, "path", { d: line, fill: "none", stroke: shade(color), "stroke-width": width });
  return sizes.narrow ? () => {} : drawHistogram(sheet, { x: axis.right + 20, y: top, width: sizes.plane - 14, height: STRIP - 12 }, gate);
};
