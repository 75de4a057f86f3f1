/** Scanners of every kind at every speed against the desk's intake: a code is read whole, and no act is ever done. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOLD, ScanIntake } from '../../suchang/web/static/js/desk/scan_intake.js';
import { Scanner, SPEEDS, dice, someCode } from './scanner.js';

const SUFFIXES = ['Enter', 'Tab', 'none', 'ctrl-m', 'ctrl-j'];
const PREFIXES = ['', ']Q1', ']Q3', ']q1', '\u001d', '\u0002]Q1'];
const INPUTS = ['plain', 'caps', 'full-width', 'composing', 'composing-caps', 'azerty', 'alt-digits', 'unidentified-code'];
const PLACES = ['page', 'text', 'choice', 'button', 'deliberate'];
const PAUSES = [[], [[2, 400]], [[3, 2500]], [[40, 900]], [[1, 1200], [100, 2900]]];

function scanned(options, roll) {
  const intake = new ScanIntake();
  const code = someCode(roll, options.short);
  const found = new Scanner(intake, options, roll).scan(code);
  return { code, found };
}

test('every code is read whole and no act is done, whatever the scanner', () => {
  const roll = dice(16);
  let count = 0;
  for (const speed of SPEEDS) for (const suffix of SUFFIXES) for (const prefix of PREFIXES) for (const input of INPUTS) for (const place of PLACES) {
    const pauses = PAUSES[count % PAUSES.length];
    const options = { speed, suffix, prefix, input, place, pauses, short: true };
    const { code, found } = scanned(options, roll);
    const scans = found.filter((one) => one.kind === 'scan');
    const about = JSON.stringify(options);
    assert.equal(scans.length, 1, about);
    assert.ok(scans[0].texts.includes(code), `${about}: ${scans[0].texts}`);
    assert.deepEqual(found.filter((one) => one.kind === 'act'), [], about);
    if (place !== 'text') assert.ok(found.consumedAll, about);
    count += 1;
  }
  assert.ok(count > 7000);
});

test('long codes are read whole when keys come at uneven speeds', () => {
  const roll = dice(61);
  for (let round = 0; round < 300; round += 1) {
    const pick = (list) => list[Math.floor(roll() * list.length)];
    const options = { speed: pick(SPEEDS), suffix: pick(SUFFIXES), prefix: pick(PREFIXES), input: pick(INPUTS), place: pick(PLACES), pauses: pick(PAUSES), uneven: true };
    const { code, found } = scanned(options, roll);
    assert.deepEqual(found.filter((one) => one.kind === 'act'), []);
    assert.ok(found.filter((one) => one.kind === 'scan').some((one) => one.texts.includes(code)), JSON.stringify(options));
  }
});

test('several codes in a row are as many scans', () => {
  const roll = dice(7);
  for (const suffix of SUFFIXES) {
    const intake = new ScanIntake();
    const scanner = new Scanner(intake, { speed: 20, suffix, prefix: ']Q1', input: 'plain', place: 'page', pauses: [] }, roll);
    const codes = Array.from({ length: 20 }, () => someCode(roll));
    const found = codes.flatMap((code) => scanner.scan(code));
    assert.deepEqual(found.filter((one) => one.kind === 'scan').map((one) => one.texts[0]), codes);
  }
});

test('a foreign code is one scan, and none of its letters is a shortcut', () => {
  const roll = dice(3);
  for (const text of ['134567890123456789', 'https://u.wechat.com/EAbcdefg', 'wxp://f2f0cvxz1', 'cvuzx123456789']) for (const speed of SPEEDS) {
    const scanner = new Scanner(new ScanIntake(), { speed, suffix: 'Enter', prefix: '', input: 'plain', place: 'deliberate', pauses: [] }, roll);
    const found = scanner.scan(text);
    assert.deepEqual(found.filter((one) => ['scan', 'act'].includes(one.kind)).map((one) => one.texts), [[text]]);
  }
});

const key = (letter, place = 'page') => ({ key: letter, code: /\d/.test(letter) ? `Digit${letter}` : `Key${letter.toUpperCase()}`, place });

function held(intake, one, from, length) {
  const out = [...intake.down(one, from).out];
  for (let at = from + 50; at <= from + length; at += 50) {
    if (at > from + 300) out.push(...intake.down({ ...one, repeat: true }, at).out);
    out.push(...intake.tick(at).out);
  }
  return [...out, ...intake.up(one, from + length).out];
}

test('a key that is held alone is an act, also with the repetitions of a keyboard', () => {
  const intake = new ScanIntake();
  const acts = (found) => found.filter((one) => one.kind === 'act').map((one) => one.name);
  assert.deepEqual(acts(held(intake, key('1'), 0, HOLD + 200)), ['1']);
  assert.deepEqual(acts(held(intake, key('c'), 2000, HOLD + 200)), ['c']);
  assert.deepEqual(acts(held(intake, key('c'), 4000, HOLD - 200)), []);
  assert.deepEqual(acts(held(intake, key('1', 'text'), 9000, HOLD + 200)), []);
  assert.deepEqual(acts(held(intake, { key: 'Enter', code: 'Enter', place: 'deliberate' }, 19_000, HOLD + 200)), ['Enter']);
  assert.deepEqual(acts(held(intake, { key: ' ', code: 'Space', place: 'deliberate' }, 29_000, HOLD + 200)), ['Enter']);
  assert.deepEqual(acts(held(intake, { key: 'Escape', code: 'Escape', place: 'text' }, 39_000, HOLD + 200)), ['Escape']);
});

test('a key that was let go while the page was busy is no act', () => {
  const intake = new ScanIntake();
  intake.down(key('1'), 0);
  assert.deepEqual(intake.tick(5000).out.filter((one) => one.kind === 'act'), []);
});

test('what a person types into a field is left alone', () => {
  const intake = new ScanIntake();
  let at = 0;
  for (const letter of 'sc12345cvz') {
    at += 90;
    assert.equal(intake.down(key(letter, 'text'), at).consume, false);
    intake.up(key(letter, 'text'), at + 40);
  }
  const end = intake.down({ key: 'Enter', code: 'Enter', place: 'text' }, at + 90);
  assert.deepEqual(end, { consume: false, out: [] });
});
