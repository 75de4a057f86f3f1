/** The verdict on the page: the word that is read from two metres, the reason, what to do next, the card's facts. */

import { day, say, wordsOf } from '../words.js';

const place = document.getElementById('verdict');
const details = document.getElementById('details');
const out = document.getElementById('out');

/** Make an element. @param {string} tag @param {string} css @param {string} [text] */
export function make(tag, css = '', text = '') {
  const made = document.createElement(tag);
  if (css) made.className = css;
  if (text) made.textContent = text;
  return made;
}

function write(kind, word, why, todo = '') {
  const box = make('div', `verdict verdict--${kind === 'checking' ? 'waiting verdict--checking' : kind}`);
  const seal = document.getElementById(`seal-${kind === 'checking' ? 'waiting' : kind}`);
  const words = make('div');
  words.append(make('p', 'verdict__word', word), make('p', 'verdict__why', why));
  if (todo) words.append(make('p', 'verdict__next', todo));
  box.append(seal.content.cloneNode(true), words);
  place.replaceChildren(box);
  details.replaceChildren();
  out.dataset.outcome = kind === 'checking' ? 'waiting' : kind;
  performance.mark(`verdict-${kind}`);
}

/** @param {{word?: string, why?: string}} [words] */
export function showWaiting({ word = say('waiting'), why = say('waiting_why') } = {}) {
  write('waiting', word, why);
}

export function showChecking() {
  write('checking', say('checking'), '');
}

/**
 * Say why there is no acceptance, in the words of the reason or in others.
 *
 * @param {{outcome: string, reason: string | null}} verdict
 * @param {{word?: string, why?: string, next?: string, link?: string}} [words]
 */
export function showStopped({ outcome, reason }, words = {}) {
  const known = wordsOf('reasons')[reason] ?? {};
  const { word = wordsOf('outcomes')[outcome], why = known.why ?? reason, next: todo = known.next ?? '', link } = words;
  write(outcome, word, why, todo);
  if (!link) return;
  const way = make('a', 'btn', say('sign_in'));
  way.href = link;
  details.replaceChildren(way);
}

/** Say that the code of the verdict is in view no longer: whoever stands there now is not judged by it. */
export function showGone(isGone) {
  out.dataset.gone = String(isGone);
  document.getElementById('gone').hidden = !isGone;
}

/** Say what else the camera sees. @param {string} text empty for nothing */
export function showHint(text) {
  document.getElementById('cam-hint').textContent = text;
}

/**
 * Show an accepted card and give the place for what can be redeemed.
 *
 * @param {any} verdict as the interface answers
 * @param {{age: number | null}} how seconds since the status list was made, where it was judged without a network
 * @returns {HTMLElement}
 */
export function showAccepted(verdict, { age }) {
  const why = age === null ? say(`accepted_${verdict.assurance}`) : say('accepted_offline', { age: duration(age) });
  write('accepted', wordsOf('outcomes').accepted, why);
  const facts = make('dl', 'facts');
  const { card } = verdict;
  const rows = [
    ['name', card.name],
    ['tier', card.tier],
    ['until', card.valid_until && day(String(card.valid_until).slice(0, 10))],
    ['how', wordsOf('assurances')[verdict.assurance]],
  ];
  // What this purpose does not disclose has no row.
  for (const [label, value] of rows.filter(([, value]) => value)) {
    const row = make('div');
    row.append(make('dt', '', say(label)), make('dd', '', value));
    facts.append(row);
  }
  const list = make('div', 'entitlements');
  details.replaceChildren(...(card.relation ? [dependantOf(card)] : []), facts, list);
  return list;
}

/** Say that it is a dependant who stands here, and whose: nobody else's rights are to be had on this code. */
function dependantOf({ relation, principal }) {
  const box = make('p', 'dependant');
  const who = wordsOf('relations')[relation] ?? relation;
  const text = make('span', '', say(principal ? 'dependant_of' : 'dependant', { who, principal }));
  box.append(make('b', 'serif', wordsOf('relation_glyphs')[relation] ?? ''), text);
  box.firstChild.setAttribute('aria-hidden', 'true');
  return box;
}

/** Say a duration in minutes or hours. @param {number} seconds */
export function duration(seconds) {
  const minutes = Math.max(1, Math.round(seconds / 60));
  return minutes < 120 ? say('minutes', { count: minutes }) : say('hours', { count: Math.round(minutes / 60) });
}
