// Numbers as people read them.

const whole = new Intl.NumberFormat();
const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumSignificantDigits: 4 });
const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

export const number = (value) => whole.format(value);
export const compact = (value) => (Math.abs(value) < 10_000 ? whole.format(Math.round(value * 10) / 10) : short.format(value));

/** "1.5 MB", in powers of 1000. */
export function bytes(value) {
  let left = value;
  let unit = 0;
  while (left >= 1000 && unit < UNITS.length - 1) {
    left /= 1000;
    unit += 1;
  }
  return `${unit ? left.toFixed(left < 10 ? 2 : left < 100 ? 1 : 0) : whole.format(Math.round(left))} ${UNITS[unit]}`;
}

/** "850 ms", "4.2 s", "3 min". */
export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.round(ms / 60_000)} min`;
}
