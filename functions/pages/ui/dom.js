// Nodes without markup: no text ever becomes HTML.

/** An element: attributes (`on…` listens, booleans are present or absent), then children. */
export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function svg(tag, attributes, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, '');
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return node;
}

/** A sentence in which what stands between backticks is code. */
export function sentence(text) {
  return text.split('`').map((part, at) => (at % 2 ? h('code', {}, part) : part));
}

/** A `<time>` that shows `text` and tells the whole moment. */
export function time(iso, text, title) {
  const exact = new Date(iso).toISOString();
  return h('time', { datetime: exact, title }, text);
}
