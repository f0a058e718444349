// The live page: asks the worker for /status every two seconds and for /history every five, and writes what they say.
// Everything reaches the page as text. `s` is the answer of /status, `h` that of /history.

import {chart, sum} from './chart.js';
import {documentCards, labelMark} from './documents.js';

const STATUS_EVERY = 2000, HISTORY_EVERY = 5000, ANSWER_WITHIN = 8000;
const $ = id => document.getElementById(id);
const words = name => name.replaceAll('_', ' ');

// ---- How numbers are written

const plain = (x, digits = 0) => x == null ? '–' : Number(x).toLocaleString('en', {maximumFractionDigits: digits});
const count = x => x == null ? '–' : Math.abs(x) < 1e6 ? plain(x, Math.abs(x) < 100 ? 1 : 0)
  : Number(x).toLocaleString('en', {notation: 'compact', maximumSignificantDigits: 4});
const percent = share => share == null ? '–' : plain(100 * share, share < 0.1 ? 1 : 0) + '%';
const money = usd => usd == null ? '–' : '$' + (usd === 0 ? '0' : usd >= 100 ? plain(usd) : usd >= 1 ? plain(usd, 2)
  : String(Number(usd.toPrecision(3))));
function time(seconds) {
  if (seconds == null) return '–';
  if (seconds < 1) return plain(1000 * seconds, seconds < 0.01 ? 1 : 0) + ' ms';
  if (seconds < 120) return plain(seconds, seconds < 10 ? 1 : 0) + ' s';
  if (seconds < 7200) return plain(seconds / 60, seconds < 600 ? 1 : 0) + ' min';
  return seconds < 172800 ? plain(seconds / 3600, 1) + ' h' : plain(seconds / 86400, 1) + ' days';
}
const bytes = n => n == null ? '–' : n < 1048576 ? plain(n / 1024) + ' KiB' : n < 1073741824 ? plain(n / 1048576) + ' MiB'
  : plain(n / 1073741824, 1) + ' GiB';
const aMinute = x => count(x) + ' a minute';

/** A number as it is written, with its exact value for programs. */
function number(value, text) {
  const node = document.createElement('data');
  node.value = value ?? '';
  node.textContent = text;
  return node;
}

// ---- What /history has

let h = {step_seconds: 5, steps: 180, left_out: 0, series: []};
const series = (metric, wanted = () => true) => h.series.filter(one => one.metric === metric && wanted(one.labels));
const per = (metric, wanted) => sum(series(metric, wanted).map(one => one.per_second));
const gauge = (metric, wanted) => sum(series(metric, wanted).map(one => one.values));
const quantiles = metric => series(metric).flatMap(one => [one.p50, one.p99]);
const soFar = (metric, wanted) => series(metric, wanted).reduce((all, one) => all + one.now, 0);
const has = (label, value) => labels => labels[label] === value;
const alone = labels => Object.keys(labels).length === 0;
const line = (name, lines, say, limit) => chart({name, lines: Array.isArray(lines[0]) ? lines : [lines], say, limit, steps: h.steps});
const ratio = (values, factor) => values.map(value => value == null ? null : value * factor);

// ---- Tiles: a number, what it means, and its last 15 minutes

function outcomeRate() {
  return per('prelabel_documents_total', labels => labels.outcome !== 'abandoned');
}

function quotaTile(title, name, s) {
  const quota = s.quota[name], label = has('quota', name.split('_')[0]);
  const learned = name === 'requests_per_minute' && s.learned.requests_per_minute;
  return {title, value: quota.used, text: count(quota.used), unit: 'a minute',
    notes: [quota.limit ? `${percent(quota.utilisation)} of ${count(quota.limit)}` : 'no limit is known',
      learned ? `refusals taught ${count(learned)}` : ''],
    chart: [gauge('prelabel_quota_used_per_minute', label), aMinute, quota.limit || null]};
}

function lagTile(s) {
  if (!s.lag)
    return {title: 'In flight', value: s.documents?.in_flight, text: count(s.documents?.in_flight), unit: 'documents',
      notes: [s.input_done == null ? '' : `${percent(s.input_done)} of the input is done`],
      chart: [gauge('prelabel_documents_in_flight'), count]};
  const {records, per_second: grows, drains_in_seconds: drains} = s.lag;
  const trend = records === 0 ? 'caught up' : drains != null ? `done in ${time(drains)}` : grows == null ? 'trend not known yet'
    : grows > 0 ? `grows by ${count(grows)} a second` : 'stands still';
  return {title: 'Lag', value: records, text: count(records), unit: 'records', notes: [trend],
    chart: [gauge('prelabel_consumer_lag_records', alone), count], warn: grows > 0};
}

function latencyTile(title, quantile, metric) {
  return {title, value: quantile.p50, text: time(quantile.p50), unit: element('span', 'key-0', 'p50'),
    notes: [element('span', 'key-1', `p99 ${time(quantile.p99)}`)],
    chart: [quantiles(metric), time]};
}

function costTile(s) {
  const uncounted = s.answers_without_usage || 0, known = s.priced && !(uncounted > 0 && !s.cost_usd);
  const least = uncounted > 0 ? 'at least ' : '';
  if (!known)
    return {title: 'Cost', value: null, text: 'unknown', unit: '',
      notes: [s.priced ? 'answers come without token counts' : 'llm.price is not set'], chart: [[], money]};
  return {title: 'Cost', value: s.rates.cost_usd_per_hour, text: least + money(s.rates.cost_usd_per_hour), unit: 'an hour',
    notes: [`${money(s.rates.cost_usd_per_1000_documents)} per 1,000 documents`, `${least}${money(s.cost_usd || 0)} so far`],
    chart: [ratio(per('prelabel_cost_usd_total'), 3600), money]};
}

function deadTile(s) {
  const d = s.documents || {}, done = (d.complete || 0) + (d.partial || 0) + (d.dead_lettered || 0);
  return {title: 'Dead letters', value: d.dead_lettered, text: count(d.dead_lettered), unit: '',
    notes: [done ? `${percent(d.dead_lettered / done)} of all documents` : 'no document is done'],
    chart: [ratio(per('prelabel_dead_letters_total'), 60), aMinute]};
}

function tiles(s) {
  const d = s.documents || {}, rate = s.rates.documents_per_second, slow = rate > 0 && rate < 1;
  return [
    {title: 'Throughput', value: rate, text: plain(slow ? rate * 60 : rate, rate < 100 ? 1 : 0), unit: slow ? 'documents a minute' : 'documents a second',
      notes: [`${count(d.complete)} complete, ${count(d.partial)} partial`],
      chart: [outcomeRate(), value => count(value) + ' a second']},
    lagTile(s),
    latencyTile('A call takes', s.latency.call_seconds, 'prelabel_call_duration_seconds'),
    latencyTile('A document takes', s.latency.document_seconds, 'prelabel_document_duration_seconds'),
    quotaTile('Requests', 'requests_per_minute', s),
    quotaTile('Tokens reserved', 'tokens_per_minute', s),
    costTile(s),
    deadTile(s),
  ];
}

function element(name, className, ...children) {
  const node = document.createElement(name);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

function tileNode({title, value, text, unit, notes, chart: [lines, say, limit = null], warn}) {
  return element('section', warn ? 'tile warn' : 'tile', element('h3', '', title),
    element('p', 'big', number(value, text), ' ', element('span', 'unit', unit)),
    element('p', 'fine', ...notes.filter(Boolean).map(note => element('span', '', note))),
    line(title, lines, say, limit));
}

// ---- Tables

/** Rows of cells; a cell is text or a node. The first one names the row. What has not changed is left alone. */
function table(id, rows, nothing) {
  const body = document.createElement('tbody');
  const columns = $(id).tHead.rows[0].cells.length;
  for (const cells of rows) {
    const row = body.insertRow();
    cells.forEach((cell, i) => {
      const node = document.createElement(i === 0 ? 'th' : 'td');
      if (i === 0) node.scope = 'row';
      node.append(cell);
      if (cell.dataset?.column) node.className = cell.dataset.column;
      row.append(node);
    });
  }
  $(id).tHead.hidden = rows.length === 0;
  if (rows.length === 0) {
    const cell = body.insertRow().insertCell();
    cell.colSpan = columns;
    cell.className = 'note';
    cell.textContent = nothing;
  }
  swap($(id), 'tbody', [body]);
}

/** Puts new nodes in the place of old ones, unless they are equal: what somebody selects stays selected. */
function swap(parent, which, nodes) {
  const old = [...parent.children].filter(child => child.matches(which));
  if (old.length === nodes.length && old.every((node, i) => node.isEqualNode(nodes[i]))) return;
  old.forEach(node => node.remove());
  parent.append(...nodes);
}

function waiting(s) {
  const all = Object.values(s.waiting_calls).reduce((a, b) => a + b, 0);
  const rows = Object.keys(s.wait_seconds || {}).map(reason => [reason, s.waiting_calls[reason] || 0]).sort((a, b) => b[1] - a[1]);
  table('waiting', rows.map(([reason, calls]) => [words(reason), number(all ? calls / all : 0, percent(all ? calls / all : 0)),
    number(calls, count(calls)), line(words(reason), per('prelabel_wait_seconds_total', has('reason', reason)), value => count(value) + ' calls')]),
    'No call has waited.');
  $('shares').replaceChildren(...rows.filter(([, calls]) => calls > 0).map(([reason, calls]) => {
    const part = element('div', `part reason-${reason}`, words(reason));
    part.style.flexGrow = calls / all;
    return part;
  }));
}

function quality(s) {
  const labels = Object.entries(s.labels || {});
  const measured = labels.some(([, one]) => one.confidence != null);
  $('quality').classList.toggle('has-measured', measured);
  table('quality', labels.map(([label, one]) => {
    const mentions = one.found + one.set_aside;
    const cells = [labelMark(label), number(one.found, count(one.found)),
      number(one.set_aside, count(one.set_aside) + (one.set_aside ? ` (${percent(one.set_aside / mentions)})` : '')),
      number(one.confidence, one.confidence == null ? '–' : one.confidence.toFixed(2)),
      line(`${label} found`, ratio(per('prelabel_entities_total', has('label', label)), 60), aMinute)];
    cells[3].dataset.column = 'measured';  // shown only where somebody measures it
    return cells;
  }), 'The task has no labels.');
  table('aside', counted(s.discarded, 'prelabel_discarded_total', 'reason'), 'No mention was set aside.');
}

/** Counts by name with their charts, the largest first. */
function counted(counts, metric, label) {
  return Object.entries(counts || {}).sort((a, b) => b[1] - a[1]).map(([name, value]) =>
    [words(name), number(value, plain(value)), line(words(name), ratio(per(metric, has(label, name)), 60), aMinute)]);
}

/** What can go wrong: how it is called, and which counters say so. */
const FAULTS = [
  ['records lost: gone before they were read', 'prelabel_records_lost_total'],
  ['calls in doubt: sent and not answered', 'prelabel_http_calls_total', has('state', 'sent_unknown')],
  ['connections to the model that failed', 'prelabel_http_connections_failed_total'],
  ['answers that were asked for again', 'prelabel_reasks_total'],
  ['outputs written again', 'prelabel_write_failures_total'],
  ['commits that failed', 'prelabel_commits_total', has('result', 'failed')],
  ['partitions taken away', 'prelabel_rebalances_total', has('change', 'revoked')],
  ['assignments lost', 'prelabel_consumer_lost_assignments_total'],
  ['errors of the consumer', 'prelabel_consumer_errors_total'],
  ['records the broker refused', 'prelabel_producer_failures_total'],
  ['errors of the producer', 'prelabel_producer_errors_total'],
];

function faults() {
  const replies = series('prelabel_calls_total', labels => labels.reply !== 'answered').map(one =>
    [`calls: ${words(one.labels.reply)}`, 'prelabel_calls_total', has('reply', one.labels.reply)]);
  table('faults', [...replies, ...FAULTS].map(([name, metric, wanted]) => [name, soFar(metric, wanted), per(metric, wanted)])
    .filter(([, total]) => total > 0).sort((a, b) => b[1] - a[1])
    .map(([name, total, rate]) => [name, number(total, plain(total)), line(name, ratio(rate, 60), aMinute)]),
  'Nothing has gone wrong.');
}

const order = {by: 'lag', descending: true};

function partitions(s) {
  if (!s.assignment) {
    $('partitions-panel')?.remove();
    return;
  }
  const topics = new Set(s.assignment.map(p => p.topic));  // one is said once
  const name = p => topics.size > 1 ? `${p.topic} / ${p.partition}` : String(p.partition);
  $('topic').textContent = topics.size === 1 ? [...topics][0] : '';
  const compare = {name: (a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition,
    committed: (a, b) => (a.committed ?? -1) - (b.committed ?? -1), lag: (a, b) => (a.lag ?? -1) - (b.lag ?? -1)};
  const rows = s.assignment.slice().sort((a, b) =>
    (order.descending ? -1 : 1) * compare[order.by](a, b) || compare.name(a, b));
  table('partitions', rows.map(p => [name(p), number(p.committed, plain(p.committed)), number(p.lag, plain(p.lag)),
    line(`lag of ${p.topic} / ${p.partition}`, gauge('prelabel_consumer_lag_records',
      labels => labels.topic === p.topic && labels.partition === String(p.partition)), count)]), 'No partition is assigned.');
}

function sortBy(button) {
  order.descending = order.by === button.dataset.by ? !order.descending : button.dataset.by !== 'name';
  order.by = button.dataset.by;
  for (const cell of $('partitions').tHead.rows[0].cells) cell.removeAttribute('aria-sort');
  button.parentNode.setAttribute('aria-sort', order.descending ? 'descending' : 'ascending');
  if (last) partitions(last);
}

const ANSWERS = {miss: 'answers from the model', memory: 'answers from memory', journal: 'answers from the journal',
  shared: 'answers from the shared cache', inflight: 'answers shared with a call under way'};

/** By the kinds of prelabel_tokens_total, which are apart. The input of /status has the cached tokens, as a provider's bill. */
function tokens({tokens: used}) {
  return used ? [['input tokens, not cached', 'input', used.input - used.cached_input],
    ['input tokens, cached', 'cached_input', used.cached_input], ['output tokens', 'output', used.output]] : [];
}

function process(s) {
  const lookups = Object.values(s.cache || {}).reduce((a, b) => a + b, 0);
  const from = tier => ANSWERS[tier] || `answers: ${words(tier)}`;
  const memory = s.process.resident_bytes, late = s.process.loop_lag_seconds;
  const cpu = per('prelabel_process_cpu_seconds_total'), busy = cpu[cpu.length - 1];
  table('process', [
    ...Object.entries(s.cache || {}).map(([tier, value]) => [from(tier), number(value, `${plain(value)} (${percent(value / lookups)})`),
      line(from(tier), ratio(per('prelabel_cache_lookups_total', has('tier', tier)), 60), aMinute)]),
    ...tokens(s).map(([name, kind, value]) => [name, number(value, count(value)),
      line(name, ratio(per('prelabel_tokens_total', has('kind', kind)), 60), aMinute)]),
    ['calls in flight', number(s.calls_in_flight, plain(s.calls_in_flight)), line('calls in flight', gauge('prelabel_calls_in_flight'), count)],
    ['documents in flight', number(s.documents?.in_flight, plain(s.documents?.in_flight)),
      line('documents in flight', gauge('prelabel_documents_in_flight'), count)],
    ['memory', number(memory, bytes(memory)), line('memory', gauge('prelabel_process_resident_memory_bytes'), bytes)],
    ['CPU, of one core', number(busy, percent(busy)), line('CPU', cpu, percent)],
    ['loop lag', number(late, time(late)), line('loop lag', gauge('prelabel_loop_lag_seconds'), time)],
    ['open files', number(s.process.open_files, plain(s.process.open_files)), ''],
  ], '');
}

function troubles(s) {
  table('troubles', s.troubles.slice().reverse().map(t => [t.at, element('span', t.level, words(t.event)),
    Object.entries(t.fields).map(([key, value]) => `${words(key)}: ${value}`).join(' · ')]), 'None.');
}

// ---- The head, and whether anybody answers

let last = null, answeredAt = null;

function stand(state, summary) {
  const title = last ? `${state} · ${last.task.name} · prelabel` : `${state} · prelabel`;
  if (document.body.dataset.state !== state || $('news').textContent === '') $('news').textContent = `${state}. ${summary}`;
  document.body.dataset.state = state;
  document.title = title;
  $('state').textContent = state;
  $('summary').textContent = summary;
}

function show(s) {
  last = s;
  stand(s.state, s.summary);
  $('about').textContent = `${s.task.name} · task ${s.task.version} · version ${s.version} · up ${time(s.uptime_seconds)}`;
  draw();
}

function draw() {
  if (!last) return;
  swap($('tiles'), 'section', tiles(last).map(tileNode));
  waiting(last);
  quality(last);
  faults();
  table('letters', counted(last.dead_letters, 'prelabel_dead_letters_total', 'class'), 'None.');
  partitions(last);
  process(last);
  troubles(last);
  $('left-out').textContent = h.left_out ? ` ${plain(h.left_out)} more are not drawn.` : '';
}

function lost() {
  const when = answeredAt ? answeredAt.toLocaleTimeString('en', {hour12: false}) : null;
  const ended = last && last.state === 'draining' ? 'The worker was draining and has ended' : 'The worker has ended, or cannot be reached';
  stand('no answer', when ? `${ended}: no answer since ${when}. The numbers are its last ones.` : 'Nothing answers here.');
}

async function ask(path) {
  const reply = await fetch(path, {cache: 'no-store', signal: AbortSignal.timeout(ANSWER_WITHIN)});
  if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
  return reply.json();
}

async function showDocuments() {
  $('documents-panel').hidden = !last.shows_documents;
  if (!last.shows_documents || $('hold').getAttribute('aria-pressed') === 'true') return;
  swap($('documents'), '*', documentCards(await ask('documents')));
}

/** Does it now and then again, after each end; not while nobody sees the page. */
function every(milliseconds, what) {
  const again = async () => {
    if (!document.hidden) await what();
    setTimeout(again, milliseconds);
  };
  return again();
}

async function refresh() {
  let answer = null;
  try {
    answer = await ask('status');
  } catch {
    return lost();
  }
  answeredAt = new Date();
  show(answer);
}

async function refreshHistory() {
  try {
    h = await ask('history');
    draw();
    if (last) await showDocuments();
  } catch {
    // The next answer of /status says whether anybody is there.
  }
}

for (const button of document.querySelectorAll('#partitions button')) button.addEventListener('click', () => sortBy(button));
$('hold').addEventListener('click', () => {
  const held = $('hold').getAttribute('aria-pressed') !== 'true';
  $('hold').setAttribute('aria-pressed', String(held));
});
document.addEventListener('visibilitychange', () => document.hidden || refresh().then(refreshHistory));
await every(STATUS_EVERY, refresh);
every(HISTORY_EVERY, refreshHistory);
