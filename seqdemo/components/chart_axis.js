// An axis of numbers: where a value lies, and which round values to name. Touches no element.

// Round steps from low to high, about `count` of them: 1, 2 or 5 times a power of ten.
const roundTicks = (low, high, count) => {
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
};

// 1, 2, 5 times powers of ten inside the span, thinned to powers of ten where there are many.
const logTicks = (low, high) => {
  const all = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1) {
    for (const one of [1, 2, 5]) all.push(Number((one * 10 ** power).toPrecision(12)));
  }
  const inside = all.filter((one) => one >= low * 0.999 && one <= high * 1.001);
  return inside.length > 8 ? inside.filter((one) => Number.isInteger(Math.round(1e6 * Math.log10(one)) / 1e6)) : inside;
};

// {at(value) -> 0..1, ticks}. values: all that must lie on it; low: the least, null where the values say it.
const numberAxis = (values, { log = false, low = null, count = 5 } = {}) => {
  const bottom = log ? Math.min(...values) : Math.min(low ?? Infinity, ...values);
  const top = Math.max(...values);
  const [from, to] = log ? [Math.log10(bottom), Math.log10(top)] : [bottom, top];
  const span = to - from || 1;
  const at = (value) => ((log ? Math.log10(value) : value) - from) / span;
  return { at, ticks: log ? logTicks(bottom, top) : roundTicks(bottom, bottom + (log ? 0 : span), count) };
};
