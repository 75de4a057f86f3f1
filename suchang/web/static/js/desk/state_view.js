/** The desk's standing: network, age of the status list, what waits to be sent, today's list. */

import { say, wordsOf } from '../words.js';
import { duration, make } from './verdict_view.js';

const element = (id) => document.getElementById(id);
const MARKS = { accepted: ['ok', '✓'], refused: ['refuse', '✕'], unknown: ['warn', '!'] };
let added = 0;
const before = Number(element('count').textContent.replace(/\D/g, '')) || 0;

/** @param {{online: boolean, age: number | null, open: {own: any[], others: any[]}}} state */
export function showState({ online, age, open: { own, others } }) {
  const net = element('net');
  net.textContent = say(online ? 'online' : 'offline');
  net.className = `badge badge--${online ? 'ok' : 'warn'}`;
  net.dataset.mark = online ? '✓' : '!';
  element('age').textContent = age === null ? say('no_list') : say('list_age', { age: duration(age) });
  const refused = own.filter((act) => act.state === 'refused').length;
  element('queue').hidden = own.length + others.length === 0;
  element('queue').textContent = refused > 0 ? say('to_settle', { count: refused }) : say('queued', { count: own.length + others.length });
}

/** Put a verification at the head of today's list. */
export function addToday({ verdict, deferred }) {
  const [kind, mark] = MARKS[verdict.outcome];
  const line = make('li', 'new');
  const time = new Date().toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit', hour12: false, timeZone: 'Asia/Shanghai' });
  const who = verdict.card ? [verdict.card.name, verdict.card.tier].filter(Boolean).join(' · ') : (wordsOf('reasons')[verdict.reason]?.why ?? '—');
  const badge = make('span', `badge badge--${kind}`, wordsOf('outcomes')[verdict.outcome]);
  badge.dataset.mark = mark;
  const end = make('span', 'end');
  end.append(badge);
  line.append(make('span', 't', time), make('span', '', who + (deferred ? ` · ${say('offline')}` : '')), end);
  element('today').querySelector('.none')?.remove();
  element('today').prepend(line);
  added += 1;
  element('count').textContent = say('today', { count: before + added });
}
