#include "telemetry/status_json.hpp"

namespace prelabel::telemetry {

// Every value reaches the page as text (textContent), so nothing that is shown can become markup.
std::string_view live_page() {
    return R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>prelabel</title>
<style>
:root { color-scheme: light dark; --bg: #f6f7f9; --card: #fff; --ink: #1c2230; --soft: #667085; --line: #e3e6ec;
  --good: #12805c; --warn: #b54708; --bad: #b42318; --bar: #3b6ef6; }
@media (prefers-color-scheme: dark) { :root { --bg: #12151b; --card: #1a1f28; --ink: #e6e9ef; --soft: #98a2b3;
  --line: #2a313d; --good: #4cc38a; --warn: #f0a04b; --bad: #f97066; --bar: #6c93ff; } }
* { box-sizing: border-box }
body { margin: 0; background: var(--bg); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
header { display: flex; flex-wrap: wrap; gap: .4rem 1rem; align-items: baseline; padding: 1.2rem 1.5rem }
h1 { font-size: 1.3rem; margin: 0 } h2 { font-size: .8rem; margin: 0 0 .6rem; color: var(--soft); font-weight: 600;
  text-transform: uppercase; letter-spacing: .06em }
.soft { color: var(--soft) }
.state { border-radius: 1rem; padding: .1rem .7rem; font-weight: 600; border: 1px solid currentColor }
.running { color: var(--good) } .paused, .lost { color: var(--bad) } .draining, .starting, .unassigned { color: var(--warn) }
main { display: grid; gap: 1rem; padding: 0 1.5rem 1.5rem; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)) }
section { background: var(--card); border: 1px solid var(--line); border-radius: .7rem; padding: 1rem 1.2rem }
.wide { grid-column: 1 / -1 }
.big { font-size: 1.9rem; font-weight: 650; font-variant-numeric: tabular-nums; line-height: 1.2 }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
td { padding: .15rem 0 } td + td { text-align: right } .log td { text-align: left; padding-right: 1rem; vertical-align: top }
.track { height: .5rem; background: var(--line); border-radius: .25rem; overflow: hidden; margin: .2rem 0 .7rem }
.fill { height: 100%; background: var(--bar); width: 0; transition: width .6s }
svg { width: 100%; height: 3rem; display: block } polyline { fill: none; stroke: var(--bar); stroke-width: 2;
  vector-effect: non-scaling-stroke }
</style>
</head>
<body>
<header><h1>prelabel</h1><span id="state" class="state starting">…</span><span id="reason"></span>
<span id="about" class="soft"></span></header>
<main>
<section><h2>Documents</h2><div class="big" id="rate">–</div>
<svg viewBox="0 0 120 30" preserveAspectRatio="none" aria-hidden="true"><polyline id="curve"/></svg>
<table id="documents"></table></section>
<section><h2>Quota, last minute</h2><div id="quota"></div></section>
<section><h2>Cost</h2><div class="big" id="cost">–</div><table id="tokens"></table></section>
<section><h2>Calls</h2><table id="calls"></table></section>
<section><h2>Waiting, seconds</h2><table id="waits"></table></section>
<section><h2>Answers from</h2><table id="cache"></table></section>
<section><h2>Entities</h2><table id="entities"></table></section>
<section><h2>Set aside</h2><table id="aside"></table></section>
<section><h2>Partitions: lag</h2><table id="partitions"></table></section>
<section><h2>Process</h2><table id="process"></table></section>
<section class="wide"><h2>Recent warnings and errors</h2><table id="troubles" class="log"></table></section>
</main>
<script src="live.js"></script>
</body>
</html>
)html";
}

std::string_view live_script() {
    return R"js('use strict';
const $ = id => document.getElementById(id);
const n = (x, digits = 0) => x == null ? '–' : Number(x).toLocaleString('en', {maximumFractionDigits: digits});
const words = s => s.replaceAll('_', ' ');
function rows(id, pairs) {
  const body = document.createElement('tbody');
  for (const cells of pairs.length ? pairs : [['nothing yet', '']]) {
    const row = body.insertRow();
    for (const cell of cells) row.insertCell().textContent = cell;
  }
  $(id).replaceChildren(body);
}
const counts = (object, digits) => Object.entries(object || {}).map(([k, v]) => [words(k), n(v, digits)]);
function bars(quotas) {
  $('quota').replaceChildren(...Object.entries(quotas).flatMap(([name, q]) => {
    const text = document.createElement('div'), track = document.createElement('div'), fill = document.createElement('div');
    text.textContent = `${words(name)}: ${n(q.used)} of ${q.limit ? n(q.limit) : 'no limit'}`;
    track.className = 'track'; fill.className = 'fill';
    fill.style.width = Math.min(100, 100 * (q.utilisation || 0)) + '%';
    track.append(fill);
    return [text, track];
  }));
}
const history = [];
function curve(value) {
  history.push(value);
  if (history.length > 60) history.shift();
  const top = Math.max(...history, 1e-9);
  $('curve').setAttribute('points', history.map((v, i) => `${i * 120 / 59},${29 - 28 * v / top}`).join(' '));
}
function show(s) {
  $('state').textContent = s.state;
  $('state').className = 'state ' + s.state;
  $('reason').textContent = s.pause_reason || '';
  $('about').textContent = `${s.task.name} ${s.task.version} · version ${s.version} · up ${n(s.uptime_seconds / 60)} min`;
  $('rate').textContent = n(s.rates.documents_per_second, 1) + ' / s';
  curve(s.rates.documents_per_second);
  rows('documents', counts(s.documents));
  bars(s.quota);
  const uncounted = s.answers_without_usage || 0;
  const money = usd => uncounted > 0 && !usd ? 'unknown' : (uncounted > 0 ? 'at least ' : '') + '$' + n(usd || 0, 4);
  $('cost').textContent = money(s.cost_usd);
  rows('tokens', [['per hour', money(s.rates.cost_usd_per_hour)], ...counts(s.tokens),
    ...(uncounted > 0 ? [['answers without usage', n(uncounted)]] : [])]);
  rows('calls', [...counts(s.calls), ['in flight', n(s.calls_in_flight)], ['retries', n(s.retries)], ['asked again', n(s.reasks)]]);
  rows('waits', counts(s.wait_seconds, 1));
  rows('cache', counts(s.cache));
  rows('entities', Object.entries(s.entities || {}).map(([k, v]) => [k, n(v)]));
  rows('aside', [...counts(s.discarded), ...counts(s.dead_letters).map(([k, v]) => ['dead letter: ' + k, v])]);
  rows('partitions', (s.assignment || []).map(p => [`${p.topic} / ${p.partition}`, n(p.lag)]));
  rows('process', [['memory', n(s.process.resident_bytes / 1048576) + ' MiB'], ['CPU', n(s.process.cpu_seconds, 1) + ' s'],
    ['open files', n(s.process.open_files)]]);
  rows('troubles', s.troubles.slice().reverse().map(t =>
    [t.at, t.level, t.event, Object.entries(t.fields).map(([k, v]) => `${k}=${v}`).join(' ')]));
}
async function poll() {
  try {
    show(await (await fetch('status', {cache: 'no-store'})).json());
  } catch {
    $('state').textContent = 'no answer';
    $('state').className = 'state lost';
  }
  setTimeout(poll, 2000);
}
poll();
)js";
}

}  // namespace prelabel::telemetry
