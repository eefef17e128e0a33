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

// Numbers from 0 to 1 in two of 91 characters each, the larger part first (see shares.py).
const placeOfLetter = new Uint8Array(127);
for (let code = 32, place = 0; code < 127; code += 1) if (!'"&<\\'.includes(String.fromCharCode(code))) placeOfLetter[code] = place++;

const unpackShares = ({ shape, pairs }) => {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let index = 0; index < values.length; index += 1) {
    values[index] = (91 * placeOfLetter[pairs.charCodeAt(2 * index)] + placeOfLetter[pairs.charCodeAt(2 * index + 1)]) / 8191;
  }
  return values;
};
