// Lines over time, as plain SVG.

import { h, svg } from './dom.js';
import { clock } from './messages.js';

const HEIGHT = 170;
const EDGE = { top: 10, right: 8, bottom: 22, left: 60 };
const MOST_POINTS = 240;

/**
 * A figure of one or two `series` ({ name, values }) at `times` (milliseconds). `format` says a value,
 * `join` makes one value of several that share a place; `growth` shows what was added, not all there is.
 */
export function chart({ title, series, times, format, join = average, growth = false }) {
  const points = reduce(series, times, join);
  const latest = points.series.map(({ values }) => values.at(-1) ?? 0);
  const plot = h('div', { class: 'plot' });
  const say = h('p', { class: 'say' }, series.map(({ name }, at) => key(name, at, format(latest[at]), series.length)));
  const figure = h('figure', { class: 'chart' }, h('figcaption', {}, h('h3', {}, title), say), plot);
  if (!times.length) {
    plot.append(h('p', { class: 'empty' }, 'Nothing yet.'));
    return figure;
  }
  const draw = () => plot.clientWidth && plot.replaceChildren(picture({ title, ...points, format, growth }, plot.clientWidth, say));
  new ResizeObserver(draw).observe(plot);
  return figure;
}

function key(name, at, value, of) {
  return h('span', { class: `key s${at}` }, of > 1 && h('span', { class: 'muted' }, `${name} `), h('strong', {}, value));
}

function average(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export const highest = (values) => Math.max(...values);
export const sum = (values) => values.reduce((all, value) => all + value, 0);
export const newest = (values) => values.at(-1);

/** At most so many points as can be told apart. */
function reduce(series, times, join) {
  const step = Math.ceil(times.length / MOST_POINTS) || 1;
  const pieces = (values) => Array.from({ length: Math.ceil(values.length / step) }, (_, at) => values.slice(at * step, (at + 1) * step));
  return { times: pieces(times).map(newest), series: series.map(({ name, values }) => ({ name, values: pieces(values).map(join) })) };
}

function picture({ title, times, series, format, growth }, width, say) {
  const [low, top] = bounds(series.flatMap(({ values }) => values), growth);
  const [first, last] = [times[0], times.at(-1)];
  const x = (time) => EDGE.left + ((time - first) / (last - first || 1)) * (width - EDGE.left - EDGE.right);
  const y = (value) => HEIGHT - EDGE.bottom - ((value - low) / (top - low)) * (HEIGHT - EDGE.top - EDGE.bottom);
  const lines = [low, (low + top) / 2, top].map((value) => [
    svg('line', { class: 'grid', x1: EDGE.left, x2: width - EDGE.right, y1: y(value), y2: y(value) }),
    svg('text', { x: EDGE.left - 8, y: y(value) + 4, 'text-anchor': 'end' }, format(value)),
  ]);
  const marks = [first, (first + last) / 2, last].map((time, at) => svg(
    'text', { x: x(time), y: HEIGHT - 4, 'text-anchor': ['start', 'middle', 'end'][at] }, clock(time),
  ));
  const drawn = series.flatMap(({ values }, at) => {
    const line = values.map((value, place) => `${place ? 'L' : 'M'}${x(times[place]).toFixed(1)} ${y(value).toFixed(1)}`).join('') + (values.length === 1 ? 'h1' : '');
    const area = `${line}L${x(last).toFixed(1)} ${y(low)}L${x(first).toFixed(1)} ${y(low)}Z`;
    return [series.length === 1 && svg('path', { class: `area s${at}`, d: area }), svg('path', { class: `line s${at}`, d: line })];
  });
  const cursor = svg('line', { class: 'cursor', y1: EDGE.top, y2: HEIGHT - EDGE.bottom, visibility: 'hidden' });
  const node = svg(
    'svg', { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img', 'aria-label': summary(title, times, series, format) },
    lines, marks, drawn, cursor,
  );
  pointAt(node, cursor, { times, series }, format, x, say);
  return node;
}

/** The values under the pointer. */
function pointAt(node, cursor, { times, series }, format, x, say) {
  const show = (place) => say.replaceChildren(
    ...(place === null ? [] : [h('span', { class: 'muted' }, clock(times[place]))]),
    ...series.map(({ name, values }, at) => key(name, at, format(values[place ?? values.length - 1]), series.length)),
  );
  node.addEventListener('pointermove', (event) => {
    const at = event.clientX - node.getBoundingClientRect().left;
    const place = times.reduce((best, time, index) => (Math.abs(x(time) - at) < Math.abs(x(times[best]) - at) ? index : best), 0);
    cursor.setAttribute('x1', x(times[place]));
    cursor.setAttribute('x2', x(times[place]));
    cursor.setAttribute('visibility', 'visible');
    show(place);
  });
  node.addEventListener('pointerleave', () => {
    cursor.setAttribute('visibility', 'hidden');
    show(null);
  });
}

/** From where to where the scale goes. */
function bounds(values, growth) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (!growth || most === least) return [0, ceiling(most)];
  return [Math.max(0, least - (most - least) / 4), most + (most - least) / 4];
}

/** The next number that reads well. */
function ceiling(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 5, 10].map((step) => step * power).find((step) => step >= value);
}

function summary(title, times, series, format) {
  const said = series.map(({ name, values }) => `${name}: ${format(Math.min(...values))} to ${format(Math.max(...values))}, last ${format(values.at(-1))}`);
  return `${title} from ${clock(times[0])} to ${clock(times.at(-1))}. ${said.join('. ')}.`;
}
