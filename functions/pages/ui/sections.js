// Cards below each other, with a list of them at the side that follows the reader.

import { h } from './dom.js';

export function sections(parts) {
  const links = parts.map(({ id, title }) => h('a', { href: `#${id}` }, title));
  const cards = parts.map(({ id, title, lead, body }) => h(
    'section', { class: 'card', id, 'aria-labelledby': `${id}-title` },
    h('header', {}, h('div', {}, h('h2', { id: `${id}-title` }, title), lead && h('p', { class: 'muted small' }, lead))),
    body,
  ));
  follow(links, cards);
  return [h('div', { class: 'sides' }, h('nav', { 'aria-label': 'Sections' }, links), h('div', { class: 'stack' }, cards))];
}

function follow(links, cards) {
  const mark = (id) => {
    for (const link of links) {
      if (link.hash === `#${id}`) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  };
  mark(cards[0].id);
  const seen = new Set();
  const watch = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) seen.add(target);
      else seen.delete(target);
    }
    const first = cards.find((card) => seen.has(card));
    if (first) mark(first.id);
  }, { rootMargin: '-80px 0px -60% 0px' });
  for (const card of cards) watch.observe(card);
}
