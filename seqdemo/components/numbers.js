// Numbers travel as base64 (see records.packed, shares.py): a list of digits takes ten times as long to read.
const half = (bits) => {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const size = exponent === 0 ? fraction * 2 ** -24 : exponent === 31 ? NaN : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -size : size;
};

// {dtype, shape, base64} -> Float32Array, in C order.
const unpack = (packed) => {
  const bytes = Uint8Array.from(atob(packed.base64), (letter) => letter.charCodeAt(0));
  const data = new DataView(bytes.buffer);
  if (packed.dtype === "float32") {
    return Float32Array.from({ length: bytes.length / 4 }, (_, index) => data.getFloat32(4 * index, true));
  }
  return Float32Array.from({ length: bytes.length / 2 }, (_, index) => half(data.getUint16(2 * index, true)));
};

// The same as an array of rows (views on one buffer).
const unpackRows = (packed) => {
  const [rows, columns] = packed.shape;
  const values = unpack(packed);
  return Array.from({ length: rows }, (_, row) => values.subarray(row * columns, (row + 1) * columns));
};

// Numbers from 0 to 1 in 13 bits each, the highest bit first (see shares.py).
const unpackShares = ({ shape, base64 }) => {
  const text = atob(base64);
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  let [held, bits, at] = [0, 0, 0];
  for (let index = 0; index < values.length; index += 1) {
    while (bits < 13) {
      held = (held << 8) | text.charCodeAt(at);
      at += 1;
      bits += 8;
    }
    bits -= 13;
    values[index] = (held >> bits) / 8191;
    held &= (1 << bits) - 1;
  }
  return values;
};
