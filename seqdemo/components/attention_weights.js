// Numbers and pixels of attention: float16 to float, one head as rows, one head as a small canvas.
const half = (bits) => {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const size = exponent === 0 ? fraction * 2 ** -24 : exponent === 31 ? NaN : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -size : size;
};

const unpack = (packed) => {
  const bytes = Uint8Array.from(atob(packed.base64), (letter) => letter.charCodeAt(0));
  const halves = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length / 2 }, (_, index) => half(halves.getUint16(2 * index, true)));
};

// One head of weights [layer, head, query, key] as an array of rows.
const headRows = (weights, [, heads, rows, columns], layer, head) => {
  const start = (layer * heads + head) * rows * columns;
  return Array.from({ length: rows }, (_, row) => weights.subarray(start + row * columns, start + (row + 1) * columns));
};

const channels = (color) => [1, 3, 5].map((place) => parseInt(color.slice(place, place + 2), 16));

// 256 colours between the stops of a scale, in the theme of the page.
const makeLadder = (scale) => {
  const stops = scale.map(([place, color]) => [place, channels(shade(color))]);
  return Array.from({ length: 256 }, (_, index) => {
    const place = index / 255;
    const upper = Math.max(1, stops.findIndex((stop) => stop[0] >= place));
    const [low, from] = stops[upper - 1];
    const [high, to] = stops[upper];
    return from.map((channel, number) => Math.round(channel + ((to[number] - channel) * (place - low)) / (high - low)));
  });
};

// `top` is the weight at which the colours end.
const paint = (canvas, rows, ladder, top) => {
  canvas.width = rows[0].length;
  canvas.height = rows.length;
  const image = new ImageData(canvas.width, canvas.height);
  rows.forEach((row, y) =>
    row.forEach((weight, x) => {
      const color = ladder[Math.round(255 * Math.min(1, Math.max(0, weight / top)))];
      image.data.set([...color, 255], 4 * (y * canvas.width + x));
    })
  );
  canvas.getContext("2d").putImageData(image, 0, 0);
};
