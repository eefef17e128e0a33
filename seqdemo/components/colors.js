// Colours of the page's theme: drawings are made for a light page, and each colour has one for the dark page.
let onPaper = false; // while a picture for a slide is made: always light

const isDark = () => !onPaper && document.body.classList.contains("dark");
const shade = (color) => (isDark() && darkColors[color]) || color;

const channels = (color) => [1, 3, 5].map((place) => parseInt(color.slice(place, place + 2), 16));

// 256 colours between the stops of a scale, as [red, green, blue].
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

const rung = (ladder, share) => ladder[Math.round(255 * clamp(share, 0, 1))];
const css = (color) => "rgb(" + color.join(",") + ")";
