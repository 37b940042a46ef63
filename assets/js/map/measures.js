// What the staff's map colours by. A rate is [numerator, denominator]; without a denominator it has no colour.
const percent = ([part, whole]) => (whole ? Math.floor((part * 100) / whole) : null);

export const MEASURES = {
  open: { unit: "件", value: (grid, month) => grid.open[month] },
  late: { unit: "件", value: (grid, month) => grid.late[month] },
  on_time: { rate: true, value: (grid, month) => percent(grid.on_time[month]), parts: (grid, month) => grid.on_time[month] },
  patrol: { rate: true, value: (grid, month) => percent(grid.patrol[month]), parts: (grid, month) => grid.patrol[month] },
};

export function shown(measure, grid, month) {
  const value = measure.value(grid, month);
  if (!measure.rate) return `${value} ${measure.unit}`;
  const [part, whole] = measure.parts(grid, month);
  return value === null ? "没有数" : `${value}%（${part}／${whole}）`;
}

function span(first, last) {
  return first === last ? `${first}` : `${first}–${last}`;
}

/** Five steps: numbers by equal steps up to the largest, rates by fixed ones, low rates dark: dark asks to be looked at. */
export function scaleOf(measure, values) {
  if (measure.rate) {
    const bounds = [95, 90, 80, 60];
    return {
      level: (value) => (value === null ? null : bounds.filter((bound) => value < bound).length),
      legend: [[0, "95% 以上"], [1, "90–94%"], [2, "80–89%"], [3, "60–79%"], [4, "60% 以下"]],
    };
  }
  const step = Math.max(1, Math.ceil(Math.max(0, ...values) / 5));
  const bounds = [1, 1 + step, 1 + 2 * step, 1 + 3 * step];
  return {
    level: (value) => bounds.filter((bound) => value >= bound).length,
    legend: [
      [0, `0 ${measure.unit}`],
      ...bounds.slice(0, 3).map((bound, place) => [place + 1, `${span(bound, bounds[place + 1] - 1)} ${measure.unit}`]),
      [4, `${bounds[3]} ${measure.unit}以上`],
    ],
  };
}
