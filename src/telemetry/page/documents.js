// The latest documents with their entities marked. Their words are others' words: they are shown as text, each piece
// isolated, so that neither markup nor writing direction leaves its place.

const TEXT_MAX = 900;

function element(name, className, ...children) {
  const node = document.createElement(name);
  if (className) node.className = className;
  node.append(...children.filter(child => child != null));
  return node;
}
const foreign = text => element('bdi', '', text);
const words = name => name.replaceAll('_', ' ');

/** Colours of labels, in the order in which they are first seen. */
const colours = new Map();
export function colourOf(label) {
  if (!colours.has(label)) colours.set(label, colours.size % 8);
  return `label-${colours.get(label)}`;
}

export const labelMark = label => element('span', `tag ${colourOf(label)}`, foreign(label));

/** The text between two places, with the entities in it; `left` are those that cross another one's border. */
function marked(text, from, to, entities, left) {
  const out = [];
  let at = from;
  for (let i = 0; i < entities.length;) {
    const entity = entities[i], start = entity.start_utf16, end = entity.end_utf16;
    let next = i + 1;
    while (next < entities.length && entities[next].start_utf16 < end) ++next;
    if (start < at || end > to) {
      left.push(entity);
      ++i;
      continue;
    }
    if (start > at) out.push(foreign(text.slice(at, start)));
    out.push(element('mark', colourOf(entity.label), ...marked(text, start, end, entities.slice(i + 1, next), left),
      element('span', 'what', foreign(entity.label))));
    at = end;
    i = next;
  }
  if (at < to) out.push(foreign(text.slice(at, to)));
  return out;
}

function money(usd) {
  return usd == null ? 'cost unknown' : '$' + Number(usd.toPrecision(3));
}

function labeled(record) {
  const entities = record.entities || [], left = [];
  let shown = Math.min(record.text.length, TEXT_MAX);
  for (const entity of entities) if (entity.start_utf16 < shown && entity.end_utf16 > shown) shown = entity.start_utf16;
  const text = element('p', 'text', ...marked(record.text, 0, shown, entities.filter(entity => entity.end_utf16 <= shown), left));
  text.dir = 'auto';
  const beyond = entities.filter(entity => entity.end_utf16 > shown);
  const source = record.source || {};
  const place = source.file == null ? `${source.topic}/${source.partition}/${source.offset}` : `${source.file}:${source.line}`;
  const status = element('span', `badge ${record.status}`, words(record.status || ''));
  const card = element('article', '', element('h3', '', foreign(record.id), status),
    element('p', 'fine', ...[place, record.model && record.model.name, money(record.usage && record.usage.cost_usd)]
      .filter(Boolean).map(part => foreign(part))),
    text);
  if (shown < record.text.length || beyond.length > 0)
    card.append(element('p', 'fine', `${(record.text.length - shown).toLocaleString('en')} more characters, ${beyond.length} more entities`));
  const list = element('ul', 'aside',
    ...left.map(entity => element('li', '', 'overlaps: ', labelMark(entity.label), ' ', foreign(entity.text))),
    ...(record.discarded || []).map(one =>
      element('li', '', 'set aside: ', labelMark(one.label), ' ', foreign(one.text), ' ', element('em', '', words(one.reason)))));
  if (list.children.length) card.append(list);
  return card;
}

function deadLetter(letter) {
  return element('article', '', element('h3', '', foreign(letter.place), element('span', 'badge dead', 'dead letter')),
    element('p', 'fine', words(letter.class)), element('p', '', foreign(letter.message)));
}

export function documentCards(documents) {
  if (documents.latest.length === 0) return [element('p', 'note', 'No document is done yet.')];
  return documents.latest.map(one => {
    if (one.dead_letter) return deadLetter(one.dead_letter);
    if (one.too_long_bytes) return element('article', '', element('p', 'note',
      `A record of ${one.too_long_bytes.toLocaleString('en')} bytes: too long to show.`));
    return labeled(one);
  });
}
